import { expect, test } from "vitest";
import { isSoftware } from "../../../../src/backend/webgpu/dawn.js";

test.each([
  ["SwiftShader", { architecture: "swiftshader", description: "" }],
  ["SwiftShader by its description", { architecture: "", description: "SwiftShader Device (Subzero)" }],
  ["Mesa", { architecture: "", description: "llvmpipe (LLVM 15.0.6, 256 bits)" }],
  ["WARP", { architecture: "warp", description: "" }],
  ["WARP by its description", { architecture: "", description: "Microsoft Basic Render Driver" }],
  ["a fallback", { architecture: "", description: "", isFallbackAdapter: true }],
])("%s is software", (_, info) => {
  expect(isSoftware(info)).toBe(true);
});

test.each([
  { architecture: "ampere", description: "NVIDIA GeForce RTX 3080" },
  { architecture: "gen-12lp", description: "Intel(R) Iris(R) Xe Graphics", isFallbackAdapter: false },
  { architecture: "common-3", description: "Apple M2", isFallbackAdapter: false },
])("$description is a GPU", (info) => {
  expect(isSoftware(info)).toBe(false);
});
