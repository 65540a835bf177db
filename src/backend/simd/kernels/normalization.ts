import { util, type TensorInfo } from "@tensorflow/tfjs-core";
import type { Kernels, SimdKernel } from "../kernel.js";

/** Numbers that outweigh handing them to a thread. */
const GRAIN = 2 ** 14;
/** TensorFlow.js's, where none is given. */
const EPSILON = 0.001;

const batchNorm: SimdKernel = (backend, inputs, attrs) => {
  const { x, mean, variance, scale, offset } = inputs as Record<string, TensorInfo> & {
    x: TensorInfo;
    mean: TensorInfo;
    variance: TensorInfo;
  };
  const columns = util.sizeFromShape(mean.shape);
  const size = util.sizeFromShape(x.shape);
  const alike = [mean, variance, scale, offset].every((info) => !info || fits(info, mean.shape));
  if (x.dtype !== "float32" || !alike || (size > 0 && size % columns !== 0)) return undefined;
  const out = backend.output(x.shape);
  const epsilon = (attrs["varianceEpsilon"] as number | null | undefined) ?? EPSILON;
  const [variances, scales] = [backend.float32(variance), scale && backend.float32(scale)];
  backend.scratch(8 * columns, (factor) => {
    const factors = backend.memoryOfTensors.float32(factor, 2 * columns).fill(0);
    for (let n = 0; n < columns; n++) factors[n] = (scales ? scales[n]! : 1) / Math.sqrt(variances[n]! + epsilon);
    backend.run(
      "normalizeRows",
      { items: size && size / columns, grain: Math.ceil(GRAIN / columns) },
      backend.address(x),
      backend.address(mean),
      factor,
      offset ? backend.address(offset) : factor + 4 * columns,
      backend.address(out),
      columns,
    );
  });
  return out;
};

export const normalization: Kernels = { FusedBatchNorm: batchNorm };

function fits({ dtype, shape }: TensorInfo, other: readonly number[]): boolean {
  return dtype === "float32" && util.arraysEqual(shape, other as number[]);
}
