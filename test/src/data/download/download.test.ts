import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { download, type Transferred } from "../../../../src/data/download/download.js";
import { DiskError } from "../../../../src/disk/disk-error.js";
import { httpSource } from "../../../../src/data/download/transfer/http-source.js";
import { BadServer } from "./bad-server.js";
import { CONTENT, KNOWN, UNKNOWN, fetchFile, left, path, serve, server } from "./download-trial.js";
import { bytes, sha256 } from "./noise.js";

const md5 = (content: Uint8Array): string => createHash("md5").update(content).digest("hex");

describe("a server that does all right", () => {
  it("gives the file, in one request, and nothing else is left", async () => {
    await serve();
    const digested = await fetchFile();
    expect(digested).toEqual(KNOWN);
    expect(readFileSync(path).equals(CONTENT)).toBe(true);
    expect(left()).toEqual(["file.bin"]);
    expect(server.asked).toHaveLength(1);
    expect(server.asked[0]?.headers["accept-encoding"]).toBe("identity");
  });

  it("gives an empty file", async () => {
    await serve(undefined, Buffer.alloc(0));
    await fetchFile({ bytes: 0, sha256: sha256(Buffer.alloc(0)) });
    expect(readFileSync(path)).toHaveLength(0);
    expect(left()).toEqual(["file.bin"]);
  });

  it("is believed where nothing is known of the file; its digest is told", async () => {
    await serve();
    expect(await fetchFile(UNKNOWN)).toEqual(KNOWN);
  });

  it("is held against an MD5 where that is all that is known", async () => {
    await serve();
    const { sha256: _, ...rest } = KNOWN;
    await fetchFile({ ...UNKNOWN, ...rest, md5: md5(CONTENT) });
    rmSync(path);
    await expect(fetchFile({ ...UNKNOWN, md5: md5(bytes(9)) })).rejects.toThrow(
      `expected MD5 ${md5(bytes(9))}, found ${md5(CONTENT)}`,
    );
    expect(left()).toEqual([]);
  });

  it("replaces what was there only when the new file is right", async () => {
    writeFileSync(path, "old");
    await serve((n) => (n === 0 ? { status: 404 } : {}));
    await expect(fetchFile()).rejects.toThrow("404");
    expect(readFileSync(path, "utf8")).toBe("old");
    await fetchFile();
    expect(readFileSync(path).equals(CONTENT)).toBe(true);
  });
});

describe("connections that break off", () => {
  it("at any places: the file is right, and no byte is sent twice", async () => {
    const runs = fc.record({
      size: fc.integer({ min: 1, max: 150_000 }),
      cuts: fc.array(fc.integer({ min: 0, max: 60_000 }), { maxLength: 6 }),
      isKnown: fc.boolean(),
      hasTag: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(runs, async ({ size, cuts, isKnown, hasTag }) => {
        const content = bytes(size, size);
        const bad = await BadServer.start(content, (n) => ({
          ...(n < cuts.length && { cutAfter: cuts[n]! }),
          ...(!hasTag && { etag: undefined }),
        }));
        try {
          const known = isKnown ? { bytes: size, sha256: sha256(content) } : {};
          const sources = [httpSource(bad.url, 5000)];
          await download({ path, sources, retries: cuts.length + 1, retryDelay: 1, ...known });
          expect(readFileSync(path).equals(content)).toBe(true);
          expect(left()).toEqual(["file.bin"]);
          // Without a tag and without a digest one cannot know that it is the same file, and begins again.
          if (isKnown || hasTag) expect(bad.sent).toBe(size);
        } finally {
          await bad.close();
        }
      }),
      { numRuns: 150 },
    );
  });

  it("are given up after tries that bring nothing new, and what came stays", async () => {
    await serve(() => ({ cutAfter: 1000, ignoresRange: true }));
    const notes: string[] = [];
    await expect(fetchFile({ onRetry: (note) => notes.push(note) })).rejects.toThrow(/broken off|ended after/);
    expect(server.asked).toHaveLength(4);
    expect(notes).toHaveLength(3);
    expect(notes[2]).toMatch(/trying again in \d+\.\d s \(3 of 3\)$/);
    expect(left()).toEqual(["file.bin.part", "file.bin.part.json"]);
    expect(readFileSync(`${path}.part`).equals(CONTENT.subarray(0, 1000))).toBe(true);
  });

  it("may come one after the other for as long as each brings something", async () => {
    await serve(() => ({ cutAfter: 10_000 }));
    await fetchFile();
    expect(server.asked).toHaveLength(20);
    expect(readFileSync(path).equals(CONTENT)).toBe(true);
  });
});

describe("stopping", () => {
  it("keeps what has come, throws the signal's reason, and the next run goes on from there", async () => {
    await serve((n) => (n === 0 ? { stallAfter: 90_000 } : {}));
    const controller = new AbortController();
    const onProgress = ({ done }: Transferred): void => {
      if (done === 90_000) controller.abort(new Error("enough"));
    };
    await expect(fetchFile({ signal: controller.signal, onProgress })).rejects.toThrow("enough");
    expect(left()).toEqual(["file.bin.part", "file.bin.part.json"]);
    await fetchFile();
    expect(server.ranges).toEqual([undefined, "bytes=90000-"]);
    expect(server.asked[1]?.headers["if-range"]).toBe('"one"');
    expect(readFileSync(path).equals(CONTENT)).toBe(true);
    expect(left()).toEqual(["file.bin"]);
  });

  it("works while waiting for an answer, and between two tries", async () => {
    await serve((n) => (n === 0 ? { status: 503 } : { stallAfter: -1 }));
    const { signal, abort } = ((controller) => ({
      signal: controller.signal,
      abort: () => controller.abort(new Error("enough")),
    }))(new AbortController());
    const waiting = fetchFile({ signal, retryDelay: 3_600_000, onRetry: () => setTimeout(abort, 10) });
    await expect(waiting).rejects.toThrow("enough");
    const again = new AbortController();
    setTimeout(() => again.abort(new Error("enough")), 50);
    await expect(fetchFile({ signal: again.signal })).rejects.toThrow("enough");
    expect(server.asked).toHaveLength(2);
  });
});

describe("the disk", () => {
  it.skipIf(!existsSync("/dev/full"))("is full: said plainly, and no file", async () => {
    await serve();
    symlinkSync("/dev/full", `${path}.part`);
    const failed = fetchFile();
    await expect(failed).rejects.toThrow(DiskError);
    await expect(failed).rejects.toThrow(/Cannot write .*file\.bin\.part: no space left there\. Free some/);
    expect(server.asked).toHaveLength(1);
    expect(existsSync(path)).toBe(false);
  });

  it("has too little room for what is to come: said before anything is asked for", async () => {
    await serve();
    await expect(fetchFile({ bytes: 2 ** 52 })).rejects.toThrow(/expected room for \d+ bytes more, found \d+/);
    expect(server.asked).toHaveLength(0);
    expect(left()).toEqual([]);
  });

  it("has a folder in the file's place", async () => {
    await serve();
    mkdirSync(path);
    await expect(fetchFile()).rejects.toThrow(/Cannot write .*file\.bin: /);
    expect(left()).toEqual(["file.bin", "file.bin.part", "file.bin.part.json"]);
  });
});
