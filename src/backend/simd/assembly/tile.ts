// The innermost loop of every product: 4 rows x 8 columns of the result stay in registers (8 of the 16 that x64 has).
import { add, load4, madd, splatAt, store4, zero4 } from "./vector";

/**
 * out[4 x 8] (+)= A[4 x depth] x B[depth x 8].
 * A's element (m, k) lies at a + m * rowBytes + k * depthBytes, B's row k at b + k * bBytes, out's row m at out + m * outBytes.
 */
@inline export function tile4x8(
  a: usize, rowBytes: usize, depthBytes: usize, b: usize, bBytes: usize, depth: i32, out: usize, outBytes: usize,
  accumulate: bool,
): void {
  let r00 = zero4(), r01 = zero4(), r10 = zero4(), r11 = zero4();
  let r20 = zero4(), r21 = zero4(), r30 = zero4(), r31 = zero4();
  const row2 = 2 * rowBytes, row3 = 3 * rowBytes;
  for (let k = 0; k < depth; k++) {
    const b0 = load4(b), b1 = v128.load(b, 16);
    const a0 = splatAt(a);
    r00 = madd(a0, b0, r00);
    r01 = madd(a0, b1, r01);
    const a1 = splatAt(a + rowBytes);
    r10 = madd(a1, b0, r10);
    r11 = madd(a1, b1, r11);
    const a2 = splatAt(a + row2);
    r20 = madd(a2, b0, r20);
    r21 = madd(a2, b1, r21);
    const a3 = splatAt(a + row3);
    r30 = madd(a3, b0, r30);
    r31 = madd(a3, b1, r31);
    a += depthBytes;
    b += bBytes;
  }
  put(out, r00, r01, accumulate);
  out += outBytes;
  put(out, r10, r11, accumulate);
  out += outBytes;
  put(out, r20, r21, accumulate);
  out += outBytes;
  put(out, r30, r31, accumulate);
}

/** Products that are added up before the sum is added to what there is: a sum of sums rounds less than one long sum. */
const DEPTH: i32 = 8;

/** The same, in runs of DEPTH. */
@inline export function deepTile4x8(
  a: usize, rowBytes: usize, depthBytes: usize, b: usize, bBytes: usize, depth: i32, out: usize, outBytes: usize,
  accumulate: bool,
): void {
  for (let k = 0; k < depth; k += DEPTH) {
    tile4x8(a, rowBytes, depthBytes, b, bBytes, min(DEPTH, depth - k), out, outBytes, accumulate || k > 0);
    a += <usize>DEPTH * depthBytes;
    b += <usize>DEPTH * bBytes;
  }
}

@inline function put(out: usize, low: v128, high: v128, accumulate: bool): void {
  if (accumulate) {
    low = add(load4(out), low);
    high = add(v128.load(out, 16), high);
  }
  store4(out, low);
  v128.store(out, high, 16);
}
