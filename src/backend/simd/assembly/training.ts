// The small fused steps of training: loss, optimizer, augmentation.
import { add, load4, madd, mul, splat, store4 } from "./vector";

/**
 * Weighted cross-entropy of softmax(scale * (logits - margin of the true class)); items are rows. losses[row] is the row's
 * loss times its weight, gradient[row][class] its derivative with respect to the logits, both times `share` (1 over the sum of weights).
 * weights and margins [classes] may be 0: all 1, all 0. Labels outside the classes give NaN.
 */
export function crossEntropyRows(
  logits: usize, labels: usize, classes: i32, weights: usize, margins: usize, scale: f32, share: f64, losses: usize,
  gradient: usize, begin: i32, end: i32, thread: i32,
): void {
  for (let row = begin; row < end; row++) {
    const from = logits + <usize>row * <usize>classes * 4, to = gradient + <usize>row * <usize>classes * 4;
    const label = load<i32>(labels + (<usize>row << 2));
    const known = label >= 0 && label < classes;
    const weight: f64 = !known ? NaN : weights ? <f64>load<f32>(weights + (<usize>label << 2)) : 1;
    const margin: f64 = known && margins ? <f64>load<f32>(margins + (<usize>label << 2)) : 0;
    let highest: f64 = -Infinity;
    for (let c = 0; c < classes; c++) highest = max(highest, logit(from, c, label, margin, scale));
    let sum: f64 = 0;
    for (let c = 0; c < classes; c++) sum += Math.exp(logit(from, c, label, margin, scale) - highest);
    const log = Math.log(sum) + highest, part = weight * share;
    store<f64>(losses + (<usize>row << 3), known ? part * (log - logit(from, label, label, margin, scale)) : NaN);
    for (let c = 0; c < classes; c++) {
      const p = Math.exp(logit(from, c, label, margin, scale) - log);
      store<f32>(to + (<usize>c << 2), <f32>(part * <f64>scale * (p - (c == label ? 1 : 0))));
    }
  }
}

@inline function logit(from: usize, c: i32, label: i32, margin: f64, scale: f32): f64 {
  return <f64>scale * (<f64>load<f32>(from + (<usize>c << 2)) - (c == label ? margin : 0));
}

/**
 * SGD with momentum, in place: v = momentum * v + (g + decay * p); p -= rate * v (with nesterov: p -= rate * (g' + momentum * v)).
 * Items are chunks of `table`: words (parameters, gradients, velocity, count) each.
 */
export function sgdChunks(
  table: usize, rate: f32, momentum: f32, decay: f32, nesterov: i32, begin: i32, end: i32, thread: i32,
): void {
  const lr = splat(-rate), m = splat(momentum), d = splat(decay);
  for (let chunk = begin; chunk < end; chunk++) {
    const at = table + (<usize>chunk << 4);
    const p = load<u32>(at), g = load<u32>(at + 4), v = load<u32>(at + 8), bytes = load<u32>(at + 12) << 2;
    let i: usize = 0;
    for (; i + 16 <= bytes; i += 16) {
      const value = load4(p + i), slope = madd(d, value, load4(g + i)), speed = madd(m, load4(v + i), slope);
      store4(v + i, speed);
      store4(p + i, madd(lr, nesterov ? madd(m, speed, slope) : speed, value));
    }
    for (; i < bytes; i += 4) {
      const value = load<f32>(p + i), slope = decay * value + load<f32>(g + i), speed = momentum * load<f32>(v + i) + slope;
      store<f32>(v + i, speed);
      store<f32>(p + i, value - rate * (nesterov ? momentum * speed + slope : speed));
    }
  }
}

/**
 * Averages that follow, in place: average = keep * average + factor * now. Items are chunks of `table`: words (average, now,
 * bits of the factor, count) each. Each product is rounded, as in the composition of it.
 */
export function followChunks(table: usize, keep: f32, begin: i32, end: i32, thread: i32): void {
  for (let chunk = begin; chunk < end; chunk++) {
    const at = table + (<usize>chunk << 4);
    const average = load<u32>(at), now = load<u32>(at + 4), factor = load<f32>(at + 8), bytes = load<u32>(at + 12) << 2;
    const k = splat(keep), f = splat(factor);
    let i: u32 = 0;
    for (; i + 16 <= bytes; i += 16)
      store4(average + i, add(mul(k, load4(average + i)), mul(f, load4(now + i))));
    for (; i < bytes; i += 4) store<f32>(average + i, keep * load<f32>(average + i) + factor * load<f32>(now + i));
  }
}

/**
 * Bytes [images][height][width][channels] -> (byte * scale[c] + shift[c]) of a window of the padded image, mirrored or not.
 * placement[image]: row and column of the window's corner in the image (outside it: the padding, of value 0), mirrored (0, 1).
 */
export function augmentImages(
  bytes: usize, height: i32, width: i32, channels: i32, placement: usize, scale: usize, shift: usize, out: usize,
  outHeight: i32, outWidth: i32, begin: i32, end: i32, thread: i32,
): void {
  for (let image = begin; image < end; image++) {
    const at = placement + <usize>image * 12, top = load<i32>(at), left = load<i32>(at + 4), mirrored = load<i32>(at + 8) != 0;
    const from = bytes + <usize>image * <usize>(height * width * channels);
    // Columns of the window, from `first` to `last`, that lie in the image; `low`: where its edge falls.
    const low = mirrored ? left + outWidth - width : -left;
    const first = max(0, min(outWidth, low)), last = max(first, min(outWidth, low + width));
    const column = mirrored ? left + outWidth - 1 - first : left + first;
    let to = out + <usize>image * <usize>(outHeight * outWidth * channels) * 4;
    for (let r = 0; r < outHeight; r++) {
      const row = top + r;
      if (row < 0 || row >= height) {
        to = padding(to, outWidth, channels, shift);
        continue;
      }
      to = padding(to, first, channels, shift);
      const pixel = from + <usize>((row * width + column) * channels);
      to = normalizeRow(to, pixel, last - first, channels, mirrored, scale, shift);
      to = padding(to, outWidth - last, channels, shift);
    }
  }
}

/** Black pixels, normalized. Returns where the next one goes, as do the functions below. */
function padding(to: usize, pixels: i32, channels: i32, shift: usize): usize {
  for (let i = 0; i < pixels; i++)
    for (let c: usize = 0; c < <usize>channels; c++, to += 4) store<f32>(to, load<f32>(shift + (c << 2)));
  return to;
}

/** Pixels from `pixel` on, to the right, or to the left where mirrored. */
function normalizeRow(
  to: usize, pixel: usize, pixels: i32, channels: i32, mirrored: bool, scale: usize, shift: usize,
): usize {
  let done = 0;
  if (channels == 3) {
    done = pixels & ~3;
    normalizeFours(to, mirrored ? pixel - 9 : pixel, done >> 2, mirrored, scale, shift);
    to += <usize>done * 12;
    pixel = mirrored ? pixel - <usize>done * 3 : pixel + <usize>done * 3;
  }
  const step = mirrored ? -channels : channels;
  for (; done < pixels; done++, pixel += <usize>step)
    for (let c: usize = 0; c < <usize>channels; c++, to += 4)
      store<f32>(to, <f32>load<u8>(pixel + c) * load<f32>(scale + (c << 2)) + load<f32>(shift + (c << 2)));
  return to;
}

/** Four pixels of three channels at a time: 12 bytes become three vectors. Mirrored, `pixel` is the leftmost of the first four. */
function normalizeFours(to: usize, pixel: usize, fours: i32, mirrored: bool, scale: usize, shift: usize): void {
  const s0 = repeated(scale, 0), s1 = repeated(scale, 1), s2 = repeated(scale, 2);
  const t0 = repeated(shift, 0), t1 = repeated(shift, 1), t2 = repeated(shift, 2);
  for (let i = 0; i < fours; i++, to += 48) {
    let twelve = v128.load_lane<u32>(pixel + 8, v128.load64_zero(pixel), 2);
    if (mirrored) {
      twelve = i8x16.swizzle(twelve, i8x16(9, 10, 11, 6, 7, 8, 3, 4, 5, 0, 1, 2, 12, 13, 14, 15));
      pixel -= 12;
    } else pixel += 12;
    const low = i16x8.extend_low_i8x16_u(twelve), high = i16x8.extend_high_i8x16_u(twelve);
    const a = f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(low));
    const b = f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(low));
    const c = f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(high));
    v128.store(to, f32x4.add(f32x4.mul(a, s0), t0));
    v128.store(to, f32x4.add(f32x4.mul(b, s1), t1), 16);
    v128.store(to, f32x4.add(f32x4.mul(c, s2), t2), 32);
  }
}

/** Four numbers of the three at `three`, over and over, from number 4 `vector` mod 3 on. */
function repeated(three: usize, vector: usize): v128 {
  let result = f32x4.splat(load<f32>(three + ((vector % 3) << 2)));
  result = f32x4.replace_lane(result, 1, load<f32>(three + (((vector + 1) % 3) << 2)));
  result = f32x4.replace_lane(result, 2, load<f32>(three + (((vector + 2) % 3) << 2)));
  return result;
}
