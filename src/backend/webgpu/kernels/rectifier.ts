/**
 * Text of numbers without those below zero, in which a NaN stays a NaN. WGSL does not ask that of `max`, nor of a comparison of
 * floats: NVIDIA's compiler makes a `max` of one, which drops a NaN. Of bits it makes nothing else: with their sign turned, the
 * negative numbers are those up to infinity's.
 */
export const rectified = (v: string, type: "f32" | "vec4f" = "vec4f"): string => {
  const words = type === "f32" ? "u32" : "vec4u";
  return `select(${v}, ${type}(0), (bitcast<${words}>(${v}) ^ ${words}(0x80000000u)) <= ${words}(0x7f800000u))`;
};
