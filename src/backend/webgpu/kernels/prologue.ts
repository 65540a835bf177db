import type { Prologue } from "./convolution-plan.js";
import { rectified } from "./rectifier.js";

/** Where the coefficients of a batch norm lie: rows of `quads` fours of channels, of each group of images. */
export interface Coefficients {
  readonly name: string;
  /** 2; of a gradient 3. */
  readonly rows: 2 | 3;
  readonly quads: number;
  /** Images that are normalized together, where they are not the whole batch. */
  readonly groupSize?: number | undefined;
}

/** Text of row k of four channels' coefficients, for the `image` that the shader is at. */
export function coefficient({ name, rows, quads, groupSize }: Coefficients, k: number, quad: string): string {
  const group = groupSize === undefined ? "" : `image / ${groupSize}u * ${rows * quads}u + `;
  return `${name}[${group}${k === 0 ? "" : `${k * quads}u + `}${quad}]`;
}

/** Text of four channels of a batch norm's gradient: k0 * gradient + k1 * input + k2. */
export function gradientOf(of: Omit<Coefficients, "rows">, quad: string, gradient: string, input: string): string {
  const k = (row: number): string => coefficient({ ...of, rows: 3 }, row, quad);
  return `${k(0)} * ${gradient} + ${k(1)} * ${input} + ${k(2)}`;
}

/** Text of four channels (`quad` of `in4`) of an input element at `index`, by what becomes of it on its way. */
export function elementOf(prologue: Prologue, quad: string, in4: number, groupSize?: number): string {
  const of = { name: "coefficients", quads: in4, groupSize };
  const k = (row: number): string => coefficient({ ...of, rows: 2 }, row, quad);
  switch (prologue) {
    case "raw":
      return "source[index]";
    case "normalized":
      return rectified(`(${k(0)} * source[index] + ${k(1)})`);
    case "gradient":
      return gradientOf(of, quad, "source[index]", "other[index]");
  }
}
