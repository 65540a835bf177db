import type { NamedAttrMap, Tensor } from "@tensorflow/tfjs-core";
import type { NativeBackend } from "./operation.js";

/** Kernels by name; one that returns undefined leaves the work to tfjs-node's kernel of that name. */
export type Kernels = Readonly<
  Record<
    string,
    (backend: NativeBackend, inputs: Readonly<Record<string, Tensor>>, attrs: NamedAttrMap) => Tensor[] | undefined
  >
>;
