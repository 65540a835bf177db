/**
 * A run for killed-run.ts, in a process of its own: node killed-run.mjs FOLDER [WRITES]. With WRITES it kills itself in the middle of
 * that many-th write to a checkpoint. Prints the digest of the weights that come out.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const [folder, writes = "0"] = process.argv.slice(2);
if (Number(writes) > 0) {
  let left = Number(writes);
  const { writeSync } = fs;
  fs.writeSync = (file, bytes, at = 0) => {
    if (--left > 0) return writeSync(file, bytes, at);
    writeSync(file, bytes, at, Math.floor((bytes.length - at) / 2));
    process.kill(process.pid, "SIGKILL");
  };
  syncBuiltinESMExports();
}
const { data, train } = await import("../../../dist/src/index.js");
const stickers = (options) => data.Examples.of(data.stickers(options));
const result = await train.fit({
  data: { train: stickers({ counts: 8 }), test: stickers({ counts: 1, split: "test" }) },
  ...{ model: "small", loss: "ldam", rebalance: "drw", epochs: 8, batchSize: 16, progress: false },
  checkpointEvery: 0.05, // in the middle of epochs too
  ...(folder && { folder }),
});
console.log(await result.network.digest());
