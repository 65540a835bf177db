import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { folderWith } from "./kernel.js";

const cells = [
  `console.log("printed"); const answer: number = 42; answer`,
  `import * as aq from "arquero";\naq.table({ fruit: ["apple", "pear"], count: [3, 5] })`,
  `({ data: [{ type: "bar", x: ["a", "b"], y: [1, 3] }], layout: { title: { text: "A small figure" } } })`,
  `import * as lt from "longtail";\nfor (const step of lt.report.track(Array.from({ length: 40 }, (_, i) => i), { label: "working" }))\n  await new Promise((done) => setTimeout(done, 25));\n"worked"`,
  `await Promise.resolve(answer + 1)`,
];

/** A notebook for our kernel with one of each: text, a table, a figure, a progress bar, a value that is awaited. Not yet run. */
export function tinyNotebook(): { folder: string; file: string } {
  const folder = folderWith();
  const file = join(folder, "tiny.ipynb");
  const notebook = {
    cells: [
      { cell_type: "markdown", id: "title", metadata: {}, source: "# A tiny notebook" },
      ...cells.map((source, index) => ({
        cell_type: "code",
        id: `cell-${index}`,
        metadata: {},
        source,
        execution_count: null,
        outputs: [],
      })),
    ],
    metadata: {
      kernelspec: { name: "longtail", display_name: "TypeScript (longtail)", language: "typescript" },
      language_info: { name: "typescript" },
    },
    nbformat: 4,
    nbformat_minor: 5,
  };
  writeFileSync(file, JSON.stringify(notebook, null, 1));
  return { folder, file };
}
