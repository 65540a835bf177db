import type { Backend } from "./backend.js";

const REASON =
  "not in this version of longtail (it will use the npm packages webgpu and @tensorflow/tfjs-backend-webgpu)";

/** Any GPU through WebGPU. Listed so that nobody looks for it in vain. */
export const webgpu: Backend = {
  name: "webgpu",
  title: "any GPU, through WebGPU",
  probe: () => ({ available: false, reason: REASON }),
  open: () => Promise.reject(new Error(REASON)),
};
