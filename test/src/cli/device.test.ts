import { tmpdir } from "node:os";
import { expect, test, vi } from "vitest";
import { longtail } from "./longtail.js";

test.runIf(process.platform === "linux")(
  "a GPU whose driver cannot be loaded is not available, and the command says why and ends",
  async () => {
    vi.stubEnv("VK_DRIVER_FILES", "/nonexistent.json");
    const { code, out } = await longtail(tmpdir(), ["device"]).ended;
    vi.unstubAllEnvs();
    expect(code).toBe(0);
    expect(out).toMatch(/^webgpu .* no$/mu);
    expect(out).toMatch(/^webgpu: expected a GPU with a driver/mu);
    expect(out).toMatch(/^simd .* yes$/mu);
  },
);
