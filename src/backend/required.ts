import { engine } from "@tensorflow/tfjs-core";

/** @throws Error where TensorFlow.js has no backend yet: its own words for that say nothing of what to do */
export function requireBackend(caller: string): void {
  if (Object.keys(engine().registryFactory).length > 0) return;
  throw new Error(
    `${caller}: there is nothing to compute on yet. Call "await device.use()" first; it chooses the best device here`,
  );
}
