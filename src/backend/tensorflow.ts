import { createRequire } from "node:module";
import { join } from "node:path";
import type { Availability, Backend } from "./backend.js";
import { findPackage, hasAddon, searchPlaces } from "./packages.js";
import type { FoundPackage } from "./packages.js";

const GPU = "@tensorflow/tfjs-node-gpu";
const CPU = "@tensorflow/tfjs-node";
const INSTALL = `npm install ${GPU}@4.22.0 (NVIDIA, CUDA 11.2 and cuDNN 8.1) or ${CPU}@4.22.0`;

/** Google's native TensorFlow library, on an NVIDIA GPU or on the CPU. */
export const tensorflow: Backend = {
  name: "tensorflow",
  title: "native TensorFlow (tfjs-node-gpu, tfjs-node)",
  probe: () => nativePackage(),
  async open() {
    const found = nativePackage();
    if (!found.available) throw new Error(found.reason);
    const { name, folder, manifest } = found.package;
    const require = createRequire(join(folder, "package.json"));
    // tfjs-node 4.22 calls this; Node 23 removed it.
    const util = require("node:util") as { isNullOrUndefined?: (value: unknown) => boolean };
    util.isNullOrUndefined ??= (value) => value === null || value === undefined;
    require(folder);
    const tf = await import("@tensorflow/tfjs");
    const backend = tf.findBackend("tensorflow") as { isUsingGpuDevice?: boolean } | null;
    if (!backend) throw new Error(`${name} was loaded from ${folder} but registered no backend called "tensorflow"`);
    const hardware = backend.isUsingGpuDevice === true ? "on the GPU" : "on the CPU";
    return { description: `native TensorFlow ${hardware} (${name} ${manifest.version ?? "of unknown version"})` };
  },
};

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
