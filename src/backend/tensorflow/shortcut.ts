import { dispose, tensor1d, tensor2d, type Tensor, type TensorInfo } from "@tensorflow/tfjs-core";
import { execute, type NativeBackend } from "./operation.js";

/** Shortcut of option A: every so many pixels of x, with channels of zeros on both sides, in this shape; x itself if it has it. */
export function optionA(backend: NativeBackend, x: TensorInfo, shape: readonly number[]): TensorInfo {
  const side = (shape[3]! - x.shape[3]!) / 2;
  const every = strides(x.shape, shape);
  const steps: TensorInfo[] = [x];
  if (every > 1) {
    const range = sliced(x.shape, every);
    steps.push(execute(backend, "StridedSlice", [x, ...range], MASKS)[0]!);
    dispose(range);
  }
  if (side > 0) {
    const paddings = tensor2d([0, 0, 0, 0, 0, 0, side, side], [4, 2], "int32");
    steps.push(execute(backend, "Pad", [steps.at(-1)!, paddings], { T: "float32", Tpaddings: "int32" })[0]!);
    paddings.dispose();
  }
  const made = steps.pop()!;
  dispose(steps.slice(1) as Tensor[]);
  return made;
}

/** Gradient of `optionA` with respect to x, of this shape; dy itself if it has that shape. */
export function optionAGradient(backend: NativeBackend, dy: TensorInfo, shape: readonly number[]): TensorInfo {
  const [batch, height, width, channels] = dy.shape as [number, number, number, number];
  const side = (channels - shape[3]!) / 2;
  const steps: TensorInfo[] = [dy];
  if (side > 0) {
    const range = [tensor1d([0, 0, 0, side], "int32"), tensor1d([batch, height, width, shape[3]!], "int32")];
    steps.push(execute(backend, "Slice", [dy, ...range], { T: "float32", Index: "int32" })[0]!);
    dispose(range);
  }
  const every = strides(shape, dy.shape);
  if (every > 1) {
    const inputs = [tensor1d([...shape], "int32"), ...sliced(shape, every)];
    steps.push(execute(backend, "StridedSliceGrad", [...inputs, steps.at(-1)!], MASKS)[0]!);
    dispose(inputs);
  }
  const made = steps.pop()!;
  dispose(steps.slice(1) as Tensor[]);
  return made;
}

const MASKS = {
  ...{ T: "float32", Index: "int32", begin_mask: 0, end_mask: 0 },
  ...{ ellipsis_mask: 0, new_axis_mask: 0, shrink_axis_mask: 0 },
};

function strides(from: readonly number[], to: readonly number[]): number {
  return Math.ceil(from[1]! / to[1]!);
}

/** Begin, end and strides of a slice. */
function sliced(shape: readonly number[], every: number): Tensor[] {
  return [[0, 0, 0, 0], [...shape], [1, every, every, 1]].map((values) => tensor1d(values, "int32"));
}
