import { createRequire } from "node:module";

/**
 * What TensorFlow reads from the environment when it is loaded, where the user has not set it: as many threads as
 * LONGTAIL_THREADS says, memory of the GPU as it is needed and not all of it, warnings but no news. And what tfjs-node wants of
 * Node: `isNullOrUndefined`, which Node 23 removed.
 */
export function prepareEnvironment(environment: NodeJS.ProcessEnv = process.env): void {
  const util = createRequire(import.meta.url)("node:util") as { isNullOrUndefined?: (value: unknown) => boolean };
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
  const threads = environment["LONGTAIL_THREADS"];
  if (threads) environment["TF_NUM_INTRAOP_THREADS"] ??= threads;
  environment["TF_FORCE_GPU_ALLOW_GROWTH"] ??= "true";
  environment["TF_CPP_MIN_LOG_LEVEL"] ??= "1";
}
