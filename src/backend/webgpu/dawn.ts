import type { DawnModule } from "./dawn-module.js";

/** A device on which TensorFlow.js can compute. */
export interface OpenedDevice {
  readonly device: GPUDevice;
  readonly info: GPUAdapterInfo;
}

/** Limits that are asked for as high as the adapter has them; others stay at WebGPU's defaults. */
const LIMITS = [
  "maxComputeWorkgroupStorageSize",
  "maxComputeWorkgroupsPerDimension",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxStorageBuffersPerShaderStage",
  "maxStorageBufferBindingSize",
  "maxBufferSize",
] as const;

/** Storage buffers that one of our programs may need. */
const BUFFERS = 9;

/** Dawn's name for the half precision of NVIDIA's drivers before 615, which it does not offer by itself. */
const HALF_ON_NVIDIA = "vulkan_enable_f16_on_nvidia";

/** WebGPU's name for matrices of subgroups (kernels/matrices.ts), which Dawn offers as an experiment only. */
export const SUBGROUP_MATRIX = "chromium-experimental-subgroup-matrix";

/** WebGPU's name for shaders that say the size of their subgroups. */
export const SUBGROUP_SIZE = "subgroup-size-control";

/**
 * Dawn's switches: our programs stay inside their buffers and write workgroup memory before they read it, so that checks and
 * clearing only cost time (software Vulkan compiles eight times faster without); bounds.ts checks TensorFlow.js's. "Unsafe"
 * is what is an experiment.
 */
const FEATURES = ["disable_robustness", "disable_workgroup_init", HALF_ON_NVIDIA, "allow_unsafe_apis"];

/**
 * Opens the best GPU through Dawn, and makes its classes and `navigator.gpu` global, as TensorFlow.js expects them.
 * @throws Error where there is no Vulkan, Metal or Direct3D driver, or it lacks what our programs need
 */
export async function openDevice(dawn: DawnModule): Promise<OpenedDevice> {
  Object.assign(globalThis, dawn.globals);
  const features = [...FEATURES, ...(process.env["LONGTAIL_DAWN_FEATURES"]?.split(",") ?? [])];
  // Times in steps of 0.1 ms, which keep web pages from spying, tell nothing of our programs.
  const gpu = dawn.create([`enable-dawn-features=${features.join()}`, "disable-dawn-features=timestamp_quantization"]);
  // Node 21 and later have a navigator of their own, which takes no assignment.
  if (typeof navigator === "undefined")
    Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true });
  Object.defineProperty(navigator, "gpu", { value: gpu, configurable: true });
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) throw new Error(`expected a GPU with a driver for ${driverName()}, found none; ${advice()}`);
  if (adapter.limits.maxStorageBuffersPerShaderStage < BUFFERS)
    throw new Error(
      `expected a GPU whose programs may use ${BUFFERS} buffers, found ${adapter.limits.maxStorageBuffersPerShaderStage}`,
    );
  const requiredLimits = Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]]));
  const wanted = ["timestamp-query", "shader-f16", "subgroups", SUBGROUP_MATRIX, SUBGROUP_SIZE] as GPUFeatureName[];
  const requiredFeatures = wanted.filter((name) => adapter.features.has(name));
  const device = await adapter.requestDevice({ requiredFeatures, requiredLimits });
  return { device, info: (adapter as unknown as { info: GPUAdapterInfo }).info };
}

/** What tells a GPU from a processor; WebGPU's types do not have the last yet. */
type AdapterKind = Pick<GPUAdapterInfo, "architecture" | "description"> & { readonly isFallbackAdapter?: boolean };

/** Whether a processor plays the GPU: SwiftShader, Mesa's, or Windows' WARP, the "Microsoft Basic Render Driver". */
export const isSoftware = ({ architecture, description, isFallbackAdapter }: AdapterKind): boolean =>
  isFallbackAdapter === true ||
  ["swiftshader", "warp"].includes(architecture) ||
  /swiftshader|llvmpipe|lavapipe|basic render/iu.test(description);

const driverName = (): string => ({ darwin: "Metal", win32: "Direct3D 12" })[process.platform as string] ?? "Vulkan";

const advice = (): string =>
  process.platform === "linux"
    ? "install the vendor's driver and the Vulkan loader (Debian and Ubuntu: apt install libvulkan1)"
    : "install the vendor's driver";
