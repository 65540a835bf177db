import { Bindings, forEach, gridOf, type Program } from "../program.js";

/** Philox 4x32-10 in WGSL, where a product has 32 bits: counter and key to four words. */
export const PHILOX = `
fn highProduct(a: u32, b: u32) -> u32 {
  let a0 = a & 0xffffu; let a1 = a >> 16u; let b0 = b & 0xffffu; let b1 = b >> 16u;
  let middle = a1 * b0 + ((a0 * b0) >> 16u);
  return a1 * b1 + (middle >> 16u) + ((a0 * b1 + (middle & 0xffffu)) >> 16u);
}
fn philox(start: vec4u, start_key: vec2u) -> vec4u {
  var c = start; var k = start_key;
  for (var round = 0; round < 10; round++) {
    let high0 = highProduct(0xd2511f53u, c.x); let low0 = 0xd2511f53u * c.x;
    let high1 = highProduct(0xcd9e8d57u, c.z); let low1 = 0xcd9e8d57u * c.z;
    c = vec4u(high1 ^ c.y ^ k.x, low1, high0 ^ c.w ^ k.y, low0);
    k += vec2u(0x9e3779b9u, 0xbb67ae85u);
  }
  return c;
}`;

/**
 * Box and Muller's transform to the last digits but one: WGSL's own log and cos may be off by 2^-11 where results are small.
 * radius = sqrt(-2 ln((word + 1/2) / 2^32)), by ln m = 2 artanh((m - 1) / (m + 1)), and near 1 by the distance from it;
 * turn = cos(2 pi word / 2^32), by its quarter and a polynomial in it (sin is a quarter turn behind).
 */
export const BOX_MULLER = `
fn artanh(s: f32) -> f32 {
  let q = s * s;
  return s * (1.0 + q * (0.33333334 + q * (0.2 + q * (0.14285715 + q * (0.11111111 + q * (0.09090909 + q * (0.07692308 + q * (0.06666667 + q * 0.05882353))))))));
}
fn radius(word: u32) -> f32 {
  if (word >= 0x80000000u) { let t = (f32(~word) + 0.5) / 4294967296.0; return sqrt(4.0 * artanh(t / (2.0 - t))); }
  if (word == 0u) { return 6.7637057; }
  let k = firstLeadingBit(word);
  let m = (f32(word) + 0.5) / f32(1u << k);
  return sqrt(2.0 * (f32(32u - k) * 0.6931472 - 2.0 * artanh((m - 1.0) / (m + 1.0))));
}
fn turn(word: u32) -> f32 {
  // To the nearest quarter, and what is left of it, in radians from -pi / 4 to pi / 4.
  let quarter = (word + 0x20000000u) >> 30u;
  let x = f32(bitcast<i32>(word - (quarter << 30u))) * 1.4629180792671596e-9; let q = x * x;
  let c = 1.0 + q * (-0.5 + q * (0.041666668 + q * (-0.0013888889 + q * 0.000024801588)));
  let s = x * (1.0 + q * (-0.16666667 + q * (0.008333333 + q * (-0.0001984127 + q * 0.0000027557319))));
  return select(select(c, -s, quarter == 1u), select(-c, s, quarter == 3u), quarter >= 2u);
}`;

/** So many uniform or standard normal numbers of the seed in `key`; ../../fused/random.ts says which. */
export function randomNumbers(
  kind: "uniform" | "normal",
  count: number,
): Program & { readonly grid: [number, number] } {
  const blocks = Math.ceil(count / 4);
  const grid = gridOf(blocks);
  const value =
    kind === "uniform"
      ? "let v = vec4f(words >> vec4u(8u)) / 16777216.0;"
      : `let radius = vec2f(radius(words.x), radius(words.z));
  let v = vec4f(radius.x * turn(words.y), radius.x * turn(words.y - 0x40000000u), radius.y * turn(words.w), radius.y * turn(words.w - 0x40000000u));`;
  const program = new Bindings().read("key", "u32").write("out", "f32")
    .program(`${PHILOX}${kind === "normal" ? BOX_MULLER : ""}
${forEach(grid)}
  if (i >= ${blocks}u) { return; }
  let words = philox(vec4u(i, ${kind === "uniform" ? 0 : 1}u, 0u, 0u), vec2u(key[0], key[1]));
  ${value}
  for (var j = 0u; j < 4u; j++) { if (i * 4u + j < ${count}u) { out[i * 4u + j] = v[j]; } }
}`);
  return { ...program, grid };
}
