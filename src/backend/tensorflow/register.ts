import { getKernel, registerKernel, unregisterKernel, type Tensor } from "@tensorflow/tfjs-core";
import { improveGradients } from "../gradients.js";
import { batchNormGradient } from "./batch-norm.js";
import { convBatchNorm } from "./conv-batch-norm.js";
import { convolution } from "./convolution.js";
import type { Kernels } from "./kernel.js";
import type { NativeBackend } from "./operation.js";
import { pooling } from "./pooling.js";
import { residualBlock } from "./residual-block.js";
import { round } from "./round.js";
import { sgd } from "./sgd.js";

const NAME = "tensorflow";
const FAMILIES: readonly Kernels[] = [
  batchNormGradient,
  convolution,
  convBatchNorm,
  pooling,
  residualBlock,
  round,
  sgd,
];

let registered = false;

/** Adds to the kernels of tfjs-node, which must be loaded. Once is enough. */
export function registerKernels(): void {
  if (registered) return;
  registered = true;
  improveGradients();
  for (const [kernelName, own] of FAMILIES.flatMap((family) => Object.entries(family))) {
    const former = getKernel(kernelName, NAME);
    if (former) unregisterKernel(kernelName, NAME);
    registerKernel({
      kernelName,
      backendName: NAME,
      kernelFunc(args) {
        const made = own(args.backend as NativeBackend, args.inputs as Record<string, Tensor>, args.attrs ?? {});
        if (made) return made.length === 1 ? made[0]! : made;
        if (former) return former.kernelFunc(args);
        throw new Error(`The kernel ${kernelName} of the backend "${NAME}" does not take such inputs`);
      },
    });
  }
}
