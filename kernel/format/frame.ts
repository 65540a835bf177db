/** Tables of the data frame libraries, known by their shape: nothing of them is imported. */
import { hasMethods } from "./formatter.js";
import type { Formatter } from "./formatter.js";
import { MAX_ROWS, tableBundle } from "./table.js";

interface ArqueroTable {
  numRows(): number;
  columnNames(): string[];
  objects(options: { limit: number }): Record<string, unknown>[];
}

/** Arquero's tables; filters and orders count. */
export const arqueroTable: Formatter = {
  name: "Arquero table",
  matches: (value) => hasMethods(value, "numRows", "numCols", "columnNames", "objects", "toHTML"),
  format: (table: ArqueroTable) => {
    const columns = table.columnNames();
    const rows = table.objects({ limit: MAX_ROWS }).map((row) => columns.map((name) => row[name]));
    return tableBundle({ columns, rows, totalRows: table.numRows() });
  },
};

interface DanfoFrame {
  readonly $isSeries: boolean;
  readonly columns: readonly (string | number)[];
  readonly index: readonly (string | number)[];
  readonly values: readonly unknown[];
  readonly shape: readonly [rows: number, columns: number];
}

/** Danfo's data frames and series. */
export const danfoFrame: Formatter = {
  name: "Danfo data frame",
  matches: (value) =>
    typeof value === "object" && value !== null && "$isSeries" in value && "$columns" in value && "$index" in value,
  format: ({ $isSeries, columns, index, values, shape }: DanfoFrame) =>
    tableBundle({
      columns: columns.map(String),
      rows: values.slice(0, MAX_ROWS).map((row) => ($isSeries ? [row] : (row as unknown[]))),
      labels: index.slice(0, MAX_ROWS),
      totalRows: shape[0],
    }),
};
