import type { NamedAttrMap, TensorInfo } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "./backend.js";

/** Inputs of a TensorFlow.js kernel by their names in its documentation. */
export type Inputs = Readonly<Record<string, TensorInfo>>;

/**
 * A kernel of this backend. Gives nothing where it does not fit what it was given (a data type, a shape): then the kernel of
 * TensorFlow.js's pure JavaScript backend computes.
 */
export type SimdKernel = (
  backend: SimdBackend,
  inputs: Inputs,
  attrs: Attributes,
) => TensorInfo | TensorInfo[] | undefined;

export type Attributes = NamedAttrMap;

/** A family of kernels, by TensorFlow.js's names. */
export type Kernels = Readonly<Record<string, SimdKernel>>;
