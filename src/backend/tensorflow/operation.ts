import type { KernelBackend, Tensor, TensorInfo } from "@tensorflow/tfjs-core";

/** What of tfjs-node's backend is used here. */
export interface NativeBackend extends KernelBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: Binding;
  /** A tensor as the backend keeps it. */
  readonly tensorMap: { get(dataId: object): { id: number } };
  /** Handles of tensors; gives TensorFlow the values of those that it has not been given yet. */
  getInputTensorIds(tensors: readonly TensorInfo[]): number[];
  executeMultipleOutputs(name: string, attrs: Attribute[], inputs: readonly TensorInfo[], count: number): Tensor[];
}

/** The addon: constants by name, and what works on handles. */
type Binding = Readonly<Record<`TF_${string}`, number>> & {
  executeOp(name: string, attrs: Attribute[], inputs: number[], outputs: number): { readonly id: number }[];
  deleteTensor(id: number): void;
};

interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** Attributes of an operation: numbers are of its integers unless they are marked as floats. */
export type Attributes = Readonly<Record<string, string | boolean | number | readonly number[] | Float>>;

/** A number of type float. */
export class Float {
  constructor(readonly value: number) {}
}

const TYPES: Readonly<Record<string, `TF_${string}`>> = { float32: "TF_FLOAT", int32: "TF_INT32", bool: "TF_BOOL" };

/** Attributes as the addon takes them. Texts that are named like types ("float32") are types. */
export function attributeList({ binding }: NativeBackend, attributes: Attributes): Attribute[] {
  return Object.entries(attributes).map(([name, value]) => {
    if (typeof value === "boolean") return { name, type: binding.TF_ATTR_BOOL!, value };
    if (value instanceof Float) return { name, type: binding.TF_ATTR_FLOAT!, value: value.value };
    if (typeof value !== "string") return { name, type: binding.TF_ATTR_INT!, value };
    const type = TYPES[value];
    if (type !== undefined) return { name, type: binding.TF_ATTR_TYPE!, value: binding[type] };
    return { name, type: binding.TF_ATTR_STRING!, value };
  });
}

/** Runs an operation of TensorFlow's. */
export function execute(
  backend: NativeBackend,
  name: string,
  inputs: readonly TensorInfo[],
  attributes: Attributes = {},
  outputs = 1,
): Tensor[] {
  return backend.executeMultipleOutputs(name, attributeList(backend, attributes), inputs, outputs);
}
