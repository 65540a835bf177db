import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { pack, type Header } from "tar-stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FileError } from "../../../../src/data/file-error.js";
import type { ArchiveEntry } from "../../../../src/data/download/manifest.js";
import { DiskError } from "../../../../src/disk/disk-error.js";
import { unpack } from "../../../../src/data/download/unpack.js";
import { bytes, sha256 } from "./noise.js";

const fixtures = fileURLToPath(new URL("../../../fixtures/data/", import.meta.url));
const LONG = `set/a-name-of-more-than-a-hundred-characters-${"x".repeat(80)}.bin`;

let outside: string;
let folder: string;
beforeEach(() => {
  outside = mkdtempSync(join(tmpdir(), "unpack-test-"));
  folder = join(outside, "set-folder");
  mkdirSync(folder);
});
afterEach(() => rmSync(outside, { recursive: true, force: true }));

/** All files below a folder, with their content. */
function tree(at: string): Map<string, Buffer> {
  const paths = (readdirSync(at, { recursive: true }) as string[]).filter(
    (path) => !statSync(join(at, path)).isDirectory(),
  );
  return new Map(paths.sort().map((path) => [path, readFileSync(join(at, path))]));
}

const known = (path: string, content: Uint8Array): ArchiveEntry => ({
  path,
  bytes: content.length,
  sha256: sha256(content),
});
const ONE = bytes(700, 1);
const TWO = bytes(1400, 2);
const ENTRIES = [known("set/one.bin", ONE), known("set/two.bin", TWO), { path: "set/empty.txt" }];

type Made = Partial<Header> & { name: string; content?: Uint8Array };

async function archive(...entries: Made[]): Promise<string> {
  const tar = pack();
  for (const { content = new Uint8Array(), ...header } of entries)
    tar.entry({ ...header, ...(header.type === undefined && { size: content.length }) }, content);
  tar.finalize();
  return written(gzipSync(await buffer(tar)));
}

function written(content: Uint8Array): string {
  const path = join(outside, "archive.tar.gz");
  writeFileSync(path, content);
  return path;
}

const run = (path: string, entries: readonly ArchiveEntry[] = ENTRIES) => unpack({ archive: path, folder, entries });

describe("archives", () => {
  it.each(["ustar", "gnu", "pax"])(
    "of Python's tarfile, %s: the entries that are asked for, and nothing else",
    async (name) => {
      const long = name === "ustar" ? [] : [known(LONG, bytes(3500, 5))];
      const digests = await run(join(fixtures, `${name}.tar.gz`), [...ENTRIES, ...long]);
      const expected = new Map<string, Buffer>([
        ["set/empty.txt", Buffer.alloc(0)],
        ["set/one.bin", ONE],
        ["set/two.bin", TWO],
      ]);
      if (long.length > 0) expected.set(LONG, bytes(3500, 5));
      expect(tree(folder)).toEqual(new Map([...expected].sort(([a], [b]) => (a < b ? -1 : 1))));
      expect(digests.get("set/empty.txt")).toEqual({ bytes: 0, sha256: sha256(new Uint8Array()) });
      expect(digests.get("set/two.bin")?.sha256).toBe(sha256(TWO));
    },
  );

  it("of larger files, which come in many pieces", async () => {
    const large = bytes(1_000_003, 6);
    const path = await archive({ name: "set/large", content: large }, { name: "set/one.bin", content: ONE });
    await run(path, [known("set/one.bin", ONE), known("set/large", large)]);
    expect(readFileSync(join(folder, "set", "large")).equals(large)).toBe(true);
    expect(readFileSync(join(folder, "set", "one.bin")).equals(ONE)).toBe(true);
  });

  it("replace what is there, and leave other files alone", async () => {
    mkdirSync(join(folder, "set"));
    writeFileSync(join(folder, "set", "one.bin"), "old");
    writeFileSync(join(folder, "set", "own.txt"), "mine");
    mkdirSync(join(folder, ".unpacking"));
    writeFileSync(join(folder, ".unpacking", "left"), "by a run that was killed");
    await run(join(fixtures, "gnu.tar.gz"));
    expect([...tree(folder).keys()]).toEqual(["set/empty.txt", "set/one.bin", "set/own.txt", "set/two.bin"]);
    expect(readFileSync(join(folder, "set", "one.bin")).equals(ONE)).toBe(true);
  });
});

describe("archives that are not what they should be leave nothing", () => {
  const good = { name: "set/one.bin", content: ONE };
  const rest = [{ name: "set/two.bin", content: TWO }, { name: "set/empty.txt" }];

  it.each<[string, Made[], RegExp]>([
    ["lacks an entry", [good], /expected set\/two\.bin, found the end of the archive/],
    ["has an entry twice", [good, good, ...rest], /expected one set\/one\.bin, found a second one/],
    [
      "has other content",
      [{ ...good, content: bytes(700, 9) }],
      /one\.bin with SHA-256 [0-9a-f]{64}, found [0-9a-f]{64}/,
    ],
    ["has too short an entry", [{ ...good, content: ONE.subarray(1) }], /one\.bin with 700 bytes, found 699/],
    ["has too long an entry", [{ ...good, content: bytes(701) }], /one\.bin of at most 700 bytes, found 701 bytes/],
    ["has a link", [{ name: "set/one.bin", type: "symlink", linkname: "/etc/passwd" }], /the file .*, found a symlink/],
    [
      "has a hard link",
      [{ name: "set/one.bin", type: "link", linkname: "../x" }],
      /expected the file .*, found a link/,
    ],
    ["has a folder", [{ name: "set/one.bin", type: "directory" }], /expected the file set\/one\.bin/],
    ["has a device", [{ name: "set/one.bin", type: "character-device" }], /found a character-device/],
    ["has 2 MB where a few bytes are usual", [{ name: "set/empty.txt", content: bytes(2 ** 21) }], /at most 1048576/],
  ])("%s", async (_, entries, message) => {
    const path = await archive(...entries);
    const failed = run(path);
    await expect(failed).rejects.toThrow(FileError);
    await expect(failed).rejects.toThrow(message);
    expect(tree(folder).size).toBe(0);
  });

  it("unpack to far more than they should", async () => {
    const path = await archive(good, ...rest, { name: "set/bomb", content: Buffer.alloc(2 ** 25) });
    expect(statSync(path).size).toBeLessThan(2 ** 16);
    await expect(run(path)).rejects.toThrow(/found more than \d+ bytes of content/);
    expect(tree(folder).size).toBe(0);
  });

  it("cannot write elsewhere: names of other files are passed over", async () => {
    const names = ["../evil", "/tmp/unpack-evil", "set/../../evil", "..", "set/..", "C:\\evil", "set/one.bin/x", "\0"];
    const evil = names.map((name) => ({ name, content: bytes(10) }));
    const link: Made = { name: "set", type: "symlink", linkname: ".." };
    const path = await archive(link, ...evil, good, ...rest);
    await run(path);
    expect([...tree(folder).keys()]).toEqual(["set/empty.txt", "set/one.bin", "set/two.bin"]);
    expect(readdirSync(outside).sort()).toEqual(["archive.tar.gz", "set-folder"]);
    expect(existsSync("/tmp/unpack-evil")).toBe(false);
  });

  it("are not archives", async () => {
    for (const content of [Buffer.alloc(0), Buffer.from("no archive"), gzipSync(Buffer.from("no tar file"))])
      await expect(run(written(content))).rejects.toThrow(FileError);
    expect(tree(folder).size).toBe(0);
  });

  it("are truncated, at any byte", async () => {
    const whole = readFileSync(join(fixtures, "ustar.tar.gz"));
    for (let length = 0; length < whole.length; length += 41) {
      await expect(run(written(whole.subarray(0, length)))).rejects.toThrow(FileError);
      expect(tree(folder).size).toBe(0);
    }
    // The tar file within: whatever is cut after the last entry that is asked for does no harm.
    const tar = gunzipSync(whole);
    const end = 512 * (1 + 1 + 2 + 1 + 3 + 1);
    for (let length = 0; length < end; length += 256) {
      await expect(run(written(gzipSync(tar.subarray(0, length))))).rejects.toThrow(FileError);
      expect(tree(folder).size).toBe(0);
    }
  });

  it("mutated at random: an error and nothing, or the right files; never anything elsewhere", async () => {
    const tars = ["ustar", "gnu", "pax"].map((name) => gunzipSync(readFileSync(join(fixtures, `${name}.tar.gz`))));
    let [right, wrong] = [0, 0];
    const mutation = fc.record({
      which: fc.constantFrom(0, 1, 2),
      inTar: fc.boolean(),
      // Mostly in headers: every entry begins at a multiple of 512.
      at: fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(160), fc.boolean()), {
        minLength: 1,
        maxLength: 8,
      }),
      byte: fc.constantFrom(0, 0x2e, 0x2f, 0x30, 0x35, 0x37, 0x80, 0xff, 1),
      fixSums: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(mutation, async ({ which, inTar, at, byte, fixSums }) => {
        const whole = Buffer.from(inTar ? tars[which]! : gzipSync(tars[which]!));
        for (const [share, offset, isHeader] of at) {
          const place = Math.floor(share * (whole.length - 1));
          whole[inTar && isHeader ? Math.min(Math.floor(place / 512) * 512 + offset, whole.length - 1) : place] = byte;
        }
        if (inTar && fixSums) correctSums(whole);
        const path = written(inTar ? gzipSync(whole) : whole);
        const sentinel = readdirSync(outside);
        try {
          await run(path);
          right++;
          const files = tree(folder);
          expect([...files.keys()]).toEqual(["set/empty.txt", "set/one.bin", "set/two.bin"]);
          expect(files.get("set/one.bin")?.equals(ONE) && files.get("set/two.bin")?.equals(TWO)).toBe(true);
          rmSync(join(folder, "set"), { recursive: true });
        } catch (error) {
          if (!(error instanceof FileError)) throw error;
          wrong++;
          expect(tree(folder).size).toBe(0);
        }
        expect(readdirSync(outside)).toEqual(sentinel);
        expect(readdirSync(folder).filter((name) => name !== "set")).toEqual([]);
        rmSync(join(folder, "set"), { recursive: true, force: true });
      }),
      { numRuns: 700 },
    );
    console.log(`unpack: ${right + wrong} mutated archives, ${wrong} refused, ${right} unpacked rightly`);
    expect(right).toBeGreaterThan(50);
    expect(wrong).toBeGreaterThan(250);
  });
});

/** Makes headers valid again after their bytes were changed, so that mutations reach what lies behind the checksum. */
function correctSums(tar: Buffer): void {
  for (let at = 0; at + 512 <= tar.length; at += 512) {
    if (tar.toString("latin1", at + 257, at + 262) !== "ustar") continue;
    tar.fill(0x20, at + 148, at + 156);
    const sum = tar.subarray(at, at + 512).reduce((total, value) => total + value, 0);
    tar.write(`${sum.toString(8).padStart(6, "0")}\0 `, at + 148, "latin1");
  }
}

describe("what else can go wrong", () => {
  it("a folder where a file should be", async () => {
    mkdirSync(join(folder, "set", "one.bin", "x"), { recursive: true });
    await expect(run(join(fixtures, "ustar.tar.gz"))).rejects.toThrow(DiskError);
    expect(readdirSync(folder)).toEqual(["set"]);
  });

  it("it is stopped: the signal's reason, and nothing is left", async () => {
    const path = await archive({ name: "set/large", content: bytes(2 ** 20) });
    const controller = new AbortController();
    const stopped = unpack({ archive: path, folder, entries: [{ path: "set/large" }], signal: controller.signal });
    controller.abort(new Error("enough"));
    await expect(stopped).rejects.toThrow("enough");
    expect(readdirSync(folder)).toEqual([]);
  });
});
