import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Tests that take minutes each, and random cases in all their volume: `npm run test:long`. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL("..", import.meta.url)),
    include: [
      "test/**/*.long.test.ts",
      "test/src/data/formats/*.test.ts",
      "test/src/data/images/{jpeg,jpg32,png}.test.ts",
    ],
    env: { LONGTAIL_TEST_VOLUME: "whole", LONGTAIL_DEVICE: process.env["LONGTAIL_DEVICE"] ?? "simd" },
    testTimeout: 600_000,
    hookTimeout: 60_000,
    // One after the other: each uses all cores.
    maxWorkers: 1,
  },
});
