import { execute } from "./operation.js";
import type { Kernels } from "./kernel.js";

/** Integers are round: TensorFlow 2.21 makes zeros of them. */
export const round: Kernels = {
  Round: (backend, { x }) => (x!.dtype === "int32" ? execute(backend, "Identity", [x!], { T: "int32" }) : undefined),
};
