// Random numbers by counter: Philox 4x32-10 (Salmon et al. 2011). The i-th four numbers depend on the key and on i alone, so
// any thread can compute any of them.

const M0: u64 = 0xd2511f53, M1: u64 = 0xcd9e8d57;
const W0: u32 = 0x9e3779b9, W1: u32 = 0xbb67ae85;

/** Four words for the counter (low, high, 0, 0), stored at `out`. */
@inline function philox(low: u32, high: u32, key0: u32, key1: u32, out: usize): void {
  let c0 = low, c1 = high, c2: u32 = 0, c3: u32 = 0;
  for (let round = 0; round < 10; round++) {
    const p0 = M0 * <u64>c0, p1 = M1 * <u64>c2;
    c0 = <u32>(p1 >> 32) ^ c1 ^ key0;
    c1 = <u32>p1;
    c2 = <u32>(p0 >> 32) ^ c3 ^ key1;
    c3 = <u32>p0;
    key0 += W0;
    key1 += W1;
  }
  store<u32>(out, c0);
  store<u32>(out, c1, 4);
  store<u32>(out, c2, 8);
  store<u32>(out, c3, 12);
}

/** Uniform in [0, 1): the upper 24 bits of each word. Items are blocks of four numbers; `out` has room for whole blocks. */
export function randomUniform(out: usize, key0: u32, key1: u32, begin: i32, end: i32, thread: i32): void {
  for (let block = begin; block < end; block++) {
    const at = out + (<usize>block << 4);
    philox(block, 0, key0, key1, at);
    for (let i: usize = 0; i < 16; i += 4) store<f32>(at + i, <f32>(load<u32>(at + i) >>> 8) * <f32>(1.0 / 16777216.0));
  }
}

/** Standard normal, by Box and Muller's transform of each pair of words. */
export function randomNormal(out: usize, key0: u32, key1: u32, begin: i32, end: i32, thread: i32): void {
  for (let block = begin; block < end; block++) {
    const at = out + (<usize>block << 4);
    philox(block, 1, key0, key1, at);
    for (let i: usize = 0; i < 16; i += 8) {
      const radius = Math.sqrt(-2 * Math.log((<f64>load<u32>(at + i) + 0.5) / 4294967296.0));
      const angle = 2 * Math.PI * (<f64>load<u32>(at + i, 4) / 4294967296.0);
      store<f32>(at + i, <f32>(radius * Math.cos(angle)));
      store<f32>(at + i, <f32>(radius * Math.sin(angle)), 4);
    }
  }
}
