import { Bindings, forEach, gridOf, type Program } from "../program.js";

export interface AugmentPlan {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly outHeight: number;
  readonly outWidth: number;
}

/**
 * Windows of images of bytes (four in a word), mirrored or not, as normalized numbers: byte * scale + shift.
 * placement[window]: which image, row and column of the window's corner in it, mirrored (0, 1).
 */
export function augmentImages(plan: AugmentPlan): Program & { readonly grid: [number, number] } {
  const { batch, height, width, channels, outHeight, outWidth } = plan;
  const items = batch * outHeight * outWidth * channels;
  const grid = gridOf(items);
  const bindings = new Bindings()
    .read("images", "u32")
    .read("placement", "i32")
    .read("scale", "f32")
    .read("shift", "f32");
  const program = bindings.write("out", "f32").program(`
${forEach(grid)}
  if (i >= ${items}u) { return; }
  let c = i % ${channels}u; let column = (i / ${channels}u) % ${outWidth}u; let row = (i / ${channels * outWidth}u) % ${outHeight}u;
  let window = 4u * (i / ${channels * outWidth * outHeight}u); let image = u32(placement[window]);
  let y = placement[window + 1u] + i32(row);
  let x = placement[window + 2u] + select(i32(column), ${outWidth - 1} - i32(column), placement[window + 3u] == 1);
  var byte = 0.0;
  if (y >= 0 && y < ${height} && x >= 0 && x < ${width}) {
    let at = ((image * ${height}u + u32(y)) * ${width}u + u32(x)) * ${channels}u + c;
    byte = f32((images[at >> 2u] >> ((at & 3u) * 8u)) & 255u);
  }
  out[i] = byte * scale[c] + shift[c];
}`);
  return { ...program, grid };
}
