import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { get, type GetOptions, type GetProgress } from "../../../../src/data/download/get.js";
import { BadServer } from "./bad-server.js";
import { bytes, sha256 } from "./noise.js";
import { ARCHIVE, ONE, PLAIN, TWO, writeManifest, writeMirror } from "./toy-sets.js";

let root: string;
let folder: string;
let mirror: string;
let manifest: string;
let server: BadServer | undefined;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "get-test-"));
  folder = join(root, "datasets");
  mirror = writeMirror(join(root, "mirror"));
  manifest = writeManifest(join(root, "manifest.json"));
});
afterEach(async () => {
  delete process.env["LONGTAIL_MIRROR"];
  rmSync(root, { recursive: true });
  await server?.close();
  server = undefined;
});

const getSet = (name: string, options: GetOptions = {}) =>
  get(name, { folder, manifest, mirror, retries: 2, retryDelay: 1, ...options });
const read = (...path: string[]): Buffer => readFileSync(join(folder, ...path));
const list = (name: string): string[] => (readdirSync(join(folder, name), { recursive: true }) as string[]).sort();

/** Serves the mirror's files by name, and counts. */
async function serve(): Promise<string> {
  const contents: Record<string, Uint8Array> = { "/ustar.tar.gz": ARCHIVE, "/plain.bin": PLAIN };
  server = await BadServer.start(PLAIN, (_, { path }) =>
    contents[path] ? { content: contents[path] } : { status: 404 },
  );
  return server.url;
}

describe("get", () => {
  it("asks once with 0 retries", async () => {
    server = await BadServer.start(PLAIN, () => ({ status: 503 }));
    manifest = writeManifest(manifest, server.url);
    await expect(get("plain", { folder, manifest, retries: 0, retryDelay: 1 })).rejects.toThrow("503");
    expect(server.asked).toHaveLength(1);
  });

  it("downloads, verifies, unpacks, and notes the digests", async () => {
    manifest = writeManifest(manifest, await serve());
    const [notes, progress]: [string[], GetProgress[]] = [[], []];
    const { mirror: _, ...options } = { folder, manifest, mirror };
    const onProgress = (at: GetProgress): void => void progress.push(at);
    const report = await get("archived", { ...options, onNote: (note) => notes.push(note), onProgress });
    expect(report).toMatchObject({ name: "archived", folder: join(folder, "archived"), right: true });
    expect(report.files.map(({ path, state }) => [path, state])).toEqual([
      ["ustar.tar.gz", "right"],
      ["set/one.bin", "right"],
      ["set/two.bin", "right"],
    ]);
    expect(report.files.map(({ compared }) => compared.join())).toEqual([
      "size,SHA-256",
      "size,SHA-256",
      "SHA-256 when first seen",
    ]);
    expect(list("archived")).toEqual(["SHA256SUMS", "set", "set/one.bin", "set/two.bin", "ustar.tar.gz"]);
    expect(read("archived", "set", "two.bin").equals(TWO)).toBe(true);
    expect(read("archived", "SHA256SUMS").toString()).toContain(`${sha256(TWO)}  set/two.bin\n`);
    expect(notes).toEqual(["archived: unpacking ustar.tar.gz"]);
    expect(progress.at(-1)).toMatchObject({ set: "archived", file: "ustar.tar.gz", done: ARCHIVE.length });
  });

  it("keeps what is here and right, and asks nobody", async () => {
    await getSet("archived");
    manifest = writeManifest(manifest, await serve());
    expect((await get("archived", { folder, manifest })).right).toBe(true);
    expect(server?.asked).toHaveLength(0);
    rmSync(join(folder, "archived", "ustar.tar.gz")); // what was unpacked is enough
    expect((await get("archived", { folder, manifest })).right).toBe(true);
    expect(server?.asked).toHaveLength(0);
    await get("archived", { folder, manifest, force: true });
    expect(server?.asked).toHaveLength(1);
  });

  it("unpacks again what is missing or wrong, without a download", async () => {
    await getSet("archived");
    writeFileSync(join(folder, "archived", "set", "one.bin"), bytes(700, 2));
    rmSync(join(folder, "archived", "set", "two.bin"));
    rmSync(mirror, { recursive: true });
    expect((await getSet("archived")).right).toBe(true);
    expect(read("archived", "set", "one.bin").equals(ONE)).toBe(true);
  });

  it("replaces a file that is wrong, but not before it has the right one", async () => {
    mkdirSync(join(folder, "plain"), { recursive: true });
    writeFileSync(join(folder, "plain", "plain.bin"), "wrong");
    await expect(getSet("plain", { mirror: join(root, "none") })).rejects.toThrow("there is no such file");
    expect(read("plain", "plain.bin").toString()).toBe("wrong");
    await getSet("plain");
    expect(read("plain", "plain.bin").equals(PLAIN)).toBe(true);
  });

  it("holds a file without published digests against what it was at first", async () => {
    await getSet("unknown");
    const changed = bytes(5000, 4);
    writeFileSync(join(folder, "unknown", "unknown.bin"), changed);
    const report = await getSet("unknown"); // it is wrong now, so it is got again
    expect(report.files[0]?.compared).toEqual(["SHA-256 when first seen"]);
    expect(read("unknown", "unknown.bin").equals(bytes(5000, 3))).toBe(true);
    writeFileSync(join(mirror, "unknown.bin"), changed);
    await getSet("unknown", { force: true }); // asked for: the new one counts from now on
    expect((await getSet("unknown")).right).toBe(true);
    expect(read("unknown", "unknown.bin").equals(changed)).toBe(true);
  });

  it("says where to put a file that has no address, takes it from there, or from a mirror", async () => {
    const place = join(folder, "withdrawn", "withdrawn.pickle");
    const { mirror: _, ...here } = { folder, manifest, mirror };
    await expect(get("withdrawn", here)).rejects.toThrow(
      `withdrawn: Withdrawn. If you have withdrawn.pickle, put it at ${place}, or name a folder or server that has it`,
    );
    writeFileSync(place, "mine");
    expect((await get("withdrawn", here)).right).toBe(true);
    expect(read("withdrawn", "SHA256SUMS").toString()).toContain("withdrawn.pickle");
    rmSync(join(folder, "withdrawn"), { recursive: true });
    writeFileSync(join(mirror, "withdrawn.pickle"), "theirs");
    expect((await getSet("withdrawn")).right).toBe(true);
    expect(readFileSync(place, "utf8")).toBe("theirs");
  });

  it("goes on with a .part file, and clears away what a killed run left", async () => {
    mkdirSync(join(folder, "archived", ".unpacking", "set"), { recursive: true });
    writeFileSync(join(folder, "archived", ".unpacking", "set", "one.bin"), "half");
    writeFileSync(join(folder, "archived", "ustar.tar.gz.part"), ARCHIVE.subarray(0, 1000));
    const starts: number[] = [];
    await getSet("archived", { onProgress: ({ start }) => starts.push(start) });
    expect(new Set(starts)).toEqual(new Set([1000]));
    expect(list("archived")).toEqual(["SHA256SUMS", "set", "set/one.bin", "set/two.bin", "ustar.tar.gz"]);
  });
});

describe("a mirror", () => {
  it.each(["folder", "file:", "http:", "environment"])("%s", async (kind) => {
    if (kind === "file:") mirror = pathToFileURL(mirror).href;
    if (kind === "http:") mirror = await serve();
    if (kind === "environment") process.env["LONGTAIL_MIRROR"] = mirror;
    const options = { folder, manifest, ...(kind !== "environment" && { mirror }) };
    expect((await get("archived", options)).right).toBe(true);
    expect((await get("plain", options)).right).toBe(true);
    expect(read("plain", "plain.bin").equals(PLAIN)).toBe(true);
    // The subfolder first, then the place itself.
    if (kind === "http:")
      expect(server?.asked.slice(0, 2).map(({ path }) => path)).toEqual(["/archived/ustar.tar.gz", "/ustar.tar.gz"]);
  });

  it("with wrong files is found out, and nothing is left", async () => {
    writeFileSync(join(mirror, "plain", "plain.bin"), bytes(3_000_000, 12));
    await expect(getSet("plain")).rejects.toThrow(
      /Cannot get plain\.bin\n.*expected SHA-256 .*, found .*\n.*no such file/,
    );
    writeFileSync(join(mirror, "plain", "plain.bin"), "short");
    await expect(getSet("plain")).rejects.toThrow("expected a file of 3000000 bytes, found one of 5");
    rmSync(join(mirror, "plain", "plain.bin"));
    mkdirSync(join(mirror, "plain", "plain.bin"));
    await expect(getSet("plain")).rejects.toThrow("expected a file, found another thing");
    expect(list("plain")).toEqual([]);
  });

  it.each(["ftp://example.org/x", "s3://bucket", "http://["])("of another kind is refused: %s", async (other) => {
    await expect(getSet("plain", { mirror: other })).rejects.toThrow(/The mirror must be a folder/);
  });
});

describe("what cannot be is refused", () => {
  it.each<[string, GetOptions, string]>([
    ["plian", {}, 'There is no data set "plian". Did you mean plain?'],
    ["plain", { miror: "x" } as GetOptions, 'get: there is no parameter "miror"'],
    ["plain", { retries: -1 }, "get: retries must be an integer"],
    ["plain", { force: "yes" as never }, 'get: force must be true or false (got "yes")'],
    ["plain", { signal: {} as never }, "get: signal must be an AbortSignal"],
    ["plain", { manifest: "/none.json" }, "Cannot read the manifest /none.json"],
  ])("%s %j", async (name, options, message) => {
    await expect(getSet(name, options)).rejects.toThrow(message);
    expect(existsSync(folder)).toBe(false);
  });

  it.skipIf(process.getuid?.() === 0)("a folder that may not be written to", async () => {
    mkdirSync(folder);
    chmodSync(folder, 0o500);
    await expect(getSet("plain")).rejects.toThrow(/Cannot write to the folder .*EACCES/);
  });

  it("an archive whose content is not what the manifest says: nothing is unpacked", async () => {
    const json = readFileSync(manifest, "utf8").replace(sha256(ONE), sha256(TWO));
    writeFileSync(manifest, json);
    await expect(getSet("archived")).rejects.toThrow(/set\/one\.bin with SHA-256 .*longtail data get NAME --force/);
    expect(list("archived")).toEqual(["ustar.tar.gz"]);
  });

  it("a signal that is aborted", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(getSet("plain", { signal })).rejects.toThrow("enough");
    expect(list("plain")).toEqual([]);
  });
});
