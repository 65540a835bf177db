/**
 * Whether the paper's effects appear on a data set, at a scale that takes minutes a run:
 *
 *   node test/evidence/run.mjs --data stickers [--seeds 0,1,2] [--head 1000] [--epochs 41] [--out FILE]
 *
 * Each run is a line of FILE (default: datasets/stickers/evidence.jsonl; of other data, of that name), its test confusion
 * matrix. Runs whose line is there are not done again, so it may be stopped at any time, and several processes may share the
 * seeds between them.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import * as tf from "@tensorflow/tfjs";
import { device } from "longtail";
import { BATCH, effects } from "./effects.mjs";
import { SOURCES } from "./sources.mjs";

const { values } = parseArgs({
  options: {
    data: { type: "string", default: "stickers" },
    seeds: { type: "string", default: "0,1,2,3,4" },
    head: { type: "string", default: "1000" },
    epochs: { type: "string", default: "41" },
    only: { type: "string" },
    out: { type: "string" },
  },
});
const out = values.out ?? `datasets/stickers/${values.data === "stickers" ? "evidence" : values.data}.jsonl`;
mkdirSync(dirname(out), { recursive: true });
const [head, epochs] = [Number(values.head), Number(values.epochs)];
const protocol = `as many epochs for all: ${epochs}, batches of ${BATCH}`;
const { name } = await device.use();

for (const seed of values.seeds.split(",").map(Number)) {
  const source = await SOURCES[values.data](seed);
  for (const [run, result] of Object.entries(effects(source, { head, epochs, seed }))) {
    if (values.only !== undefined && !values.only.split(";").includes(run)) continue;
    const key = { protocol, data: values.data, head, seed, run };
    const lines = existsSync(out)
      ? readFileSync(out, "utf8")
          .split("\n")
          .filter(Boolean)
          .map((l) => JSON.parse(l))
      : [];
    if (lines.some((line) => Object.entries(key).every(([k, v]) => line[k] === v))) continue;
    const started = performance.now();
    const confusion = result();
    const [right, all] = [
      confusion.reduce((sum, row, c) => sum + row[c], 0),
      confusion.flat().reduce((a, b) => a + b, 0),
    ];
    const seconds = Number(((performance.now() - started) / 1000).toFixed(1));
    appendFileSync(out, `${JSON.stringify({ ...key, device: name, seconds, confusion })}\n`);
    console.log(
      `${values.data} seed ${seed}  ${run.padEnd(40)} ${((100 * right) / all).toFixed(2)} %  ${seconds} s  ${tf.memory().numTensors} tensors`,
    );
  }
}
