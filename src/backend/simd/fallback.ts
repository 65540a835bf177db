import type { KernelFunc, NamedTensorInfoMap } from "@tensorflow/tfjs-core";

const named = new Set<string>();

/** With LONGTAIL_LOG=fallback, says once a kernel that TensorFlow.js's pure JavaScript computes it, and for what input. */
export function noticed(kernelName: string, kernelFunc: KernelFunc): KernelFunc {
  if (!(process.env["LONGTAIL_LOG"] ?? "").split(",").includes("fallback")) return kernelFunc;
  return (args) => {
    if (!named.has(kernelName)) {
      named.add(kernelName);
      console.warn(`longtail: no fast kernel for ${kernelName}${described(args.inputs)}; computed in JavaScript`);
    }
    return kernelFunc(args);
  };
}

function described(inputs: NamedTensorInfoMap): string {
  const all = Object.entries(inputs).map(([name, info]) => `${name} ${info?.dtype}[${info?.shape.join(",")}]`);
  return all.length === 0 ? "" : ` of ${all.join(", ")}`;
}
