import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { CONTENT, KNOWN, UNKNOWN, fetchFile, left, path, serve, server } from "../download-trial.js";
import { bytes, sha256 } from "../noise.js";

describe("wrong content", () => {
  it("is removed, and the error says what was expected and what was found", async () => {
    const other = bytes(200_000, 2);
    await serve(() => ({ content: other }));
    await expect(fetchFile()).rejects.toThrow(`expected SHA-256 ${KNOWN.sha256}, found ${sha256(other)}`);
    expect(server.asked).toHaveLength(1);
    expect(left()).toEqual([]);
  });

  it("in what an earlier run left is noticed by the digest; the file is got anew", async () => {
    writeFileSync(`${path}.part`, bytes(50_000, 7));
    await serve();
    await fetchFile();
    expect(server.ranges).toEqual(["bytes=50000-", undefined]);
    expect(readFileSync(path).equals(CONTENT)).toBe(true);
  });

  it("longer than the file, left by an earlier run, is thrown away", async () => {
    writeFileSync(`${path}.part`, bytes(300_000, 7));
    await serve();
    await fetchFile();
    expect(server.ranges).toEqual([undefined]);
    expect(readFileSync(path).equals(CONTENT)).toBe(true);
  });

  it("whole already, left by an earlier run: no request", async () => {
    writeFileSync(`${path}.part`, CONTENT);
    await serve();
    await fetchFile();
    expect(server.asked).toHaveLength(0);
    expect(left()).toEqual(["file.bin"]);
  });

  it("whole already but wrong, left by an earlier run, is noticed; the file is got anew", async () => {
    writeFileSync(`${path}.part`, Buffer.alloc(CONTENT.length));
    await serve();
    await fetchFile();
    expect(server.ranges).toEqual([undefined]);
    expect(readFileSync(path).equals(CONTENT)).toBe(true);
  });

  it.each(["not JSON", '{"address": 3}', "null"])(
    "a state file that is damaged (%s) counts for nothing",
    async (text) => {
      writeFileSync(`${path}.part`, CONTENT.subarray(0, 10));
      writeFileSync(`${path}.part.json`, text);
      await serve();
      await fetchFile(UNKNOWN);
      expect(server.ranges).toEqual([undefined]);
      expect(left()).toEqual(["file.bin"]);
    },
  );

  it("marked as compressed is taken as it is: servers say so of archives", async () => {
    const archive = gzipSync(CONTENT);
    await serve(() => ({ headers: { "content-encoding": "gzip" } }), archive);
    await fetchFile({ bytes: archive.length, sha256: sha256(archive) });
    expect(readFileSync(path).equals(archive)).toBe(true);
  });

  it("marked as compressed is refused where no digest could tell", async () => {
    await serve(() => ({ headers: { "content-encoding": "br" } }));
    await expect(fetchFile(UNKNOWN)).rejects.toThrow("expected the file as it is, found it encoded as br");
    expect(left()).toEqual([]);
  });

  it("compressed on the way, though none was asked for, is no file", async () => {
    const squeezed = gzipSync(CONTENT);
    const headers = { "content-encoding": "gzip", "content-length": undefined };
    await serve(() => ({ content: squeezed, headers }));
    await expect(fetchFile()).rejects.toThrow(/expected 200000 bytes, found more|ended after/);
    expect(existsSync(path)).toBe(false);
  });
});

describe("a file that changes on the server between two answers", () => {
  const changed = bytes(180_000, 5);
  const second = { content: changed, etag: '"two"' };

  it("is got anew (If-Range)", async () => {
    await serve((n) => (n === 0 ? { cutAfter: 60_000 } : second));
    await fetchFile(UNKNOWN);
    expect(server.asked[1]?.headers["if-range"]).toBe('"one"');
    expect(readFileSync(path).equals(changed)).toBe(true);
  });

  it("is got anew by its date where there is no strong tag", async () => {
    const date = { "last-modified": "Tue, 01 Jan 2019 00:00:00 GMT" };
    await serve((n) => (n === 0 ? { cutAfter: 60_000, etag: 'W/"one"', headers: date } : second));
    await fetchFile(UNKNOWN);
    expect(server.asked[1]?.headers["if-range"]).toBe(date["last-modified"]);
    expect(readFileSync(path).equals(changed)).toBe(true);
  });

  it("is got anew where the server heeds no If-Range, by the tag of its answer", async () => {
    await serve((n) => (n === 0 ? { cutAfter: 60_000 } : { ...second, ignoresIfRange: true }));
    await fetchFile(UNKNOWN);
    expect(server.ranges).toEqual([undefined, "bytes=60000-", undefined]);
    expect(readFileSync(path).equals(changed)).toBe(true);
  });

  it("is not gone on with where nothing would tell", async () => {
    await serve((n) => (n === 0 ? { cutAfter: 60_000, etag: undefined } : { ...second, etag: undefined }));
    await fetchFile(UNKNOWN);
    expect(server.ranges).toEqual([undefined, undefined]);
    expect(readFileSync(path).equals(changed)).toBe(true);
  });

  it("without any sign of it: the digest of the mixture is wrong, and it is got anew", async () => {
    const before = bytes(200_000, 9);
    await serve((n) => ({ etag: undefined, ...(n === 0 && { content: before, cutAfter: 60_000 }) }));
    await fetchFile();
    expect(server.ranges).toEqual([undefined, "bytes=60000-", undefined]);
    expect(readFileSync(path).equals(CONTENT)).toBe(true);
  });

  it("at every answer, unnoticed: ends with an error, not with a mixture", async () => {
    await serve((n) => ({
      etag: undefined,
      content: bytes(200_000, n + 10),
      ...(n % 2 === 0 && { cutAfter: 60_000 }),
    }));
    await expect(fetchFile()).rejects.toThrow(/expected|broken off|ended/);
    expect(existsSync(path)).toBe(false);
  });
});
