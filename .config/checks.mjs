// Types, style and format at once, each on a core of its own where there are as many; all that they say, one after the other.
import { spawn } from "node:child_process";

const npm = process.env.npm_execpath;
const ended = ["types", "lint", "format:check"].map(
  (script) =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [npm, "run", script], { stdio: ["ignore", "pipe", "pipe"] });
      let said = "";
      for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => (said += String(bytes)));
      child.once("close", (code) => {
        process.stdout.write(said);
        resolve(code === 0);
      });
    }),
);
if ((await Promise.all(ended)).includes(false)) process.exitCode = 1;
