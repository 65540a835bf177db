import { expect, test } from "vitest";
import {
  isWhole,
  matrixEntry,
  matrixHead,
  matrixShapesOf,
  type MatrixConfig,
} from "../../../../../src/backend/webgpu/kernels/matrices.js";

const config = (M: number, N: number, K: number, componentType = "f16", resultComponentType = "f32"): MatrixConfig => ({
  ...{ componentType, resultComponentType, M, N, K },
});
const configs = [config(8, 8, 16), config(16, 16, 16), config(16, 8, 16), config(64, 64, 64, "u8", "u32")];
const [one, free] = [
  { least: 32, most: 32, isFree: true },
  { least: 16, most: 64, isFree: true },
];

test("the largest matrices of float16 that are summed in float32", () => {
  expect(matrixShapesOf(configs, one)).toEqual([{ m: 16, n: 16, k: 16, lanes: 32 }]);
  expect(matrixShapesOf([config(64, 64, 64, "u8", "u32"), config(8, 8, 8, "f16", "f16")], one)).toEqual([]);
});

test("where subgroups differ in size, one shape for each, if a shader may ask for it", () => {
  const shape = { m: 16, n: 16, k: 16, widest: 64 };
  expect(matrixShapesOf(configs, free)).toEqual([64, 32, 16].map((lanes) => ({ ...shape, lanes })));
  expect(matrixShapesOf(configs, { ...free, isFree: false })).toEqual([]);
});

test("a shader asks for the size of its subgroups only where they differ, and has whole ones of any", () => {
  const [fixed] = matrixShapesOf(configs, one);
  const [, asked] = matrixShapesOf(configs, free);
  expect([matrixEntry(64, fixed!), matrixHead(fixed!)].join()).not.toMatch(/subgroup_size/u);
  expect(matrixEntry(64, asked!)).toContain("@workgroup_size(64) @subgroup_size(32)\n");
  expect(matrixHead(asked!)).toContain("enable subgroup_size_control;\n");
  expect([isWhole(96, fixed!), isWhole(96, asked!), isWhole(128, asked!)]).toEqual([true, false, true]);
});
