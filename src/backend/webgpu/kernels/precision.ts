import type { MatrixShape } from "./matrices.js";

/**
 * Half precision: factors are rounded to float16. Matrices of subgroups sum their products in float32; elsewhere a few dozen
 * are summed in float16, and these sums in float32. Gradients are multiplied by a power of two before they are rounded, and
 * sums divided by it: what loss scaling does, where it is needed.
 */
export const GRADIENT_SCALE = 1024;

/** Largest number of float16. */
const MOST = 65_504;

/** A gradient on its way to float16, where beyond the largest number lie infinity and NaN: it stays at that number. */
export const scaled = (v: string): string => `clamp(${v} * ${GRADIENT_SCALE}, vec4f(-${MOST}), vec4f(${MOST}))`;

/** The words of WGSL for what is multiplied. */
export function words(isHalf: boolean | undefined) {
  return isHalf
    ? { head: "enable f16;\n", vector: "vec4h", bytes: 8, rounded: (v: string) => `vec4h(${v})` }
    : { head: "", vector: "vec4f", bytes: 16, rounded: (v: string) => v };
}

/** How a convolution of training between so many channels multiplies; nothing where in single precision. */
export function precisionOf(
  { isHalf, matrix }: { readonly isHalf: boolean; readonly matrix?: MatrixShape | undefined },
  inChannels: number,
  outChannels: number,
): { readonly isHalf?: true; readonly matrix?: MatrixShape } {
  if (!isHalf) return {};
  const sides = matrix && [matrix.m, matrix.n, matrix.k];
  const fits = sides?.every((side) => inChannels % side === 0 && outChannels % side === 0);
  return { isHalf: true, ...(matrix && fits && { matrix }) };
}
