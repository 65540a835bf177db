import { beforeAll, afterAll, expect, test, vi } from "vitest";
import type { ByteImages } from "../../../../src/backend/fused/augment.js";
import type { Gpu } from "../../../../src/backend/webgpu/gpu.js";
import { ResidentImages, wordsOf } from "../../../../src/backend/webgpu/resident-images.js";

beforeAll(() => vi.stubGlobal("GPUBufferUsage", { STORAGE: 128, COPY_DST: 8 }));
afterAll(() => vi.unstubAllGlobals());

interface FakeBuffer {
  readonly size: number;
  readonly bytes: ArrayBuffer;
  isDestroyed: boolean;
}

/** A GPU as far as its buffers go; `full` is what it answers to a buffer too many. */
function fake(limits = { maxStorageBufferBindingSize: 1000, maxBufferSize: 1000 }) {
  const made: FakeBuffer[] = [];
  const state = { full: null as unknown, flushes: 0 };
  const device = {
    limits,
    pushErrorScope: () => {},
    popErrorScope: () => Promise.resolve(state.full),
    createBuffer: ({ size }: { size: number }) => {
      const bytes = new ArrayBuffer(size);
      const buffer = { size, bytes, isDestroyed: false };
      made.push(buffer);
      return Object.assign(buffer, { destroy: () => (buffer.isDestroyed = true) });
    },
    queue: {
      writeBuffer: ({ bytes }: FakeBuffer, at: number, words: Int32Array<ArrayBuffer>) =>
        new Uint8Array(bytes).set(new Uint8Array(words.buffer), at),
    },
  };
  return { gpu: { device, flush: () => state.flushes++ } as unknown as Gpu, made, state };
}

/** So many images of 2 x 1 x 3, whose bytes are distinct. */
const images = (length: number, first = 0): ByteImages => ({
  length,
  shape: [2, 1, 3],
  image: (i) => Uint8Array.from({ length: 6 }, (_, at) => first + i * 6 + at),
});
const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Asks for images until they ought to be kept. */
async function askFor(resident: ResidentImages, set: ByteImages): Promise<GPUBuffer | undefined> {
  resident.bufferOf(set, set.length + 1);
  await soon();
  return resident.bufferOf(set, 1);
}

test("images are kept once more were asked for than there are, not before", async () => {
  const { gpu, made } = fake();
  const resident = new ResidentImages(gpu);
  const set = images(5);
  for (const count of [3, 2]) expect(resident.bufferOf(set, count)).toBeUndefined();
  await soon();
  expect(made).toHaveLength(0);
  expect(resident.bufferOf(set, 3)).toBeUndefined(); // until the GPU has said that it has the memory
  await soon();
  const buffer = resident.bufferOf(set, 3);
  expect(buffer).toBe(made[0]);
  expect(resident.bufferOf(set, 3)).toBe(buffer);
  expect(made).toHaveLength(1);
  expect([...new Uint8Array(made[0]!.bytes)]).toEqual([...Array(30).keys(), 0, 0]);
  expect(resident.bytes).toBe(32);
});

test("all of many images come there, in order", async () => {
  const { gpu, made } = fake({ maxStorageBufferBindingSize: 1e6, maxBufferSize: 1e6 });
  const set = images(9001);
  expect(await askFor(new ResidentImages(gpu), set)).toBe(made[0]);
  const bytes = Uint8Array.from({ length: 6 * 9001 }, (_, i) => i);
  expect(Buffer.compare(new Uint8Array(made[0]!.bytes, 0, 6 * 9001), bytes)).toBe(0);
  expect(made[0]!.size).toBe(54_008);
});

test("where they do not fit, those go that were asked for longest ago, and come back when they are asked for as often", async () => {
  const { gpu, made, state } = fake();
  const resident = new ResidentImages(gpu, 100);
  const [a, b, c] = [images(8), images(8, 1), images(8, 2)];
  await askFor(resident, a);
  await askFor(resident, b);
  resident.bufferOf(a, 1);
  expect(await askFor(resident, c)).toBe(made[2]);
  expect(made.map(({ isDestroyed }) => isDestroyed)).toEqual([false, true, false]);
  expect(state.flushes).toBe(1);
  expect(resident.bytes).toBe(96);
  expect(resident.bufferOf(a, 1)).toBe(made[0]);
  expect(resident.bufferOf(b, 8)).toBeUndefined();
  await soon();
  expect(resident.bufferOf(b, 1)).toBeUndefined();
  await soon();
  expect(resident.bufferOf(b, 1)).toBe(made[3]);
  expect(made.map(({ isDestroyed }) => isDestroyed)).toEqual([false, true, true, false]);
});

test.each([
  ["the budget", {}, 40],
  ["a binding", { maxStorageBufferBindingSize: 40 }, 1000],
  ["a buffer", { maxBufferSize: 40 }, 1000],
])("images larger than %s are never kept", async (_, limit, budget) => {
  const { gpu, made } = fake({ maxStorageBufferBindingSize: 1000, maxBufferSize: 1000, ...limit });
  const resident = new ResidentImages(gpu, budget);
  expect(await askFor(resident, images(7))).toBeUndefined();
  expect(made).toHaveLength(0);
  expect(await askFor(resident, images(6))).toBe(made[0]);
});

test("a GPU whose memory is full is not asked again, and no run ends for it", async () => {
  const { gpu, made, state } = fake();
  const resident = new ResidentImages(gpu);
  state.full = { message: "out of memory" };
  const set = images(4);
  expect(await askFor(resident, set)).toBeUndefined();
  expect(await askFor(resident, set)).toBeUndefined();
  expect(made.map(({ isDestroyed }) => isDestroyed)).toEqual([true]);
  expect(resident.bytes).toBe(0);
  state.full = null;
  expect(await askFor(resident, images(4))).toBe(made[1]);
});

test("given up before the GPU has answered, they are not taken for kept", async () => {
  const { gpu, made } = fake();
  const resident = new ResidentImages(gpu, 50);
  const [a, b] = [images(8), images(8, 1)];
  resident.bufferOf(a, 9);
  resident.bufferOf(b, 9);
  await soon();
  expect(resident.bufferOf(a, 1)).toBeUndefined();
  expect(resident.bufferOf(b, 1)).toBe(made[1]);
});

test("LONGTAIL_RESIDENT=0 keeps none", async () => {
  vi.stubEnv("LONGTAIL_RESIDENT", "0");
  const { gpu, made } = fake();
  const resident = new ResidentImages(gpu);
  vi.unstubAllEnvs();
  expect(await askFor(resident, images(1))).toBeUndefined();
  expect(made).toHaveLength(0);
});

test("bytes of some images by fours, in order, the last word filled with zeros", () => {
  const words = wordsOf(images(4), [3, 0, 3]);
  expect([...new Uint8Array(words.buffer)]).toEqual(
    [18, 19, 20, 21, 22, 23, 0, 1, 2, 3, 4, 5, 18, 19, 20, 21, 22, 23].concat(0, 0),
  );
});
