import { globalAveragePool } from "../backend/fused/index.js";
import { ConvNorm, ResidualBlock } from "./conv-norm.js";
import type { Backbone } from "./network.js";
import type { Variables } from "./variables.js";

const STAGES = [16, 32, 64];

/**
 * The residual networks for images of 32 x 32 (He et al. 2016, section 4.2), shortcuts of kind A: a 3 x 3 convolution, three
 * stages of 16, 32 and 64 channels, each of `blocks` basic blocks, the second and third at half the size; mean over pixels.
 * @param stemStride 1; 2 for the small one, which looks at a quarter of the pixels
 */
export function smallImages(blocks: number, stemStride: 1 | 2) {
  return (variables: Variables, channels: number): Backbone => {
    const stem = new ConvNorm(variables, "stem", 3, channels, STAGES[0]!);
    let inputs = STAGES[0]!;
    const layers = STAGES.flatMap((outputs, stage) =>
      Array.from({ length: blocks }, (_, block) => {
        const stride = stage > 0 && block === 0 ? 2 : 1;
        const made = new ResidualBlock(variables, `stage${stage + 1}/block${block}`, inputs, outputs, stride);
        inputs = outputs;
        return made;
      }),
    );
    return {
      width: inputs,
      apply(images, mode, inputGradient) {
        const x = stem.apply(images, mode, { stride: stemStride, inputGradient });
        return globalAveragePool(layers.reduce((y, layer) => layer.apply(y, mode), x));
      },
    };
  };
}
