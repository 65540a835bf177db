import { Bindings, forEach, gridOf, type Program } from "../program.js";
import type { ConvolutionPlan } from "./convolution-plan.js";
import { shortcutValue } from "./epilogue.js";
import { coefficient, gradientOf } from "./prologue.js";
import { rectified } from "./rectifier.js";

export interface NormalizePlan {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  /** A multiple of 4. */
  readonly outChannels: number;
  readonly relu: boolean;
  /** Images that are normalized together, where they are not the whole batch. */
  readonly groupSize?: number;
  readonly shortcut?: NonNullable<ConvolutionPlan["shortcut"]>;
}

/** y = k0 * x + k1, plus a shortcut of kind A, rectified. */
export function normalize(plan: NormalizePlan): Program & { readonly grid: [number, number] } {
  const { batch, height, width, outChannels, relu, groupSize, shortcut } = plan;
  const [quads, items] = [outChannels / 4, (batch * height * width * outChannels) / 4];
  const bindings = new Bindings().read("source", "vec4f").read("coefficients", "vec4f");
  const of = { name: "coefficients", rows: 2, quads, groupSize } as const;
  const add = shortcut ? `v += ${shortcutValue(plan, bindings)};` : "";
  const grid = gridOf(items);
  const program = bindings.write("out", "vec4f").program(`
${forEach(grid)}
  if (i >= ${items}u) { return; }
  let quad = i % ${quads}u; let pixel = i / ${quads}u; let x = pixel % ${width}u; let y = (pixel / ${width}u) % ${height}u;
  let image = pixel / ${height * width}u; var v = ${coefficient(of, 0, "quad")} * source[i] + ${coefficient(of, 1, "quad")};
  ${add}
  out[i] = ${relu ? rectified("v") : "v"};
}`);
  return { ...program, grid };
}

/** A batch norm's gradient: dx = k0 * dy + k1 * x + k2. @param plan its `relu` and its shortcut mean nothing */
export function normalizeGradient(plan: Omit<NormalizePlan, "relu">): Program & { readonly grid: [number, number] } {
  const { batch, height, width, outChannels, groupSize } = plan;
  const [quads, items] = [outChannels / 4, (batch * height * width * outChannels) / 4];
  const grid = gridOf(items);
  const bindings = new Bindings()
    .read("gradient", "vec4f")
    .read("normalizedInput", "vec4f")
    .read("coefficients", "vec4f");
  const program = bindings.write("out", "vec4f").program(`
${forEach(grid)}
  if (i >= ${items}u) { return; }
  let c = i % ${quads}u; let image = i / ${height * width * quads}u;
  out[i] = ${gradientOf({ name: "coefficients", quads, groupSize }, "c", "gradient[i]", "normalizedInput[i]")};
}`);
  return { ...program, grid };
}
