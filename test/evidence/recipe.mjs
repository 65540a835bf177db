/**
 * The peer of authors.py: the same images, methods and shortened recipe, trained by longtail. A line of JSON for each run.
 *
 *     LONGTAIL_DATASETS=FOLDER node test/evidence/recipe.mjs [--method CE,LDAM-DRW] [--seeds 0] [--epochs 40] [--head 5000]
 *         [--every 4] [--runs FOLDER]
 *
 * With --runs a run that was stopped goes on.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { device, experiment, train } from "longtail";
import { METHODS, methodsNamed } from "./ce-and-ldam.mjs";

const { values } = parseArgs({
  options: {
    method: { type: "string", default: "CE,LDAM-DRW" },
    seeds: { type: "string", default: "0" },
    epochs: { type: "string", default: "40" },
    head: { type: "string", default: "5000" },
    rho: { type: "string", default: "100" },
    every: { type: "string", default: "4" },
    runs: { type: "string" },
  },
});
const methods = methodsNamed(values.method);
const [epochs, head, rho] = [values.epochs, values.head, values.rho].map(Number);
const data = await experiment.longTailed({ name: "cifar10", head, rho });
console.error(String(await device.use()));

for (const seed of values.seeds.split(",").map(Number))
  for (const method of methods) {
    const began = performance.now();
    const { last, best, records } = await train.fit({
      data,
      ...METHODS[method],
      ...{ epochs, seed, evaluateEvery: Number(values.every) },
      ...(values.runs && { folder: join(values.runs, `${method}-${head}-${rho}-${epochs}-${seed}`) }),
    });
    const error = ({ confusion }) => Number((100 * (1 - confusion.accuracy)).toFixed(2));
    const seconds = Math.round((performance.now() - began) / 100) / 10;
    const losses = records.map(({ loss }) => Number(loss.toFixed(5)));
    const same = { images: data.train.length, seconds };
    console.log(JSON.stringify({ method, seed, epochs, last: error(last), best: error(best), ...same, losses }));
  }
