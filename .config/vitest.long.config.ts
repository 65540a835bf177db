import { defineConfig } from "vitest/config";

/** Tests that take minutes each: `npm run test:long`. */
export default defineConfig({
  test: {
    root: new URL("..", import.meta.url).pathname,
    include: ["test/**/*.long.test.ts"],
    testTimeout: 600_000,
    hookTimeout: 60_000,
    // One after the other: each uses all cores.
    maxWorkers: 1,
  },
});
