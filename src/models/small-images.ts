import type { Tensor4D } from "@tensorflow/tfjs-core";
import { globalAveragePool } from "../backend/fused/index.js";
import { chain } from "./chain.js";
import { ConvNorm, ResidualBlock } from "./conv-norm.js";
import type { Backbone } from "./network.js";
import type { Variables } from "./variables.js";

/**
 * The residual networks for images of 32 x 32 (He et al. 2016, section 4.2), shortcuts of kind A: a 3 x 3 convolution, three
 * stages, each of `blocks` basic blocks, the second and third at half the size; mean over pixels.
 * @param stemStride 1; 2 for the small ones, which look at a quarter of the pixels
 * @param stages channels of each stage
 */
export function smallImages(blocks: number, stemStride: 1 | 2, stages: readonly number[] = [16, 32, 64]) {
  return (variables: Variables, channels: number): Backbone => {
    const stem = new ConvNorm(variables, "stem", 3, channels, stages[0]!);
    let inputs = stages[0]!;
    const layers = stages.flatMap((outputs, stage) =>
      Array.from({ length: blocks }, (_, block) => {
        const stride = stage > 0 && block === 0 ? 2 : 1;
        const made = new ResidualBlock(variables, `stage${stage + 1}/block${block}`, inputs, outputs, stride);
        inputs = outputs;
        return made;
      }),
    );
    return {
      width: inputs,
      takesGroups: true,
      apply(images, mode, inputGradient, groups = 1) {
        const first = (x: Tensor4D) => stem.apply(x, mode, { stride: stemStride, inputGradient, groups });
        const rest = layers.map((layer) => (x: Tensor4D) => layer.apply(x, mode, groups));
        return globalAveragePool(chain(images, [first, ...rest]));
      },
    };
  };
}
