// The small fused steps of training: loss, optimizer, augmentation.
import { load4, madd, splat, store4 } from "./vector";

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
 * Bytes [images][height][width][channels] -> (byte * scale[c] + shift[c]) of a window of the padded image, mirrored or not.
 * placement[image]: row and column of the window's corner in the image (outside it: the padding, of value 0), mirrored (0, 1).
 */
export function augmentImages(
  bytes: usize, height: i32, width: i32, channels: i32, placement: usize, scale: usize, shift: usize, out: usize,
  outHeight: i32, outWidth: i32, begin: i32, end: i32, thread: i32,
): void {
  for (let image = begin; image < end; image++) {
    const at = placement + <usize>image * 12, top = load<i32>(at), left = load<i32>(at + 4), mirrored = load<i32>(at + 8);
    const from = bytes + <usize>image * <usize>(height * width * channels);
    let to = out + <usize>image * <usize>(outHeight * outWidth * channels) * 4;
    for (let r = 0; r < outHeight; r++)
      for (let x = 0; x < outWidth; x++) {
        const iy = top + r, ix = left + (mirrored ? outWidth - 1 - x : x);
        const inside = iy >= 0 && iy < height && ix >= 0 && ix < width;
        const pixel = from + <usize>((iy * width + ix) * channels);
        for (let c: usize = 0; c < <usize>channels; c++, to += 4) {
          const value: f32 = inside ? <f32>load<u8>(pixel + c) : 0;
          store<f32>(to, value * load<f32>(scale + (c << 2)) + load<f32>(shift + (c << 2)));
        }
      }
  }
}
