import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Availability, Backend } from "./backend.js";
import { findPackage, hasAddon, searchPlaces } from "./packages.js";
import type { FoundPackage } from "./packages.js";
import { loadBuild } from "./tensorflow/addon.js";
import { COMMAND, findBuild, type Build, type FoundBuild } from "./tensorflow/build.js";
import { prepareEnvironment } from "./tensorflow/environment.js";
import { registerKernels } from "./tensorflow/register.js";

const GPU = "@tensorflow/tfjs-node-gpu";
const CPU = "@tensorflow/tfjs-node";
const INSTALL = `${COMMAND} (any TensorFlow of Python, today's CUDA; Linux, a C++ compiler), or npm install ${GPU}@4.22.0 (CUDA 11.2 and cuDNN 8.1) or ${CPU}@4.22.0`;

/** Google's native TensorFlow library, on an NVIDIA GPU or on the CPU. */
export const tensorflow: Backend = {
  name: "tensorflow",
  title: "native TensorFlow (tfjs-node)",
  probe() {
    const found = installed();
    if (!found.available || ("build" in found ? hasNvidia() : found.package.name === GPU && hasNvidia())) return found;
    return { available: true, onRequest: ON_CPU };
  },
  async open() {
    const found = installed();
    if (!found.available) throw new Error(found.reason);
    prepareEnvironment();
    const tf = await import("@tensorflow/tfjs");
    if ("build" in found) await loadBuild(found.build);
    else createRequire(join(found.package.folder, "package.json"))(found.package.folder);
    const backend = tf.findBackend("tensorflow") as { isUsingGpuDevice?: boolean } | null;
    if (!backend) {
      const { folder } = "build" in found ? found.build : found.package;
      throw new Error(`What is in ${folder} was loaded, but registered no backend called "tensorflow"`);
    }
    registerKernels();
    const isOnGpu = backend.isUsingGpuDevice === true;
    const what =
      "build" in found
        ? `TensorFlow ${found.build.version} of ${found.build.tensorflow}`
        : `${found.package.name} ${found.package.manifest.version ?? "of unknown version"}`;
    const description = `native TensorFlow on the ${isOnGpu ? "GPU" : "CPU"} (${what})`;
    return isOnGpu ? { description } : { description, onRequest: ON_CPU };
  },
};

const ON_CPU =
  "computes on the CPU here, where simd is faster; it is used if it is asked for (LONGTAIL_DEVICE=tensorflow)";

/** Whether there is an NVIDIA GPU, as far as can be seen without loading its driver. */
function hasNvidia(): boolean {
  if (process.platform !== "linux") return process.platform === "win32";
  return ["/proc/driver/nvidia/version", "/dev/nvidiactl", "/dev/dxg"].some((path) => existsSync(path));
}

type Installed = { readonly available: true; readonly build: Build } | Native;

/** What `open` loads: what was built here, else a package. A build that cannot be used does not hide a package that can. */
export function installed(found: FoundBuild | undefined = findBuild(), places = searchPlaces()): Installed {
  if (found && "build" in found) return { available: true, build: found.build };
  const native = nativePackage(places);
  if (native.available || !found) return native;
  return { available: false, reason: found.broken, install: `${COMMAND} (once more)` };
}

type Native = (Availability & { available: true; package: FoundPackage }) | (Availability & { available: false });

/**
 * The first of the two packages that has its native library. A package of the same name without one (longtail itself
 * installs such a stand-in where other libraries insist on the name) is not taken for it.
 */
export function nativePackage(places = searchPlaces()): Native {
  const found = [GPU, CPU].flatMap((name) => findPackage(name, places) ?? []);
  const native = found.find((one) => hasAddon(one, "tfjs_binding.node"));
  if (native) return { available: true, package: native };
  const broken = found.find(({ manifest }) => manifest.binary !== undefined);
  if (broken) {
    return {
      available: false,
      reason: `${broken.name} is installed, but its native library is not: its install script did not run or could not download it`,
      install: `npm rebuild ${broken.name}`,
    };
  }
  const standIn = found[0];
  return {
    available: false,
    reason: standIn
      ? `not installed (the ${standIn.name} found here is a stand-in without native library)`
      : "not installed",
    install: INSTALL,
  };
}
