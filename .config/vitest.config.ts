import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: fileURLToPath(new URL("..", import.meta.url)),
    include: ["test/**/*.test.ts"],
    exclude: ["test/**/*.long.test.ts", "**/node_modules/**"],
    // Where there is a GPU, too, tests are of what computes the same bits everywhere, unless another device is asked for.
    env: { LONGTAIL_DEVICE: process.env["LONGTAIL_DEVICE"] ?? "simd" },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Kernel tests start real kernels (three threads each); more than two at a time would measure the machine, not the kernel.
    maxWorkers: 2,
  },
});
