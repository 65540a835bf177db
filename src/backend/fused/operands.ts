import type { Tensor } from "@tensorflow/tfjs-core";

/** A tensor, and the sizes that it is to have; one that may be any is a name. */
export type Operand = readonly [tensor: Tensor, sizes: readonly (number | string)[]];

/**
 * A kernel takes the bits of another type for numbers, and reads past a tensor that is too small: neither is seen in its result.
 * @throws RangeError unless all are float32 of their sizes; it names the operation, the operand and both shapes
 */
export function requireOperands(operation: string, operands: Readonly<Record<string, Operand>>): void {
  for (const [name, [tensor, sizes]] of Object.entries(operands)) {
    const { dtype, shape } = tensor;
    const fits =
      shape.length === sizes.length && sizes.every((size, i) => typeof size === "string" || size === shape[i]);
    if (fits && dtype === "float32") continue;
    const [expected, found] = [sizes.join(", "), shape.join(", ")];
    throw new RangeError(`${operation}: expected ${name} to be float32 [${expected}], found ${dtype} [${found}]`);
  }
}

/** @throws RangeError unless it is a whole number above 0 */
export function requireStride(operation: string, stride: number): void {
  if (Number.isInteger(stride) && stride > 0) return;
  throw new RangeError(`${operation}: expected a stride that is a whole number above 0, found ${stride}`);
}
