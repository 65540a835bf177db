/**
 * The paper's effects as recorded runs show them, drawn: `node test/evidence/picture.mjs FILE.svg NAME=RUNS.jsonl ...`. Of each
 * file the protocol that is chosen: differences in points of accuracy, with 95 % intervals.
 */
import { writeFileSync } from "node:fs";
import { report } from "longtail";
import { measured } from "./measured.mjs";

const PROTOCOL = "as many epochs for all: 41, batches of 64";
const [out, ...sets] = process.argv.slice(2);
const COLOURS = ["#1f77b4", "#d95f02"];

const all = sets.map((set) => {
  const [name, file] = set.split("=");
  return { name, effects: measured(file).find(({ protocol }) => protocol === PROTOCOL).effects };
});
const claims = all[0].effects.map(({ effect }) => effect);
const data = all.flatMap(({ name, effects }, i) =>
  ["all", "tail"].map((group) => {
    const shown = effects.filter(({ effect }) => claims.includes(effect));
    const shift = (all.length - 1) / 2 - i;
    return {
      type: "scatter",
      mode: "markers",
      name: name + (group === "tail" ? ", tail" : ""),
      x: shown.map((one) => Number(one[group].mean.toFixed(2))),
      y: shown.map(
        ({ effect }) => claims.length - 1 - claims.indexOf(effect) + 0.3 * shift + (group === "tail" ? -0.08 : 0.08),
      ),
      error_x: {
        type: "data",
        array: shown.map((one) => Number(one[group].half.toFixed(2))),
        thickness: 1.5,
        width: 3,
      },
      marker: { color: COLOURS[i], size: 8, symbol: group === "tail" ? "circle-open" : "circle" },
    };
  }),
);
const layout = {
  width: 860,
  height: 90 + 40 * claims.length,
  margin: { l: 330, r: 20, t: 60, b: 50 },
  xaxis: {
    title: {
      font: { size: 13 },
      text: "points of accuracy: mean, 95 % interval; filled: all classes, open: the last three",
    },
    zeroline: true,
    zerolinecolor: "#444",
  },
  yaxis: {
    tickvals: claims.map((_, i) => claims.length - 1 - i),
    ticktext: claims,
    range: [-0.6, claims.length - 0.4],
  },
  legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 0 },
};
writeFileSync(out, `${await report.svg({ data, layout })}\n`);
process.exit(0);
