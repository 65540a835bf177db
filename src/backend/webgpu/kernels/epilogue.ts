import { repeat, type Bindings } from "../program.js";
import type { ConvolutionPlan, ConvolutionWork } from "./convolution-plan.js";
import { coefficient } from "./prologue.js";
import { rectified } from "./rectifier.js";

/** What a thread does with the sum `acc` of a pixel (x, y) and four channels (`quad`, at `at`), for `v` and `sum1`. */
export function epilogueOf(
  plan: ConvolutionWork,
  bindings: Bindings,
): { readonly setup: string; readonly value: string } {
  const { epilogue, outChannels, height, width, shortcut } = plan;
  const out4 = outChannels / 4;
  switch (epilogue) {
    case "none":
      return { setup: "", value: "let v = acc;" };
    case "sums":
      return { setup: "", value: "let v = acc; sum1 += v * v;" };
    case "mask": {
      bindings.read("normalizedInput", "vec4f").read("maskCoefficients", "vec4f");
      const of = { name: "maskCoefficients", rows: 2, quads: out4, groupSize: plan.groupSize } as const;
      return {
        setup: `let k0 = ${coefficient(of, 0, "quad")}; let k1 = ${coefficient(of, 1, "quad")};`,
        value: "let z = normalizedInput[at]; let v = select(vec4f(0), acc, k0 * z + k1 > vec4f(0)); sum1 += v * z;",
      };
    }
    case "shortcut": {
      const { channels, stride } = shortcut!;
      const side = (channels - outChannels) / 2;
      bindings.read("added", side % 4 === 0 ? "vec4f" : "f32");
      const [h, w] = [shortcut!.height, shortcut!.width];
      const pixel = `(image * ${h}u + y / ${stride}u) * ${w}u + x / ${stride}u`;
      const value =
        side % 4 === 0
          ? `added[(${pixel}) * ${channels / 4}u + ${side / 4}u + quad]`
          : `vec4f(${repeat(4, (c) => `added[(${pixel}) * ${channels}u + ${side + c}u + quad * 4u]`, ", ")})`;
      const hit = stride === 1 ? "true" : `y % ${stride}u == 0u && x % ${stride}u == 0u`;
      return { setup: "", value: `var v = acc; if (${hit}) { v += ${value}; }` };
    }
    case "affine": {
      for (const name of ["gamma", "beta", "mean", "variance"]) bindings.read(name, "vec4f");
      const setup =
        `let k0 = gamma[quad] * inverseSqrt(variance[quad] + vec4f(${plan.epsilon})); ` +
        "let k1 = beta[quad] - mean[quad] * k0;";
      const add = shortcut ? ` v += ${shortcutValue(plan, bindings)};` : "";
      return { setup, value: `var v = acc * k0 + k1;${add}${plan.relu ? ` v = ${rectified("v")};` : ""}` };
    }
  }
  throw new Error(`unknown epilogue of a ${height} x ${width} convolution: ${String(epilogue)}`);
}

/** Of a shortcut of kind A at pixel (x, y) and channels `quad`: the function that `normalize` shares. */
export function shortcutValue(
  { outChannels, shortcut }: Pick<ConvolutionPlan, "outChannels" | "shortcut">,
  bindings: Bindings,
): string {
  const { channels, height, width, stride } = shortcut!;
  const side = (outChannels - channels) / 2;
  const pixel = `(image * ${height}u + y * ${stride}u) * ${width}u + x * ${stride}u`;
  if (side % 4 === 0) {
    bindings.read("added", "vec4f");
    const index = `(${pixel}) * ${channels / 4}u + max(quad, ${side / 4}u) - ${side / 4}u`;
    if (side === 0) return `added[(${pixel}) * ${channels / 4}u + quad]`;
    // An index out of the buffer would be read before select discards it: it is kept inside.
    return `select(vec4f(0), added[min(${index}, arrayLength(&added) - 1u)], quad >= ${side / 4}u && quad < ${(side + channels) / 4}u)`;
  }
  bindings.read("added", "f32");
  const one = (c: number): string => {
    const channel = `(quad * 4u + ${c}u)`;
    const index = `(${pixel}) * ${channels}u + max(${channel}, ${side}u) - ${side}u`;
    return `select(0.0, added[min(${index}, arrayLength(&added) - 1u)], ${channel} >= ${side}u && ${channel} < ${side + channels}u)`;
  };
  return `vec4f(${repeat(4, one, ", ")})`;
}
