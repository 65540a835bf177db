import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { TileCache } from "../../../../src/backend/webgpu/tile-cache.js";
import { TileChoice } from "../../../../src/backend/webgpu/tile-choice.js";

const tile = (rows: number) => ({ rows, pixels: 4, channels: 4, block: 8 });
const choice = (tiles: Record<string, ReturnType<typeof tile>> = {}): TileChoice => {
  const made = new TileChoice({ threads: 256, bytes: 16_384 });
  for (const [key, one] of Object.entries(tiles)) made.set(key, one);
  return made;
};
const loaded = (): unknown => {
  const made = choice();
  new TileCache("a GPU").load(made);
  return Object.fromEntries(made.all);
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "longtail-tiles-"));
  vi.stubEnv("XDG_CACHE_HOME", folder);
  vi.stubEnv("LONGTAIL_TUNE", "");
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test("what was measured is known the next time, but where the usual cut is asked for", async () => {
  expect(loaded()).toEqual({});
  await new TileCache("a GPU").save(choice({ a: tile(1) }));
  expect(loaded()).toEqual({ a: tile(1) });
  vi.stubEnv("LONGTAIL_TUNE", "0");
  expect(loaded()).toEqual({});
});

test("what other processes have measured stays", async () => {
  await new TileCache("a GPU").save(choice({ a: tile(1), b: tile(2) }));
  await new TileCache("a GPU").save(choice({ b: tile(4), c: tile(8) }));
  expect(loaded()).toEqual({ a: tile(1), b: tile(2), c: tile(8) });
});

test.each<[what: string, tiles: unknown]>([
  ["nothing", null],
  ["a text", "abc"],
  ["what are no tiles", { a: {}, b: null, c: "abc", d: { rows: 0 }, e: { rows: 1.5 }, f: { rows: "1" } }],
])("a file with %s in it is as one without", async (_, tiles) => {
  await new TileCache("a GPU").save(choice({ a: tile(1) }));
  const [name] = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((one) => one.endsWith(".json"));
  writeFileSync(join(folder, name!), JSON.stringify({ tiles }));
  expect(loaded()).toEqual({});
  await new TileCache("a GPU").save(choice({ a: tile(2) }));
  expect(loaded()).toEqual({ a: tile(2) });
});

test.each(["", "relative"])("a cache that is named %j is the usual one", async (cache) => {
  vi.stubEnv("XDG_CACHE_HOME", cache);
  vi.stubEnv("HOME", folder);
  await new TileCache("a GPU").save(choice({ a: tile(1) }));
  expect(readdirSync(join(folder, ".cache", "longtail", "webgpu"))).toHaveLength(1);
});
