import type { DataType, KernelBackend, Tensor, TensorInfo } from "@tensorflow/tfjs-core";

/** What of tfjs-node's backend is used here. */
export interface NativeBackend extends KernelBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: Readonly<Record<string, number>> & { deleteTensor(id: number): void };
  readonly tensorMap: { get(dataId: object): Stored };
  executeMultipleOutputs(name: string, attrs: Attribute[], inputs: readonly TensorInfo[], count: number): Tensor[];
}

/** A tensor as the backend keeps it: a handle of TensorFlow's, or values that it has not been given yet. */
interface Stored {
  id: number;
  values: unknown;
}

interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** Attributes of an operation: numbers are of its integers unless they are marked as floats. */
export type Attributes = Readonly<Record<string, DataType | string | boolean | number | readonly number[] | Float>>;

/** A number of type float. */
export class Float {
  constructor(readonly value: number) {}
}

const TYPES: Readonly<Record<string, string>> = { float32: "TF_FLOAT", int32: "TF_INT32", bool: "TF_BOOL" };

/** Runs an operation of TensorFlow's. Attributes that are named like types ("float32") are types. */
export function execute(
  backend: NativeBackend,
  name: string,
  inputs: readonly TensorInfo[],
  attributes: Attributes = {},
  outputs = 1,
): Tensor[] {
  const { binding } = backend;
  const attrs = Object.entries(attributes).map(([key, value]): Attribute => {
    if (typeof value === "boolean") return { name: key, type: binding["TF_ATTR_BOOL"]!, value };
    if (value instanceof Float) return { name: key, type: binding["TF_ATTR_FLOAT"]!, value: value.value };
    if (typeof value !== "string") return { name: key, type: binding["TF_ATTR_INT"]!, value };
    const type = TYPES[value];
    if (type !== undefined) return { name: key, type: binding["TF_ATTR_TYPE"]!, value: binding[type] };
    return { name: key, type: binding["TF_ATTR_STRING"]!, value };
  });
  return backend.executeMultipleOutputs(name, attrs, inputs, outputs);
}
