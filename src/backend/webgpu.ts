import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Availability, Backend, Opened } from "./backend.js";
import { findPackage } from "./packages.js";
import type { DawnModule } from "./webgpu/dawn-module.js";

const DAWN = "webgpu";
const INSTALL = `npm install ${DAWN}@0.6.2`;

/** Any GPU through WebGPU: the npm package `webgpu` (Dawn) needs nothing but the vendor's driver. */
export const webgpu: Backend = {
  name: "webgpu",
  title: "any GPU, through WebGPU",
  probe: () => probe(),
  async open() {
    opened ??= await openOnce();
    return opened;
  },
};

let opened: Opened | undefined;

async function openOnce(): Promise<Opened> {
  const found = findPackage(DAWN);
  if (!found) throw new Error("not installed");
  const entry = createRequire(join(found.folder, "package.json")).resolve(found.folder);
  const dawn = (await import(pathToFileURL(entry).href)) as DawnModule;
  const { open } = await import("./webgpu/dawn.js");
  const { device, info } = await open(dawn);
  await import("@tensorflow/tfjs"); // first: what it registers, the backend's kernels are added to
  const { WebGPUBackend } = await import("@tensorflow/tfjs-backend-webgpu");
  const { register } = await import("./webgpu/register.js");
  register(new WebGPUBackend(device, info), info);
  return { description: `${info.description || info.device || info.vendor} (WebGPU, Dawn ${found.manifest.version})` };
}

function probe(places?: readonly string[]): Availability {
  if (!findPackage(DAWN, places && [...places])) return { available: false, reason: "not installed", install: INSTALL };
  return { available: true };
}
