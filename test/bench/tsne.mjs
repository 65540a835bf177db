/**
 * t-SNE of 1,000 and 5,000 points of 64 dimensions in ten clusters, on one core: medians of processor time (the machine
 * may be shared), and where it ends.
 *
 *     npm run bench -- tsne [--rounds 3] [--json]
 */
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { evaluation, random } from "longtail";
import { median } from "./median.mjs";

const { values: options } = parseArgs({
  options: { rounds: { type: "string", default: "3" }, json: { type: "boolean", default: false } },
  allowPositionals: true,
});
const [rounds, dimension, clusters] = [Number(options.rounds), 64, 10];

function clustered(count) {
  const stream = random.stream(5);
  const centres = stream.fillNormal(new Float32Array(clusters * dimension));
  return Float32Array.from({ length: count * dimension }, (_, at) => {
    const cluster = Math.floor(at / dimension) % clusters;
    return centres[cluster * dimension + (at % dimension)] + stream.normal();
  });
}

const results = [];
for (const count of [1000, 5000]) {
  const points = clustered(count);
  const seconds = [];
  let divergence;
  for (let round = 0; round < rounds; round++) {
    const from = process.cpuUsage();
    ({ divergence } = await evaluation.tsne(points, { dimension }));
    const { user, system } = process.cpuUsage(from);
    seconds.push((user + system) / 1e6);
  }
  results.push({ count, seconds: median(seconds), divergence });
}
console.log(
  `t-SNE, 1,000 iterations, perplexity 30; medians of ${rounds}; ${cpus()[0].model}, Node ${process.version}\n`,
);
console.log("| points | seconds | KL |\n| ---: | ---: | ---: |");
for (const { count, seconds, divergence } of results)
  console.log(`| ${count} | ${seconds.toFixed(2)} | ${divergence.toFixed(4)} |`);
if (options.json) console.log(JSON.stringify({ rounds, results }));
