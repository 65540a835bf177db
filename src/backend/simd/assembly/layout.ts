/**
 * Copies numbers of 1 << shift bytes over six dimensions of sizes d0 to d5 (d0 itself is not needed); s0 to s5 and t0 to t5
 * are how many numbers x and out go on by in each. Items are numbers, in the order of the dimensions.
 */
export function copy(
  shift: usize, x: usize, out: usize,
  d1: u32, d2: u32, d3: u32, d4: u32, d5: u32,
  s0: u32, s1: u32, s2: u32, s3: u32, s4: u32, s5: u32,
  t0: u32, t1: u32, t2: u32, t3: u32, t4: u32, t5: u32,
  begin: i32, end: i32, thread: i32,
): void {
  const first = <u32>begin / d5;
  let column = <u32>begin - first * d5;
  let outer = first / d4;
  let inner = first - outer * d4;
  let from = offset(outer, d1, d2, d3, s0, s1, s2, s3) + inner * s4;
  let to = offset(outer, d1, d2, d3, t0, t1, t2, t3) + inner * t4;
  for (let i = <u32>begin; i < <u32>end; ) {
    const n = min(d5 - column, <u32>end - i);
    row(shift, x + ((from + column * s5) << shift), s5, out + ((to + column * t5) << shift), t5, n);
    i += n;
    column = 0;
    if (++inner < d4) {
      from += s4;
      to += t4;
    } else {
      inner = 0;
      outer++;
      from = offset(outer, d1, d2, d3, s0, s1, s2, s3);
      to = offset(outer, d1, d2, d3, t0, t1, t2, t3);
    }
  }
}

// Steps may be negative: as all arithmetic is modulo 2^32, they need no sign.
@inline function offset(index: u32, d1: u32, d2: u32, d3: u32, s0: u32, s1: u32, s2: u32, s3: u32): u32 {
  const upper = index / d3;
  const top = upper / d2;
  return (top / d1) * s0 + (top % d1) * s1 + (upper - top * d2) * s2 + (index - upper * d3) * s3;
}

function row(shift: usize, x: usize, from: u32, out: usize, to: u32, n: u32): void {
  if (from == 1 && to == 1) return run(x, out, <usize>n << shift);
  const step = from << shift;
  const outStep = to << shift;
  if (shift == 2) for (; n > 0; n--, x += step, out += outStep) store<u32>(out, load<u32>(x));
  else for (; n > 0; n--, x += step, out += outStep) store<u8>(out, load<u8>(x));
}

/** Copies bytes; a call of memory.copy would take longer than a short run itself. */
@inline function run(x: usize, out: usize, bytes: usize): void {
  if (bytes > 256) {
    memory.copy(out, x, bytes);
    return;
  }
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) v128.store(out + i, v128.load(x + i));
  for (; i + 4 <= bytes; i += 4) store<u32>(out + i, load<u32>(x + i));
  for (; i < bytes; i++) store<u8>(out + i, load<u8>(x + i));
}

/**
 * Slices of x, seen as [batch, outer, length, bytes], at places, seen as [batch, count]: out is [batch, outer, count, bytes].
 * Items are slices of out.
 */
export function gather(
  x: usize, places: usize, out: usize, outer: u32, length: u32, count: u32, bytes: usize,
  begin: i32, end: i32, thread: i32,
): void {
  for (let item = <u32>begin; item < <u32>end; item++) {
    const slice = item / count;
    const place = load<u32>(places + ((<usize>(slice / outer) * count + (item - slice * count)) << 2));
    run(x + (<usize>slice * length + place) * bytes, out + <usize>item * bytes, bytes);
  }
}
