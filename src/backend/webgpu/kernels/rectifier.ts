/** Text of a vec4f without its negative numbers. A NaN stays one, which WGSL does not ask of `max`. */
export const rectified = (v: string): string => `select(${v}, vec4f(0), ${v} < vec4f(0))`;
