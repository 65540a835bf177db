/** One figure for every kind of trace and layout that must look right without a browser. */
import type { Figure } from "../../../kernel/figure/figure.js";

const count = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const x = count(20).map((i) => i / 2);
const classes = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];
const waves = count(12).map((i) => count(18).map((j) => Math.sin(i / 3) * Math.cos(j / 4)));

export const gallery: Record<string, Figure> = {
  lines: {
    data: [
      { x, y: x.map((v) => Math.exp(-v)), name: "exact probability" },
      { x, y: x.map((v) => Math.exp(-v / 2)), name: "published bound (Theorem 3)", mode: "lines+markers" },
      {
        x,
        y: x.map((v) => 2 * Math.exp(-v)),
        mode: "markers",
        name: "simulated",
        error_y: { type: "constant", value: 0.1 },
      },
    ],
    layout: {
      title: { text: "Failure probability" },
      xaxis: { title: { text: "n per class" } },
      yaxis: { title: { text: "P(error > δ)" } },
    },
  },
  band: {
    data: [
      { x, y: x.map((v) => Math.sin(v) - 0.3), mode: "lines", line: { width: 0 }, showlegend: false },
      {
        x,
        y: x.map((v) => Math.sin(v) + 0.3),
        mode: "lines",
        line: { width: 0 },
        fill: "tonexty",
        name: "95 % interval",
      },
      { x, y: x.map(Math.sin), line: { dash: "dash" }, name: "mean" },
    ],
    layout: {},
  },
  log: {
    data: [
      { x: [10, 1e2, 1e3, 1e4], y: [0.1, 1e-3, 1e-7, 1e-12], name: "bound" },
      { x: [10, 1e2, 1e3, 1e4], y: [0.05, 1e-4, 1e-9, 1e-15], name: "exact", marker: { symbol: "square" } },
    ],
    layout: {
      xaxis: { type: "log", title: { text: "d" } },
      yaxis: { type: "log", title: { text: "probability" } },
      annotations: [{ x: 3, y: -9, text: "regime<br>switch", ax: 50, ay: -40 }],
      shapes: [{ type: "line", x0: 1e3, x1: 1e3, yref: "paper", y0: 0, y1: 1, line: { dash: "dot" } }],
    },
  },
  bar: {
    data: [
      { type: "bar", x: classes, y: [5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50], name: "labeled" },
      { type: "bar", x: classes, y: [2500, 1500, 900, 540, 320, 190, 120, 70, 40, 25], name: "unlabeled" },
    ],
    layout: { title: { text: "Class profile, <b>ρ = 100</b> & 10<sup>2</sup>" }, barmode: "group" },
  },
  heatmap: {
    data: [{ type: "heatmap", z: waves, colorbar: { title: { text: "coverage" } } }],
    layout: { xaxis: { title: { text: "n+" } }, yaxis: { title: { text: "n−" } } },
  },
  bricks: {
    data: [
      {
        type: "heatmap",
        z: [
          [1, 2, 3],
          [4, 5, null],
        ],
        x: [1, 10, 1000],
        y: [1, 3],
        texttemplate: "%{z:.1f}",
      },
    ],
    layout: { xaxis: { type: "log" } },
  },
  contour: { data: [{ type: "contour", z: waves, contours: { showlabels: true } }], layout: {} },
  subplots: {
    data: [
      { x, y: x.map(Math.sin), name: "sine" },
      { x, y: x.map(Math.cos), name: "cosine", xaxis: "x2", yaxis: "y2" },
      { type: "histogram", x: count(60).map((i) => Math.sin(i * i)), xaxis: "x3", yaxis: "y3", name: "histogram" },
      { type: "box", y: count(40).map((i) => Math.sin(i * i * 3)), xaxis: "x4", yaxis: "y4", name: "box" },
    ],
    layout: {
      grid: { rows: 2, columns: 2, pattern: "independent" },
      width: 900,
      height: 600,
      legend: { orientation: "h", y: -0.12 },
    },
  },
};
