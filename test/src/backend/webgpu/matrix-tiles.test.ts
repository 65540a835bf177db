import fc from "fast-check";
import { expect, test } from "vitest";
import { matrixLayout } from "../../../../src/backend/webgpu/kernels/matrix-convolution.js";
import { matrixFilterLayout } from "../../../../src/backend/webgpu/kernels/matrix-filter-gradient.js";
import { matrixFilterTiles, matrixTiles } from "../../../../src/backend/webgpu/matrix-tiles.js";

/** NVIDIA's, Intel's, Apple's, and AMD's in halves of its subgroups. */
const matrix = fc.constantFrom(
  { m: 16, n: 16, k: 16, lanes: 32 },
  { m: 8, n: 16, k: 16, lanes: 16 },
  { m: 8, n: 8, k: 8, lanes: 32 },
  { m: 16, n: 16, k: 16, lanes: 32, widest: 64 },
);
const limits = fc.constantFrom(
  { threads: 256, bytes: 16_384 },
  { threads: 256, bytes: 32_768 },
  { threads: 1024, bytes: 49_152 },
);
const shape = fc
  .record({
    matrix,
    size: fc.integer({ min: 1, max: 56 }),
    inChannels: fc.constantFrom(16, 32, 48, 64, 256),
    outChannels: fc.constantFrom(16, 32, 48, 64, 256),
    stride: fc.constantFrom(1, 2, 3),
  })
  .map(({ size, ...rest }) => {
    const out = Math.floor((size - 1) / rest.stride) + 1;
    return { ...rest, height: out, width: out, inHeight: size, inWidth: size };
  });

test("every tile of a convolution by matrices fits the GPU, divides the channels and covers all pixels", () => {
  fc.assert(
    fc.property(shape, limits, fc.boolean(), fc.constantFrom("none", "sums"), (given, most, isTransposed, epilogue) => {
      const plan = { ...given, isTransposed };
      for (const tile of matrixTiles(plan, epilogue, most)) {
        const { threads, bytes, bands, down, across, pixels } = matrixLayout({ ...plan, ...tile, epilogue });
        expect(threads).toBeLessThanOrEqual(most.threads);
        expect(bytes).toBeLessThanOrEqual(most.bytes);
        expect([plan.outChannels % tile.block, plan.inChannels % tile.chunk, threads % (tile.block / 4)]).toEqual([
          0, 0, 0,
        ]);
        expect(across * plan.matrix.n).toBe(tile.block);
        expect(threads % (plan.matrix.widest ?? plan.matrix.lanes)).toBe(0);
        expect(down * tile.subgroups * plan.matrix.m).toBeGreaterThanOrEqual(tile.rows * pixels.columns);
        expect(bands * tile.rows).toBeGreaterThanOrEqual(plan.height);
      }
    }),
  );
});

test("every tile of a filter gradient by matrices fits the GPU, and its subgroups share all taps", () => {
  fc.assert(
    fc.property(shape, limits, (plan, most) => {
      for (const tile of matrixFilterTiles(plan, most)) {
        const { threads, bytes, bands, down, across, length, pixels } = matrixFilterLayout({ ...plan, ...tile });
        expect(threads).toBeLessThanOrEqual(most.threads);
        expect(bytes).toBeLessThanOrEqual(most.bytes);
        expect(down * tile.subgroups * plan.matrix.m).toBe(9 * tile.inBlock);
        expect(across * plan.matrix.n).toBe(tile.outBlock);
        expect(threads % (plan.matrix.widest ?? plan.matrix.lanes)).toBe(0);
        expect([tile.rows % tile.band, length % plan.matrix.k]).toEqual([0, 0]);
        expect(length).toBeGreaterThanOrEqual(tile.band * pixels.columns);
        expect(bands * tile.rows).toBeGreaterThanOrEqual(plan.height);
      }
    }),
  );
});
