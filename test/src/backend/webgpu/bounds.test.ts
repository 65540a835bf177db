import { describe, expect, test } from "vitest";
import { bounded, compileAsIs, giveBounds } from "../../../../src/backend/webgpu/bounds.js";

const BUFFERS =
  "@group(0) @binding(0) var<storage, read_write> result: array<f32>;\n" +
  "@group(0) @binding(1) var<storage, read> A : array<vec4<f32>>;\n" +
  "@group(0) @binding(2) var<uniform> uniforms: Uniforms;\n" +
  "var<workgroup> mm_Asub : array<array<f32, 16>, 8>;\n";

/** What becomes of a line of a shader with the buffers `result` and `A`. */
const line = (text: string): string => bounded(BUFFERS + text).slice(BUFFERS.length);

describe("a shader's indices stay inside its buffers", () => {
  test.each([
    ["read", "let v = A[i + 1];", "let v = A[min(u32(i + 1), arrayLength(&A) - 1u)];"],
    ["written", "result[flat] = f32(v);", "result[min(u32(flat), arrayLength(&result) - 1u)] = f32(v);"],
    ["by address", "atomicAdd(&(result[i]), v)", "atomicAdd(&(result[min(u32(i), arrayLength(&result) - 1u)]), v)"],
    ["their parts", "A[i][2]", "A[min(u32(i), arrayLength(&A) - 1u)][2]"],
    [
      "in each other",
      "A[i32(result[k[0]])] + A[1]",
      "A[min(u32(i32(result[min(u32(k[0]), arrayLength(&result) - 1u)])), arrayLength(&A) - 1u)] + A[min(u32(1), arrayLength(&A) - 1u)]",
    ],
  ])("%s", (_, before, after) => expect(line(before)).toBe(after));

  test.each([
    ["memory of a workgroup", "mm_Asub[row][column] = regA;"],
    ["names that end alike", "let v = getA[i] + uniforms.A[i] + B[i];"],
    ["a bracket that is never closed", "// A[ is the first factor"],
  ])("%s is left as it is", (_, text) => expect(line(text)).toBe(text));

  test("a shader without buffers is left as it is", () => {
    expect(bounded("fn f(A: vec4f) -> f32 { return A[0]; }")).toBe("fn f(A: vec4f) -> f32 { return A[0]; }");
  });

  test("whoever compiles on a device gets them, but who stays inside by himself", () => {
    class Device {
      createShaderModule({ code }: { code: string }): string {
        return code;
      }
    }
    const device = new Device() as unknown as GPUDevice;
    for (let times = 0; times < 2; times++) giveBounds(device);
    const code = `${BUFFERS}result[i] = 1;`;
    expect(device.createShaderModule({ code })).toBe(bounded(code));
    expect(compileAsIs(device, { code })).toBe(code);
  });
});
