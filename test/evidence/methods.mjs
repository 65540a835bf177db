/**
 * The library's methods as a user calls them, at quick scale, over seeds:
 *
 *   node test/evidence/methods.mjs [--seeds 0,1,2,3,4] [--head 400] [--epochs 30] [--out FILE]
 *
 * For cross-entropy and LDAM-DRW: the long-tailed set alone, with D_U@5x by self-training, and with rotation pre-training. Each
 * run is kept in a folder beside FILE, so that it may be stopped at any time; FILE gets a line a run. Prints mean ± sd.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { device, experiment, semi, ssp, train } from "longtail";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "0,1,2,3,4" },
    head: { type: "string", default: "400" },
    epochs: { type: "string", default: "30" },
    out: { type: "string", default: "datasets/stickers/methods.jsonl" },
  },
});
const [head, epochs] = [Number(values.head), Number(values.epochs)];
const seeds = values.seeds.split(",").map(Number);
const { name: on } = await device.use();
mkdirSync(dirname(values.out), { recursive: true });

/** For few steps: a tenth at 70 % of the epochs, a hundredth at 90 %. Ours. */
const schedule = {
  ...{ name: "steps", rate: 0.05, warmup: epochs / 20, warmupBy: "step", factor: 0.1 },
  at: [0.7, 0.9].map((share) => Math.round(share * epochs)),
};
const methods = { CE: {}, "LDAM-DRW": { loss: "ldam", rebalance: "drw" } };
const lines = [];

for (const seed of seeds) {
  const data = await experiment.longTailed({ name: "stickers", head, rho: 100, rhoU: 100, seed });
  const common = { data, model: "small", epochs, batchSize: 64, schedule, seed, evaluateEvery: 5 };
  const folder = (name) => ({ folder: `${values.out}.runs/seed-${seed}/${name.replaceAll(/\W+/g, "-")}` });
  const pretrained = await ssp.rotation({ ...common, ...folder("rotation") });
  const keep = (run, { last, best, seconds }) => {
    const line = {
      ...{ data: data.name, head, epochs, seed, run, device: on, seconds: Number(seconds.toFixed(1)) },
      ...{ last: last.confusion.error, best: best.confusion.error, counts: last.confusion.counts },
    };
    lines.push(line);
    console.log(`seed ${seed}  ${run.padEnd(30)} error ${(100 * line.last).toFixed(2)} %  ${line.seconds} s`);
  };
  for (const [method, recipe] of Object.entries(methods)) {
    const base = await train.fit({ ...common, ...recipe, ...folder(method) });
    keep(method, base);
    const self = await semi.selfTraining({ ...common, ...recipe, base, ...folder(`${method} D_U`) });
    keep(`${method} + D_U@5x`, self.final);
    const after = await train.fit({ ...common, ...recipe, initial: pretrained.network, ...folder(`${method} SSP`) });
    keep(`${method} + SSP (rotation)`, after);
    base.dispose();
    self.dispose();
    after.dispose();
  }
  pretrained.dispose();
  writeFileSync(values.out, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

const mean = (list) => list.reduce((a, b) => a + b, 0) / list.length;
const spread = (list) => Math.sqrt(list.reduce((sum, x) => sum + (x - mean(list)) ** 2, 0) / (list.length - 1));
const percent = (list) => `${(100 * mean(list)).toFixed(2)} ± ${(100 * spread(list)).toFixed(2)}`;
console.log(`\n| run | n | error, last epoch | best epoch |\n| --- | ---: | ---: | ---: |`);
for (const run of new Set(lines.map((line) => line.run))) {
  const own = lines.filter((line) => line.run === run);
  const column = (name) => percent(own.map((line) => line[name]));
  console.log(`| ${run} | ${own.length} | ${column("last")} | ${column("best")} |`);
}
