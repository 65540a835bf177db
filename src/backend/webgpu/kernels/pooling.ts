import { Bindings, forEach, gridOf, type Program } from "../program.js";

/** Mean over all pixels. */
export function poolAll(
  batch: number,
  pixels: number,
  channels: number,
): Program & { readonly grid: [number, number] } {
  const [quads, items] = [channels / 4, (batch * channels) / 4];
  const grid = gridOf(items);
  const program = new Bindings().read("source", "vec4f").write("out", "vec4f").program(`
${forEach(grid)}
  if (i >= ${items}u) { return; }
  let base = i / ${quads}u * ${pixels * quads}u + i % ${quads}u; var sum = vec4f(0);
  for (var p = 0u; p < ${pixels}u; p++) { sum += source[base + p * ${quads}u]; }
  out[i] = sum / ${pixels}.0;
}`);
  return { ...program, grid };
}

export function poolAllGradient(
  batch: number,
  pixels: number,
  channels: number,
): Program & { readonly grid: [number, number] } {
  const [quads, items] = [channels / 4, (batch * pixels * channels) / 4];
  const grid = gridOf(items);
  const program = new Bindings().read("gradient", "vec4f").write("out", "vec4f").program(`
${forEach(grid)}
  if (i >= ${items}u) { return; }
  out[i] = gradient[i / ${pixels * quads}u * ${quads}u + i % ${quads}u] / ${pixels}.0;
}`);
  return { ...program, grid };
}
