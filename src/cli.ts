#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { parse, UsageError, type Command } from "./cli/command.js";
import { complain } from "./cli/complaint.js";
import { heedOutput } from "./cli/output.js";
import { suggestion } from "./nearest.js";

interface Entry {
  readonly summary: string;
  /** Loads the command; not before it is wanted, so that help comes at once. */
  readonly load: () => Promise<Command>;
}

const COMMANDS: Readonly<Record<string, Entry>> = {
  workbook: {
    summary: "run the workbook and say what it verified",
    load: async () => (await import("./cli/workbook.js")).workbookCommand,
  },
  lab: {
    summary: "open the notebooks in JupyterLab",
    load: async () => (await import("./cli/lab.js")).labCommand,
  },
  device: {
    summary: "list what TensorFlow.js can compute on here",
    load: async () => (await import("./cli/device.js")).deviceCommand,
  },
  "device install": {
    summary: "build what a device needs: tensorflow",
    load: async () => (await import("./cli/device-install.js")).deviceInstallCommand,
  },
  train: {
    summary: "train what a configuration says",
    load: async () => (await import("./cli/train.js")).trainCommand,
  },
  classify: {
    summary: "say what pictures show",
    load: async () => (await import("./cli/classify.js")).classifyCommand,
  },
  sweep: {
    summary: "do the runs of a table or figure",
    load: async () => (await import("./cli/sweep.js")).sweepCommand,
  },
  table: {
    summary: "print a table or figure as far as it was run",
    load: async () => (await import("./cli/table.js")).tableCommand,
  },
  worker: {
    summary: "do runs that sweeps have put in a queue",
    load: async () => (await import("./cli/worker.js")).workerCommand,
  },
  "data list": {
    summary: "list the data sets, and which of them are here",
    load: async () => (await import("./cli/data.js")).listCommand,
  },
  "data get": {
    summary: "download data sets, verified",
    load: async () => (await import("./cli/data.js")).getCommand,
  },
  "data verify": {
    summary: "hold data sets against their digests",
    load: async () => (await import("./cli/data.js")).verifyCommand,
  },
  "notebook run": {
    summary: "execute notebooks",
    load: async () => (await import("./cli/notebook.js")).runCommand,
  },
  "notebook html": {
    summary: "make one HTML page of notebooks",
    load: async () => (await import("./cli/notebook.js")).htmlCommand,
  },
  "kernel install": {
    summary: "register the TypeScript kernel with Jupyter",
    load: async () => (await import("./cli/kernel.js")).installCommand,
  },
  "kernel uninstall": {
    summary: "remove what kernel install wrote",
    load: async () => (await import("./cli/kernel.js")).uninstallCommand,
  },
  "kernel list": {
    summary: "list the kernels that Jupyter finds",
    load: async () => (await import("./cli/kernel.js")).listCommand,
  },
};

function help(prefix = ""): string {
  const entries = Object.entries(COMMANDS).filter(([name]) => name.startsWith(prefix));
  const lines = entries.map(([name, { summary }]) => `  ${name.padEnd(18)}${summary}`);
  return `Usage: longtail ${prefix}COMMAND [options]

Commands:
${lines.join("\n")}

Options:
  -h, --help        help on a command: longtail COMMAND --help
      --version     version of this package`;
}

function version(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

/** Where an error in usage sends the reader. */
let helpCommand = "longtail --help";

/** Runs a command line. @returns the exit code */
async function main(args: string[]): Promise<number> {
  const [first, second = ""] = args;
  if (first === undefined || first === "--help" || first === "-h" || first === "help") {
    console.log(help());
    return first === undefined ? 2 : 0;
  }
  if (first === "--version") {
    console.log(version());
    return 0;
  }
  // "device" is a command, and "device install" another.
  const isCommand = Object.hasOwn(COMMANDS, first) && (second === "" || second.startsWith("-"));
  const isGroup = !isCommand && Object.keys(COMMANDS).some((name) => name.startsWith(`${first} `));
  if (isGroup && (second === "" || second === "--help" || second === "-h")) {
    console.log(help(`${first} `));
    return second === "" ? 2 : 0;
  }
  const name = isGroup ? `${first} ${second}` : first;
  if (!Object.hasOwn(COMMANDS, name)) {
    const names = Object.keys(COMMANDS);
    const known = isGroup
      ? names.filter((candidate) => candidate.startsWith(`${first} `))
      : [...new Set(names.map((candidate) => candidate.split(" ")[0]!))];
    throw new UsageError(`Unknown command "${name}". ${suggestion(name, known)}`);
  }
  helpCommand = `longtail ${name} --help`;
  const command = await COMMANDS[name]!.load();
  const { values, positionals } = parse(command, args.slice(isGroup ? 2 : 1));
  if (values["help"] === true) {
    console.log(command.help);
    return 0;
  }
  return command.run(values, positionals);
}

heedOutput();

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const isUsage = error instanceof UsageError;
  complain(error);
  if (isUsage) console.error(`See ${helpCommand}`);
  process.exitCode = isUsage ? 2 : 1;
}
