import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { httpSource } from "../../../../../src/data/download/transfer/http-source.js";
import { CONTENT, UNKNOWN, fetchFile, left, path, serve, server } from "../download-trial.js";
import { bytes } from "../noise.js";

describe("lengths that are not true", () => {
  it("a Content-Length that is too long for the file: refused at once", async () => {
    await serve(() => ({ headers: { "content-length": "200001" } }));
    await expect(fetchFile()).rejects.toThrow("expected a file of 200000 bytes, found one of 200001");
    expect(server.asked).toHaveLength(1);
    expect(left()).toEqual([]);
  });

  it("a Content-Length that is too short for the file: refused at once", async () => {
    await serve(() => ({ headers: { "content-length": "199999" } }));
    await expect(fetchFile()).rejects.toThrow("expected a file of 200000 bytes, found one of 199999");
    expect(left()).toEqual([]);
  });

  it("a Content-Length beyond what is sent, and nothing known: no file", async () => {
    await serve(() => ({ headers: { "content-length": "200001" }, ignoresRange: true, cutAfter: 200_000 }));
    await expect(fetchFile(UNKNOWN)).rejects.toThrow("the connection was broken off");
    expect(existsSync(path)).toBe(false);
  });

  it("none, and the connection closes early: it is gone on with", async () => {
    await serve((n) => ({ withoutLength: true, ...(n === 0 && { cutAfter: 70_000 }) }));
    await fetchFile();
    expect(server.ranges).toEqual([undefined, "bytes=70000-"]);
    expect(readFileSync(path).equals(CONTENT)).toBe(true);
  });

  it("none, and more comes than the file has", async () => {
    await serve(() => ({ headers: { "content-length": undefined }, content: bytes(200_001) }));
    await expect(fetchFile()).rejects.toThrow("expected 200000 bytes, found more");
    expect(left()).toEqual([]);
  });

  it("another total in Content-Range", async () => {
    await serve((n) => (n === 0 ? { cutAfter: 5000 } : { headers: { "content-range": "bytes 5000-199999/300000" } }));
    await expect(fetchFile()).rejects.toThrow("expected a file of 200000 bytes, found one of 300000");
  });
});

describe("ranges", () => {
  it("that a server ignores: it is begun again", async () => {
    await serve((n) => (n === 0 ? { cutAfter: 60_000 } : { ignoresRange: true }));
    await fetchFile();
    expect(server.ranges).toEqual([undefined, "bytes=60000-"]);
    expect(readFileSync(path).equals(CONTENT)).toBe(true);
  });

  it.each([
    "bytes 0-199999/200000",
    "bytes 60001-199999/200000",
    "bytes 59999-199999/200000",
    "60000-199999",
    undefined,
  ])("that begin elsewhere than asked (%s): it is begun again", async (range) => {
    await serve((n) => (n === 1 ? { headers: { "content-range": range } } : n === 0 ? { cutAfter: 60_000 } : {}));
    const notes: string[] = [];
    await fetchFile({ onRetry: (note) => notes.push(note) });
    expect(notes[1]).toContain(`asked for the bytes from 60000 on, was given ${range ?? "an answer without"}`);
    expect(server.ranges).toEqual([undefined, "bytes=60000-", undefined]);
    expect(readFileSync(path).equals(CONTENT)).toBe(true);
  });

  it("that come in slices are joined", async () => {
    await serve((n, { headers }) => {
      const from = Number(/\d+/.exec(headers.range ?? "0")?.[0]);
      if (n === 0) return { cutAfter: 1 };
      const end = Math.min(from + 50_000, 200_000);
      const slice = { "content-range": `bytes ${from}-${end - 1}/200000`, "content-length": String(end - from) };
      return { headers: slice, cutAfter: end - from };
    });
    await fetchFile();
    expect(server.ranges.slice(1)).toEqual(["bytes=1-", "bytes=50001-", "bytes=100001-", "bytes=150001-"]);
    expect(readFileSync(path).equals(CONTENT)).toBe(true);
  });

  it("of a file that has another length by now, though nothing else says so: it is begun again", async () => {
    const range = { "content-range": "bytes 60000-209999/210000", "content-length": "150000" };
    await serve((n) => (n === 0 ? { cutAfter: 60_000 } : n === 1 ? { headers: range, content: bytes(210_000) } : {}));
    const notes: string[] = [];
    await fetchFile({ ...UNKNOWN, onRetry: (note) => notes.push(note) });
    expect(notes[1]).toContain("a file of 200000 bytes was begun there, now it has 210000");
    expect(readFileSync(path).equals(CONTENT)).toBe(true);
  });

  it("of a file that is shorter by now (416): it is begun again", async () => {
    const short = bytes(100);
    await serve((n) => (n === 0 ? { cutAfter: 60_000, etag: undefined } : { content: short, etag: undefined }));
    await expect(fetchFile()).rejects.toThrow("expected a file of 200000 bytes, found one of 100");
    expect(left()).toEqual([]);
  });
});

describe("answers that are no file", () => {
  it.each([401, 403, 404, 410, 204])("%i is not asked again", async (status) => {
    await serve(() => ({ status }));
    await expect(fetchFile()).rejects.toThrow(new RegExp(`expected the file, found the answer ${status} \\w+`));
    expect(server.asked).toHaveLength(1);
    expect(left()).toEqual([]);
  });

  it.each([408, 429, 500, 502, 503, 504])("%i is asked again", async (status) => {
    await serve((n) => (n < 2 ? { status } : {}));
    await fetchFile();
    expect(server.asked).toHaveLength(3);
  });

  it.each(["seconds", "a date"])("503 with Retry-After in %s: it waits for about as long", async (kind) => {
    const after = kind === "seconds" ? "1" : new Date(Date.now() + 2999).toUTCString();
    await serve((n) => (n === 0 ? { status: 503, headers: { "retry-after": after } } : {}));
    const waits: number[] = [];
    await fetchFile({ onRetry: (note) => waits.push(Number(/again in ([\d.]+) s/.exec(note)?.[1])) });
    expect(waits).toHaveLength(1);
    expect(waits[0]).toBeGreaterThan(0.5);
  });

  it("the next source is asked when one does not have it; all of them are named when none has", async () => {
    await serve((_, { path: asked }) => (asked === "/second" ? {} : { status: 404 }));
    const sources = ["first", "second"].map((name) => httpSource(`${server.url}/${name}`, 5000));
    await fetchFile({ sources });
    expect(readFileSync(path).equals(CONTENT)).toBe(true);
    const none = ["first", "third"].map((name) => httpSource(`${server.url}/${name}`, 5000));
    await expect(fetchFile({ sources: none })).rejects.toThrow(/first: .*404.*\n.*third: .*404/);
  });

  it("what one source gave is gone on with at the next one", async () => {
    await serve((_, { path: asked }) =>
      asked === "/first" ? { cutAfter: 80_000, ignoresRange: true } : { etag: '"b"' },
    );
    const sources = ["first", "second"].map((name) => httpSource(`${server.url}/${name}`, 5000));
    await fetchFile({ sources });
    expect(server.ranges.at(-1)).toBe("bytes=80000-");
    expect(readFileSync(path).equals(CONTENT)).toBe(true);
  });

  it("nobody answers", async () => {
    await serve();
    const { url } = server;
    await server.close();
    const sources = [httpSource(`${url}/file.bin`, 5000)];
    await expect(fetchFile({ sources, retries: 1 })).rejects.toThrow(/file\.bin: .*ECONNREFUSED/);
    expect(left()).toEqual([]);
    process.env["HTTPS_PROXY"] = "http://127.0.0.1:9";
    try {
      await expect(fetchFile({ sources, retries: 1 })).rejects.toThrow("A proxy is set, which Node uses only with");
    } finally {
      delete process.env["HTTPS_PROXY"];
    }
  });
});
