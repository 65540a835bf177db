import "@tensorflow/tfjs-backend-cpu";
import {
  getKernel,
  getKernelsForBackend,
  registerBackend,
  registerKernel,
  findBackend,
  type KernelFunc,
} from "@tensorflow/tfjs-core";
import { SimdBackend } from "./backend.js";
import { noticed } from "./fallback.js";
import { improveGradients } from "../gradients.js";
import type { Inputs, Kernels } from "./kernel.js";
import { arithmetic } from "./kernels/arithmetic.js";
import { batchNormGradient } from "./kernels/batch-norm-gradient.js";
import { comparisons } from "./kernels/comparison.js";
import { concatenation } from "./kernels/concatenation.js";
import { convBatchNorm } from "./kernels/conv-batch-norm.js";
import { conversion } from "./kernels/conversion.js";
import { convolution } from "./kernels/convolution.js";
import { depthwise } from "./kernels/depthwise.js";
import { globalAveragePool } from "./kernels/global-average-pool.js";
import { layout } from "./kernels/layout.js";
import { matmul } from "./kernels/matmul.js";
import { normalization } from "./kernels/normalization.js";
import { pooling } from "./kernels/pooling.js";
import { random } from "./kernels/random.js";
import { reduction } from "./kernels/reduction.js";
import { residualBlock } from "./kernels/residual-block.js";
import { rows } from "./kernels/row.js";
import { slices } from "./kernels/slice.js";
import { training } from "./kernels/training.js";
import { unary } from "./kernels/unary.js";

/** TensorFlow.js's name of this backend. */
export const NAME = "simd";

const FAMILIES: readonly Kernels[] = [
  arithmetic,
  batchNormGradient,
  comparisons,
  concatenation,
  convBatchNorm,
  conversion,
  convolution,
  depthwise,
  globalAveragePool,
  layout,
  matmul,
  normalization,
  pooling,
  random,
  reduction,
  residualBlock,
  rows,
  slices,
  training,
  unary,
];

/**
 * Makes the backend known to TensorFlow.js, with a kernel for each that its pure JavaScript backend has. Once is enough.
 * @throws RangeError for a wrong LONGTAIL_THREADS, Error where the kernels are missing
 */
export function register(): SimdBackend {
  const known = findBackend(NAME) as SimdBackend | null;
  if (known) return known;
  // Made here, where what fails is an error: TensorFlow.js would print it and go on without the backend.
  let first: SimdBackend | undefined = new SimdBackend();
  // A new one each time: TensorFlow.js disposes of the backend when its engine is reset, and then asks again.
  registerBackend(
    NAME,
    () => {
      improveGradients();
      const made = first ?? new SimdBackend();
      first = undefined;
      return made;
    },
    2,
  );
  // And again when all modules are read: @tensorflow/tfjs, which registers the gradients, may come after this one.
  queueMicrotask(improveGradients);
  const fast = new Map(FAMILIES.flatMap((family) => Object.entries(family)));
  for (const { kernelName, kernelFunc, setupFunc, disposeFunc } of getKernelsForBackend("cpu")) {
    const slow = noticed(kernelName, kernelFunc);
    const own = fast.get(kernelName);
    const both: KernelFunc = (args) =>
      own!(args.backend as SimdBackend, args.inputs as unknown as Inputs, args.attrs ?? {}) ?? slow(args);
    registerKernel({
      kernelName,
      backendName: NAME,
      kernelFunc: own ? both : slow,
      ...(setupFunc && { setupFunc }),
      ...(disposeFunc && { disposeFunc }),
    });
  }
  for (const [kernelName, own] of fast)
    if (!getKernel(kernelName, NAME))
      registerKernel({
        kernelName,
        backendName: NAME,
        kernelFunc: ({ inputs, attrs, backend: given }) => {
          const made = own(given as SimdBackend, inputs as unknown as Inputs, attrs ?? {});
          if (!made) throw new Error(`The kernel ${kernelName} does not take such inputs`);
          return made;
        },
      });
  return findBackend(NAME) as SimdBackend;
}
