/**
 * Reads jpg32 files, timed on request: a line of standard input is a list of files, its answer a line {"seconds": 0.5}.
 *
 *     node reader.mjs      LONGTAIL_THREADS as ever
 */
import { createInterface } from "node:readline";
import { readJpg32 } from "../../dist/src/data/images/jpg32.js";

const classes = Array.from({ length: 10 }, (_, label) => String(label));
for await (const line of createInterface({ input: process.stdin })) {
  const from = performance.now();
  for (const file of JSON.parse(line)) await readJpg32(file, { classes, name: file });
  console.log(JSON.stringify({ seconds: (performance.now() - from) / 1000 }));
}
