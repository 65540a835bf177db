import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { Memory } from "../../../../src/backend/simd/memory.js";

const MIB = 2 ** 20;
const HEAP_START = 65_536;

/** Bytes to allocate, or which of the blocks that are there to free. */
const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ bytes: fc.oneof(fc.nat(300), fc.nat(40_000), fc.nat(3 * MIB)) }) },
    { weight: 2, arbitrary: fc.record({ which: fc.nat() }) },
  ),
  { minLength: 1, maxLength: 120 },
);

describe("any sequence of allocations and frees", () => {
  test("hands out aligned blocks that never overlap, and counts them", () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const memory = new Memory({ limit: 512 * MIB });
        const blocks: { address: number; bytes: number; mark: number }[] = [];
        let peak = 0;
        sequence.forEach((step, mark) => {
          if ("bytes" in step) {
            const address = memory.allocate(step.bytes);
            expect(address % 64).toBe(0);
            expect(address).toBeGreaterThanOrEqual(HEAP_START);
            expect(address + step.bytes).toBeLessThanOrEqual(memory.wasm.buffer.byteLength);
            for (const other of blocks)
              expect(address + step.bytes <= other.address || other.address + other.bytes <= address).toBe(true);
            memory.uint8(address, step.bytes).fill(mark);
            blocks.push({ address, bytes: step.bytes, mark });
          } else if (blocks.length > 0) {
            const [block] = blocks.splice(step.which % blocks.length, 1);
            expect(memory.uint8(block!.address, block!.bytes).every((byte) => byte === block!.mark)).toBe(true);
            memory.free(block!.address);
          }
          const needed = blocks.reduce((sum, { bytes }) => sum + Math.max(64, Math.ceil(bytes / 64) * 64), 0);
          peak = Math.max(peak, needed);
          expect([memory.used, memory.peak, memory.blocks]).toEqual([needed, peak, blocks.length]);
        });
      }),
      { numRuns: 60 },
    );
  });

  test("leaves one free block once all is freed, in whatever order", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(100_000), { minLength: 1, maxLength: 60 }),
        fc.infiniteStream(fc.nat()),
        (sizes, order) => {
          const memory = new Memory({ limit: 64 * MIB });
          const addresses = sizes.map((bytes) => memory.allocate(bytes));
          while (addresses.length > 0)
            memory.free(addresses.splice((order.next().value as number) % addresses.length, 1)[0]!);
          const all = memory.wasm.buffer.byteLength - HEAP_START;
          expect(memory.used).toBe(0);
          expect(memory.allocate(all)).toBe(HEAP_START);
          expect(memory.wasm.buffer.byteLength - HEAP_START).toBe(all);
        },
      ),
      { numRuns: 60 },
    );
  });
});

test("what was freed is used again before the memory grows", () => {
  const memory = new Memory({ limit: 64 * MIB });
  const kept = memory.allocate(MIB);
  const addresses = Array.from({ length: 20 }, () => memory.allocate(MIB));
  const { byteLength } = memory.wasm.buffer;
  for (let step = 0; step < 500; step++) {
    memory.free(addresses.shift()!);
    addresses.push(memory.allocate(MIB));
  }
  expect(memory.wasm.buffer.byteLength).toBe(byteLength);
  expect(addresses).not.toContain(kept);
});

test("views stay valid when the memory grows", () => {
  const memory = new Memory({ limit: 256 * MIB });
  const address = memory.allocate(16);
  const views = [memory.float32(address, 4), memory.int32(address, 4), memory.uint8(address, 16)] as const;
  const { byteLength } = memory.wasm.buffer;
  memory.allocate(100 * MIB);
  expect(memory.wasm.buffer.byteLength).toBeGreaterThan(byteLength);
  views[0][3] = 1;
  expect(views[1][3]).toBe(0x3f80_0000);
  expect(Array.from(views[2].subarray(12))).toEqual([0, 0, 0x80, 0x3f]);
  expect(memory.float32(address, 4)[3]).toBe(1);
});

describe("beyond the limit", () => {
  test("says how much was asked for, how much there is, and what to reduce", () => {
    const memory = new Memory({ limit: 32 * MIB });
    memory.allocate(10 * MIB);
    expect(() => memory.allocate(40 * MIB)).toThrow(RangeError);
    expect(() => memory.allocate(40 * MIB)).toThrow(
      "Out of memory: a tensor needs 40 MiB, and 10 MiB of at most 32 MiB are in use by 1 tensors. " +
        "Use a smaller batch or image size, or free tensors (tf.tidy, tensor.dispose)",
    );
    expect(() => memory.allocate(2 ** 33)).toThrow("a tensor needs 8192 MiB");
  });

  test("what is there stays usable: nothing was taken", () => {
    const memory = new Memory({ limit: 32 * MIB });
    const address = memory.allocate(10 * MIB);
    expect(() => memory.allocate(30 * MIB)).toThrow(RangeError);
    expect([memory.used, memory.blocks]).toEqual([10 * MIB, 1]);
    memory.free(address);
    expect(memory.allocate(30 * MIB)).toBe(HEAP_START);
  });

  test("every free block is looked at first", () => {
    const memory = new Memory({ limit: 32 * MIB });
    // Sizes of one class: 16 to 19 lines. The largest lies below twenty smaller ones.
    const sizes = [19 * 64, ...Array.from({ length: 20 }, () => 16 * 64)];
    const blocks = sizes.map((bytes) => [memory.allocate(bytes), memory.allocate(64)] as const);
    const rest = memory.wasm.buffer.byteLength;
    for (let bytes = 32 * MIB; bytes >= 64; bytes /= 2)
      for (let full = false; !full;)
        try {
          memory.allocate(bytes);
        } catch {
          full = true;
        }
    expect(rest).toBeLessThanOrEqual(memory.wasm.buffer.byteLength);
    for (const [address] of blocks) memory.free(address);
    expect(memory.allocate(19 * 64)).toBe(blocks[0]![0]);
  });
});

test("the limit is what the system reserves, in whole pages", () => {
  expect(new Memory({ limit: 10 * MIB + 1 }).limit).toBe(10 * MIB);
  const memory = new Memory();
  expect(memory.limit).toBeLessThanOrEqual(2 ** 32);
  expect(() => memory.wasm.grow((memory.limit - memory.wasm.buffer.byteLength) / 65_536 + 1)).toThrow(RangeError);
});

test("where the system gives no addresses, the error says what limits them", () => {
  const refused = vi.spyOn(WebAssembly, "Memory").mockImplementation(function () {
    throw new RangeError("WebAssembly.Memory(): could not allocate memory");
  });
  try {
    expect(() => new Memory()).toThrow('"ulimit -v unlimited"');
  } finally {
    refused.mockRestore();
  }
});

test("freeing what is not allocated is an error", () => {
  const memory = new Memory({ limit: 32 * MIB });
  const address = memory.allocate(100);
  memory.free(address);
  expect(() => memory.free(address)).toThrow(`Nothing is allocated at address ${address}: it was freed already`);
  expect(() => memory.free(12)).toThrow("Nothing is allocated at address 12");
  expect(memory.used).toBe(0);
});
