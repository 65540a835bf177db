import fc from "fast-check";
import { expect, test } from "vitest";
import { layout } from "../../../../src/backend/webgpu/kernels/convolution-plan.js";
import { filterLayout } from "../../../../src/backend/webgpu/kernels/filter-gradient.js";
import { TileChoice } from "../../../../src/backend/webgpu/tile-choice.js";
import { convolutionTiles, filterGradientTiles } from "../../../../src/backend/webgpu/tiles.js";

/** WebGPU's least, an integrated GPU's, an H200's. */
const LIMITS = [
  { threads: 256, bytes: 16_384 },
  { threads: 256, bytes: 32_768 },
  { threads: 1024, bytes: 49_152 },
];

const shape = fc
  .record({
    size: fc.integer({ min: 1, max: 56 }),
    inChannels: fc.constantFrom(1, 3, 4, 8, 16, 32, 64, 128),
    outChannels: fc.constantFrom(4, 8, 12, 16, 32, 64, 128, 256),
    stride: fc.constantFrom(1, 2, 3),
  })
  .map(({ size, inChannels, outChannels, stride }) => {
    const out = Math.floor((size - 1) / stride) + 1;
    return { height: out, width: out, inHeight: size, inWidth: size, inChannels, outChannels, stride };
  });

test("every tile of a convolution fits the GPU, and its blocks divide the channels", () => {
  fc.assert(
    fc.property(
      shape,
      fc.constantFrom(...LIMITS),
      fc.constantFrom("none", "sums", "mask"),
      (given, limits, epilogue) => {
        const plan = { ...given, isTransposed: false };
        const tiles = convolutionTiles(plan, epilogue, limits);
        expect(tiles.length).toBeGreaterThan(0);
        for (const tile of tiles) {
          const { threads, bytes, across, bands } = layout({ ...plan, ...tile, epilogue });
          expect(threads).toBeLessThanOrEqual(limits.threads);
          expect(bytes).toBeLessThanOrEqual(limits.bytes);
          expect([plan.outChannels % tile.block, tile.block % tile.channels]).toEqual([0, 0]);
          expect(across * tile.pixels).toBeGreaterThanOrEqual(plan.width);
          expect(bands * tile.rows).toBeGreaterThanOrEqual(plan.height);
        }
        const work = { ...plan, prologue: "raw", epilogue } as const;
        expect(tiles).toContainEqual(new TileChoice(limits).convolution(work, 1));
      },
    ),
  );
});

test("every tile of a filter gradient fits the GPU, and its parts divide each other", () => {
  fc.assert(
    fc.property(shape, fc.constantFrom(...LIMITS), (plan, limits) => {
      const tiles = filterGradientTiles(plan, limits);
      for (const tile of tiles) {
        const { threads, bytes, bands } = filterLayout({ ...plan, ...tile });
        expect(threads).toBeLessThanOrEqual(limits.threads);
        expect(bytes).toBeLessThanOrEqual(limits.bytes);
        expect([tile.rows % tile.band, tile.band % tile.lanes, plan.outChannels % tile.outBlock]).toEqual([0, 0, 0]);
        expect(bands * tile.rows).toBeGreaterThanOrEqual(plan.height);
      }
      const usual = new TileChoice(limits).filterGradient({ ...plan, prologue: "raw", isBehindBatchNorm: false }, 1);
      if (tiles.length > 0) expect(tiles).toContainEqual(usual);
      else expect(usual).toBeUndefined();
    }),
  );
});
