/**
 * What recorded runs say, as Markdown: `node test/evidence/report.mjs [FILE]`. Accuracy on a balanced test, of all classes and
 * of the three largest, the middle four and the three smallest; mean and 95 % interval over seeds (Student's t). Then the
 * paper's effects: differences of runs of the same seed.
 */
import { measured } from "./measured.mjs";

const [file = "datasets/stickers/evidence.jsonl"] = process.argv.slice(2);
const text = ({ n, mean, half }) => (n < 2 ? mean.toFixed(1) : `${mean.toFixed(1)} ± ${half.toFixed(1)}`);

for (const { protocol, runs, effects } of measured(file)) {
  console.log(`\n### ${protocol[0].toUpperCase()}${protocol.slice(1)}\n`);
  console.log("| run | n | all classes | head | middle | tail |\n| --- | ---: | ---: | ---: | ---: | ---: |");
  for (const { run, all, head, middle, tail } of runs)
    console.log(`| ${run} | ${all.n} | ${[all, head, middle, tail].map(text).join(" | ")} |`);
  console.log("\n| effect | pairs | difference, all | tail |\n| --- | ---: | ---: | ---: |");
  for (const { effect, all, tail } of effects) console.log(`| ${effect} | ${all.n} | ${text(all)} | ${text(tail)} |`);
}
