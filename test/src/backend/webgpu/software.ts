import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Chromium carries a Vulkan of its own that needs no GPU. */
const FOLDERS = ["/usr/lib/chromium", "/usr/lib/chromium-browser", "/opt/google/chrome", "/usr/lib64/chromium-browser"];

/** Environment in which WebGPU finds a GPU: this machine's where LONGTAIL_GPU is set, else Chromium's; undefined without. */
export function vulkan(): Record<string, string> | undefined {
  if (process.env["LONGTAIL_GPU"]) return {};
  const folder = FOLDERS.find((one) => existsSync(join(one, "vk_swiftshader_icd.json")));
  if (folder === undefined) return undefined;
  const path = [folder, process.env["LD_LIBRARY_PATH"]].filter(Boolean).join(":");
  return { LD_LIBRARY_PATH: path, VK_DRIVER_FILES: join(folder, "vk_swiftshader_icd.json") };
}

export const WHY_SKIPPED = `expected a GPU (LONGTAIL_GPU=1) or a Chromium with its software Vulkan in one of ${FOLDERS.join(", ")}, found none`;

/** A case of ../../../contracts/webgpu-parity.mjs. */
export interface Case {
  readonly name: string;
  readonly error: number;
  readonly limit: number;
  readonly ok: boolean;
}

/** Runs a script of this project's with a GPU, on its built code. */
export function onGpu(script: string, args: readonly string[], timeout: number): { stdout: string; stderr: string } {
  const path = fileURLToPath(new URL(`../../../../${script}`, import.meta.url));
  const env = { ...process.env, ...vulkan(), LONGTAIL_DEVICE: "webgpu" };
  const { stdout, stderr, status } = spawnSync(process.execPath, [path, ...args], { env, timeout, encoding: "utf8" });
  if (status === null) throw new Error(`${script} ${args.join(" ")} was ended after ${timeout / 1000} s: ${stderr}`);
  return { stdout, stderr };
}

/** Cases whose name contains one of the texts. */
export function parity(texts: readonly string[], timeout: number): Case[] {
  return texts.flatMap((text) => {
    const { stdout, stderr } = onGpu("test/contracts/webgpu-parity.mjs", [text], timeout);
    const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
    if (lines.length === 0) throw new Error(`webgpu-parity.mjs ${text}: expected cases, found none: ${stderr}`);
    return lines.map((line) => JSON.parse(line) as Case);
  });
}
