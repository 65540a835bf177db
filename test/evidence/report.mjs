/**
 * What recorded runs say, as Markdown: `node test/evidence/report.mjs [FILE]`. Accuracy on a balanced test, of all classes and
 * of the three largest, the middle four and the three smallest; mean and 95 % interval over seeds (Student's t). Then the
 * paper's effects: differences of runs of the same seed.
 */
import { readFileSync } from "node:fs";

const [file = "datasets/stickers/evidence.jsonl"] = process.argv.slice(2);
const lines = readFileSync(file, "utf8")
  .split("\n")
  .filter(Boolean)
  .map((line) => JSON.parse(line));
/** 97.5 % points of Student's t, by degrees of freedom (1 to 9). */
const T = [NaN, 12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];

const accuracy = ({ confusion }, classes) => {
  const right = classes.reduce((sum, c) => sum + confusion[c][c], 0);
  const all = classes.reduce((sum, c) => sum + confusion[c].reduce((a, b) => a + b), 0);
  return (100 * right) / all;
};
const GROUPS = { all: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], head: [0, 1, 2], middle: [3, 4, 5, 6], tail: [7, 8, 9] };

function interval(values) {
  const n = values.length;
  const mean = values.reduce((a, b) => a + b, 0) / n;
  if (n < 2) return `${mean.toFixed(1)}`;
  const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (n - 1));
  return `${mean.toFixed(1)} ± ${((T[n - 1] * deviation) / Math.sqrt(n)).toFixed(1)}`;
}

/** Lines by what a property of theirs is. */
function grouped(some, property) {
  const groups = new Map();
  for (const line of some) groups.set(line[property], [...(groups.get(line[property]) ?? []), line]);
  return groups;
}

const EFFECTS = [
  ["the long tail hurts", "CE, balanced, as many images", "CE"],
  ["LDAM-DRW beats CE", "CE", "LDAM-DRW"],
  ["rotation first helps CE", "CE", "CE, rotation first"],
  ["rotation first helps LDAM-DRW", "LDAM-DRW", "LDAM-DRW, rotation first"],
  ...["CE", "LDAM-DRW"].flatMap((method) => [
    [`D_U@5x with rho_U 1 helps ${method}`, method, `${method} + D_U@5x, rho_U 1`],
    [`D_U@5x with rho_U 100 helps ${method}`, method, `${method} + D_U@5x, rho_U 100`],
    [`rho_U 1 helps ${method} more than 100`, `${method} + D_U@5x, rho_U 100`, `${method} + D_U@5x, rho_U 1`],
    [
      `irrelevant data hurt ${method}, against relevant`,
      `${method} + D_U@5x, rho_U 100`,
      `${method} + D_U@5x, rho_U 100, 0 % relevant`,
    ],
    [`irrelevant data hurt ${method}, against none`, method, `${method} + D_U@5x, rho_U 100, 0 % relevant`],
  ]),
];

for (const [protocol, some] of grouped(lines, "protocol")) {
  const runs = grouped(some, "run");
  console.log(`\n### ${protocol[0].toUpperCase()}${protocol.slice(1)}\n`);
  console.log("| run | n | all classes | head | middle | tail |\n| --- | ---: | ---: | ---: | ---: | ---: |");
  for (const [run, all] of runs) {
    const cells = Object.values(GROUPS).map((classes) => interval(all.map((line) => accuracy(line, classes))));
    console.log(`| ${run} | ${all.length} | ${cells.join(" | ")} |`);
  }
  console.log("\n| effect | pairs | difference, all | tail |\n| --- | ---: | ---: | ---: |");
  for (const [effect, from, to] of EFFECTS) {
    const pairs = (runs.get(from) ?? []).flatMap((one) => {
      const other = (runs.get(to) ?? []).find(({ seed }) => seed === one.seed);
      return other ? [[one, other]] : [];
    });
    if (pairs.length === 0) continue;
    const difference = (classes) =>
      interval(pairs.map(([one, other]) => accuracy(other, classes) - accuracy(one, classes)));
    console.log(`| ${effect} | ${pairs.length} | ${difference(GROUPS.all)} | ${difference(GROUPS.tail)} |`);
  }
}
