import { engine, getBackend, getKernel, type NamedAttrMap, type Tensor } from "@tensorflow/tfjs-core";

/** Whether the backend in use has a kernel of this name; else an op is composed of TensorFlow.js's own. */
export function hasKernel(name: string): boolean {
  return getKernel(name, getBackend()) !== undefined;
}

/** Runs a kernel of several outputs. */
export function runKernel(name: string, inputs: Record<string, Tensor>, attrs: NamedAttrMap = {}): Tensor[] {
  const made: Tensor | Tensor[] = engine().runKernel(name, inputs, attrs);
  return Array.isArray(made) ? made : [made];
}

/** Whether what is computed now may be differentiated. */
export function isRecording(): boolean {
  return engine().state.gradientDepth > 0;
}
