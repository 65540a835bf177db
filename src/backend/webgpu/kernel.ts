import type { NamedAttrMap, TensorInfo } from "@tensorflow/tfjs-core";
import type { Gpu } from "./gpu.js";
import type { ResidentImages } from "./resident-images.js";
import type { TileChoice } from "./tile-choice.js";

/** Where kernels run. */
export interface Place {
  readonly gpu: Gpu;
  readonly tiles: TileChoice;
  readonly resident: ResidentImages;
}

/** Tensors by name; a kernel knows which it gets. */
export type Named = Readonly<Record<string, TensorInfo>> & Readonly<Record<Known, TensorInfo>>;

type Known =
  | "x" | "y" | "dy" | "u" | "u1" | "u2" | "filter" | "filter1" | "filter2" | "gamma" | "gamma1" | "gamma2" | "beta" | "beta1" | "beta2"
  | "mean" | "mean1" | "mean2" | "variance" | "variance1" | "variance2" | "logits" | "labels" | "scale" | "shift"; // prettier-ignore

/** Computes a kernel's results; undefined for inputs that it does not take. */
export type GpuKernel = (place: Place, inputs: Named, attrs: NamedAttrMap) => TensorInfo | TensorInfo[] | undefined;

export type Kernels = Readonly<Record<string, GpuKernel>>;
