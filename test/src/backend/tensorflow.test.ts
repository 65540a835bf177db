import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nativePackage } from "../../../src/backend/tensorflow.js";

let project: string;

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "longtail-packages-"));
});

afterEach(() => rmSync(project, { recursive: true }));

/** Puts a package into the project as npm would lay it out. */
function install(name: string, { binary = false, addon = false }): void {
  const folder = join(project, "node_modules", name);
  mkdirSync(join(folder, "lib", "napi-v8"), { recursive: true });
  const manifest = { name, version: "4.22.0", ...(binary && { binary: { module_name: "tfjs_binding" } }) };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  if (addon) writeFileSync(join(folder, "lib", "napi-v8", "tfjs_binding.node"), "");
}

const probe = () => nativePackage([join(project, "package.json")]);

test("nothing installed: says what to install", () => {
  expect(probe()).toMatchObject({ available: false, reason: "not installed" });
  expect(probe()).toHaveProperty("install", expect.stringContaining("npm install @tensorflow/tfjs-node-gpu@"));
});

test("a package with its native library is available, the one for GPUs first", () => {
  install("@tensorflow/tfjs-node", { binary: true, addon: true });
  expect(probe()).toMatchObject({ available: true, package: { name: "@tensorflow/tfjs-node" } });
  install("@tensorflow/tfjs-node-gpu", { binary: true, addon: true });
  expect(probe()).toMatchObject({ available: true, package: { name: "@tensorflow/tfjs-node-gpu" } });
});

test("a stand-in of pure JavaScript is not taken for the native package", () => {
  install("@tensorflow/tfjs-node", {});
  expect(probe()).toMatchObject({ available: false, reason: expect.stringContaining("is a stand-in") as string });
});

test("a package whose native library was not downloaded is to be rebuilt", () => {
  install("@tensorflow/tfjs-node-gpu", { binary: true });
  expect(probe()).toMatchObject({ available: false, install: "npm rebuild @tensorflow/tfjs-node-gpu" });
});

test("a broken GPU package does not hide a working CPU one", () => {
  install("@tensorflow/tfjs-node-gpu", { binary: true });
  install("@tensorflow/tfjs-node", { binary: true, addon: true });
  expect(probe()).toMatchObject({ available: true, package: { name: "@tensorflow/tfjs-node" } });
});
