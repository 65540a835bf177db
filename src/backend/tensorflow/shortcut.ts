import { dispose, tensor1d, tensor2d, type Tensor, type TensorInfo } from "@tensorflow/tfjs-core";
import { execute, type Attributes, type NativeBackend } from "./operation.js";

/** Shortcut of option A: every so many pixels of x, with channels of zeros on both sides, in this shape; x itself if it has it. */
export function optionA(backend: NativeBackend, x: TensorInfo, shape: readonly number[], every: number): TensorInfo {
  const side = (shape[3]! - x.shape[3]!) / 2;
  const few = every === 1 ? x : once(backend, "StridedSlice", [x, ...sliced(x.shape, every)], MASKS);
  if (side === 0) return few;
  const paddings = tensor2d([0, 0, 0, 0, 0, 0, side, side], [4, 2], "int32");
  const made = once(backend, "Pad", [few, paddings], { T: "float32", Tpaddings: "int32" });
  if (few !== x) dispose(few as Tensor);
  return made;
}

/** Gradient of `optionA` with respect to x, of this shape; dy itself if it has that shape. */
export function optionAGradient(
  backend: NativeBackend,
  dy: TensorInfo,
  shape: readonly number[],
  every: number,
): TensorInfo {
  const [batch, height, width, channels] = dy.shape as [number, number, number, number];
  const side = (channels - shape[3]!) / 2;
  const range = [
    [0, 0, 0, side],
    [batch, height, width, shape[3]!],
  ];
  const inner = side === 0 ? dy : once(backend, "Slice", [dy, ...integers(range)], { T: "float32", Index: "int32" });
  if (every === 1) return inner;
  const made = once(backend, "StridedSliceGrad", [...integers([shape]), ...sliced(shape, every), inner], MASKS);
  if (inner !== dy) dispose(inner as Tensor);
  return made;
}

/** Runs an operation and disposes of the integers among its inputs, which are made for it. */
function once(backend: NativeBackend, name: string, inputs: TensorInfo[], attributes: Attributes): Tensor {
  const [made] = execute(backend, name, inputs, attributes);
  dispose(inputs.filter(({ dtype }) => dtype === "int32") as Tensor[]);
  return made!;
}

const MASKS = {
  ...{ T: "float32", Index: "int32", begin_mask: 0, end_mask: 0 },
  ...{ ellipsis_mask: 0, new_axis_mask: 0, shrink_axis_mask: 0 },
};

/** Begin, end and strides of a slice. */
function sliced(shape: readonly number[], every: number): Tensor[] {
  return integers([[0, 0, 0, 0], shape, [1, every, every, 1]]);
}

function integers(rows: readonly (readonly number[])[]): Tensor[] {
  return rows.map((row) => tensor1d([...row], "int32"));
}
