/** Recorded runs read again: accuracies by groups of classes, and the paper's effects as differences of runs of the same seed. */
import { readFileSync } from "node:fs";
import { experiment } from "longtail";

/** Classes from the head to the tail. */
const GROUPS = { all: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], head: [0, 1, 2], middle: [3, 4, 5, 6], tail: [7, 8, 9] };

/** What is claimed, and the runs whose difference (second less first) shows it. */
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

const accuracy = ({ confusion }, classes) => {
  const right = classes.reduce((sum, c) => sum + confusion[c][c], 0);
  const all = classes.reduce((sum, c) => sum + confusion[c].reduce((a, b) => a + b), 0);
  return (100 * right) / all;
};

/** n, mean and half the 95 % interval (NaN of one value). */
const interval = (values) => experiment.effect({ claim: "a mean", from: "runs", values });

/** By group of classes, the interval of what `of` says of some things. */
const byGroup = (things, of) =>
  Object.fromEntries(
    Object.entries(GROUPS).map(([name, classes]) => [name, interval(things.map((one) => of(one, classes)))]),
  );

function grouped(things, by) {
  const groups = {};
  for (const one of things) (groups[by(one)] ??= []).push(one);
  return groups;
}

/** @returns for each protocol of a file its runs' accuracies, and its effects where there are pairs, in % and points */
export function measured(file) {
  const lines = readFileSync(file, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  return Object.entries(grouped(lines, ({ protocol }) => protocol)).map(([protocol, some]) => {
    const runs = grouped(some, ({ run }) => run);
    const effects = EFFECTS.flatMap(([effect, from, to]) => {
      const pairs = (runs[from] ?? []).flatMap((one) => {
        const other = (runs[to] ?? []).find(({ seed }) => seed === one.seed);
        return other ? [{ one, other }] : [];
      });
      if (pairs.length === 0) return [];
      return [{ effect, ...byGroup(pairs, ({ one, other }, c) => accuracy(other, c) - accuracy(one, c)) }];
    });
    return {
      protocol,
      runs: Object.entries(runs).map(([run, all]) => ({ run, ...byGroup(all, accuracy) })),
      effects,
    };
  });
}
