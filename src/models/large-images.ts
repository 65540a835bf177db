import * as tf from "@tensorflow/tfjs-core";
import type { Tensor4D } from "@tensorflow/tfjs-core";
import { globalAveragePool } from "../backend/fused/index.js";
import { chain } from "./chain.js";
import { ConvNorm, type Mode } from "./conv-norm.js";
import type { Backbone } from "./network.js";
import type { Variables } from "./variables.js";

const STAGES = [64, 128, 256, 512];

/** One block: convolutions, and a shortcut of kind B (a 1 x 1 convolution where the size changes). */
class Block {
  private readonly shortcut: ConvNorm | undefined;

  constructor(
    variables: Variables,
    name: string,
    [inputs, outputs]: readonly [number, number],
    private readonly stride: number,
    private readonly layers: readonly { readonly layer: ConvNorm; readonly stride: number }[],
  ) {
    const changes = stride !== 1 || inputs !== outputs;
    this.shortcut = changes ? new ConvNorm(variables, `${name}/shortcut`, 1, inputs, outputs) : undefined;
  }

  apply(x: Tensor4D, mode: Mode, groups: number): Tensor4D {
    const last = this.layers.length - 1;
    const layers = this.layers.map(
      ({ layer, stride }, i) =>
        (h: Tensor4D) =>
          layer.apply(h, mode, { stride, relu: i < last, groups }),
    );
    const y = chain(x, layers);
    const short = this.shortcut?.apply(x, mode, { stride: this.stride, relu: false, groups }) ?? x;
    return tf.relu(tf.add(y, short)) as Tensor4D;
  }
}

/** Two 3 x 3 convolutions. */
function basic(variables: Variables, name: string, inputs: number, planes: number, stride: number): Block {
  const layers = [
    { layer: new ConvNorm(variables, `${name}/conv1`, 3, inputs, planes), stride },
    { layer: new ConvNorm(variables, `${name}/conv2`, 3, planes, planes), stride: 1 },
  ];
  return new Block(variables, name, [inputs, planes], stride, layers);
}

/** 1 x 1, 3 x 3 (with the stride, as PyTorch has it), 1 x 1 to four times the channels. */
function bottleneck(variables: Variables, name: string, inputs: number, planes: number, stride: number): Block {
  const layers = [
    { layer: new ConvNorm(variables, `${name}/conv1`, 1, inputs, planes), stride: 1 },
    { layer: new ConvNorm(variables, `${name}/conv2`, 3, planes, planes), stride },
    { layer: new ConvNorm(variables, `${name}/conv3`, 1, planes, 4 * planes), stride: 1 },
  ];
  return new Block(variables, name, [inputs, 4 * planes], stride, layers);
}

/**
 * The residual networks for large images, 224 x 224 (He et al. 2016, section 4.1): a 7 x 7 convolution and a maximum over
 * 3 x 3, both of stride 2, four stages, mean over pixels. Filters begin as all here do, by channels in; the authors' code for ImageNet-LT
 * goes by channels out, normal of variance 2 / (size² * outputs), and its classifier begins with uniform weights within 1 / sqrt(width).
 * @param blocks of each stage: 1, 1, 1, 1 of the kind "basic" is ResNet-10; 3, 4, 6, 3 "bottleneck" ResNet-50
 */
export function largeImages(kind: "basic" | "bottleneck", blocks: readonly number[]) {
  return (variables: Variables, channels: number): Backbone => {
    const stem = new ConvNorm(variables, "stem", 7, channels, STAGES[0]!);
    let inputs = STAGES[0]!;
    const layers = STAGES.flatMap((planes, stage) =>
      Array.from({ length: blocks[stage]! }, (_, block) => {
        const make = kind === "basic" ? basic : bottleneck;
        const stride = stage > 0 && block === 0 ? 2 : 1;
        const made = make(variables, `stage${stage + 1}/block${block}`, inputs, planes, stride);
        inputs = kind === "basic" ? planes : 4 * planes;
        return made;
      }),
    );
    return {
      width: inputs,
      takesGroups: true,
      apply(images, mode, inputGradient, groups = 1) {
        const first = (x: Tensor4D) => stem.apply(x, mode, { stride: 2, inputGradient, groups });
        const pool = (x: Tensor4D): Tensor4D => tf.maxPool(x, 3, 2, 1);
        const rest = layers.map((layer) => (x: Tensor4D) => layer.apply(x, mode, groups));
        return globalAveragePool(chain(images, [first, pool, ...rest]));
      },
    };
  };
}
