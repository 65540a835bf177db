/** Tensors, known by their shape: nothing of TensorFlow.js is imported. */
import { hasMethods } from "./formatter.js";
import type { Formatter } from "./formatter.js";
import type { MimeBundle } from "../mime.js";

interface Tensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly isDisposed: boolean;
  dataSync(): ArrayLike<unknown>;
  data(): Promise<ArrayLike<unknown>>;
  slice(begin: number[], size: number[]): Tensor;
  dispose(): void;
}

const MAX_COLUMNS = 8;
const MAX_LINES = 24;
const SIGNIFICANT = 4;

/**
 * Data type, shape, and the values of one corner. Of a large tensor only that corner is read back, and the slice that holds it
 * is disposed.
 */
export const tensor: Formatter = {
  name: "tensor",
  matches: (value) =>
    hasMethods(value, "dataSync", "slice", "dispose") &&
    "dtype" in value &&
    "shape" in value &&
    Array.isArray(value.shape),
  format: (value: Tensor): MimeBundle | Promise<MimeBundle> => {
    const title = `Tensor ${value.dtype} [${value.shape.join(", ")}]`;
    if (value.isDisposed) return text(`${title} (disposed)`);
    if (value.shape.includes(0) || value.dtype === "complex64") return text(title);
    const corner = cornerShape(value.shape);
    const write = (values: ArrayLike<unknown>): MimeBundle =>
      text(`${title}\n${writeNested(values, corner, value.shape)}`);
    const whole = corner.every((size, i) => size === value.shape[i]);
    const slice = whole
      ? value
      : value.slice(
          corner.map(() => 0),
          corner,
        );
    let waits = false;
    const release = (): void => {
      if (!whole) slice.dispose();
    };
    try {
      return write(slice.dataSync());
    } catch {
      // Backends that cannot wait for the device have only the asynchronous way.
      waits = true;
      return slice.data().then(write).finally(release);
    } finally {
      if (!waits) release();
    }
  },
};

function text(plain: string): MimeBundle {
  return { "text/plain": plain };
}

/** The shape of the corner shown: a few columns, and the number of lines limited over all leading axes together. */
function cornerShape(shape: readonly number[]): number[] {
  const corner: number[] = [];
  let lines = MAX_LINES;
  for (const [fromEnd, size] of [...shape].reverse().entries()) {
    const shown = Math.min(size, fromEnd === 0 ? MAX_COLUMNS : Math.max(1, Math.min(lines, MAX_COLUMNS)));
    if (fromEnd > 0) lines = Math.floor(lines / shown);
    corner.unshift(shown);
  }
  return corner;
}

/** Nested brackets, one innermost row a line, columns aligned, "…" where an axis goes on. */
function writeNested(values: ArrayLike<unknown>, corner: readonly number[], shape: readonly number[]): string {
  const cells = Array.from(values, writeCell);
  const width = Math.max(...cells.map((cell) => cell.length));
  const write = (axis: number, offset: number, indent: string): string => {
    const size = corner[axis];
    if (size === undefined) return cells[offset] ?? "";
    const stride = corner.slice(axis + 1).reduce((product, next) => product * next, 1);
    const inner = Array.from({ length: size }, (_, i) => write(axis + 1, offset + i * stride, `${indent} `));
    const isRow = axis === corner.length - 1;
    const items = isRow ? inner.map((cell) => cell.padStart(width)) : inner;
    const more = size < (shape[axis] ?? 0) ? ["…"] : [];
    return `[${[...items, ...more].join(isRow ? ", " : `,\n${indent} `)}]`;
  };
  return write(0, 0, "");
}

function writeCell(value: unknown): string {
  if (typeof value === "number" && !Number.isInteger(value)) return String(Number(value.toPrecision(SIGNIFICANT)));
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 39)}…` : value);
  return String(value);
}
