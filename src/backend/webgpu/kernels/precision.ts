/**
 * Half precision: factors are rounded to float16, a few dozen products are summed in it, and these sums in float32. Gradients
 * are multiplied by a power of two before they are rounded, and sums divided by it: what loss scaling does, where it is needed.
 */
export const GRADIENT_SCALE = 1024;

/** The words of WGSL for what is multiplied. */
export function words(isHalf: boolean | undefined) {
  return isHalf
    ? { head: "enable f16;\n", vector: "vec4h", bytes: 8, rounded: (v: string) => `vec4h(${v})` }
    : { head: "", vector: "vec4f", bytes: 16, rounded: (v: string) => v };
}
