import { load4, store4 } from "./vector";

/** Rows and columns that are exchanged together, so that both sides stay in the cache. */
const SIDE: u32 = 32;

/**
 * Exchanges the last two dimensions, of four bytes a number: out[..., i, j] = x[..., j, i], where i goes on by 1 in x and j by 1
 * in out. Around them are three dimensions (the size of the first is not needed), in which x goes on by s0 to s2 and out by
 * t0 to t2. Items are tiles of SIDE by SIDE.
 */
export function transpose(
  x: usize, out: usize, d1: u32, d2: u32, rows: u32, columns: u32,
  s0: u32, s1: u32, s2: u32, t0: u32, t1: u32, t2: u32, step: u32, outStep: u32,
  begin: i32, end: i32, thread: i32,
): void {
  const down = (rows + SIDE - 1) / SIDE;
  const across = (columns + SIDE - 1) / SIDE;
  for (let item = <u32>begin; item < <u32>end; item++) {
    const line = item / across;
    const j = (item - line * across) * SIDE;
    const outer = line / down;
    const i = (line - outer * down) * SIDE;
    const upper = outer / d2;
    const c0 = upper / d1;
    const c1 = upper - c0 * d1;
    const c2 = outer - upper * d2;
    const from = x + ((c0 * s0 + c1 * s1 + c2 * s2 + i + j * step) << 2);
    const to = out + ((c0 * t0 + c1 * t1 + c2 * t2 + i * outStep + j) << 2);
    tile(from, <usize>step << 2, to, <usize>outStep << 2, min(SIDE, rows - i), min(SIDE, columns - j));
  }
}

function tile(x: usize, step: usize, out: usize, outStep: usize, rows: u32, columns: u32): void {
  let i: u32 = 0;
  for (; i + 4 <= rows; i += 4) {
    let j: u32 = 0;
    for (; j + 4 <= columns; j += 4) {
      const from = x + (<usize>i << 2) + j * step;
      quad(from, step, out + i * outStep + (<usize>j << 2), outStep);
    }
    for (; j < columns; j++) {
      const from = x + (<usize>i << 2) + j * step;
      const to = out + i * outStep + (<usize>j << 2);
      for (let k: usize = 0; k < 4; k++) store<u32>(to + k * outStep, load<u32>(from + (k << 2)));
    }
  }
  for (; i < rows; i++)
    for (let j: u32 = 0; j < columns; j++)
      store<u32>(out + i * outStep + (<usize>j << 2), load<u32>(x + (<usize>i << 2) + j * step));
}

@inline function quad(x: usize, step: usize, out: usize, outStep: usize): void {
  const a = load4(x);
  const b = load4(x + step);
  const c = load4(x + 2 * step);
  const d = load4(x + 3 * step);
  const ab = v128.shuffle<u32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<u32>(c, d, 0, 4, 1, 5);
  const abHigh = v128.shuffle<u32>(a, b, 2, 6, 3, 7);
  const cdHigh = v128.shuffle<u32>(c, d, 2, 6, 3, 7);
  store4(out, v128.shuffle<u64>(ab, cd, 0, 2));
  store4(out + outStep, v128.shuffle<u64>(ab, cd, 1, 3));
  store4(out + 2 * outStep, v128.shuffle<u64>(abHigh, cdHigh, 0, 2));
  store4(out + 3 * outStep, v128.shuffle<u64>(abHigh, cdHigh, 1, 3));
}
