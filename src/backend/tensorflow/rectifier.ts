import type { Tensor, TensorInfo } from "@tensorflow/tfjs-core";
import { execute, type NativeBackend } from "./operation.js";

const TYPE = { T: "float32" };

export function relu(backend: NativeBackend, x: TensorInfo): Tensor {
  return execute(backend, "Relu", [x], TYPE)[0]!;
}

/** dy where the ReLU's result y is above 0. */
export function reluGradient(backend: NativeBackend, dy: TensorInfo, y: TensorInfo): Tensor {
  return execute(backend, "ReluGrad", [dy, y], TYPE)[0]!;
}

export function add(backend: NativeBackend, a: TensorInfo, b: TensorInfo): Tensor {
  return execute(backend, "AddV2", [a, b], TYPE)[0]!;
}
