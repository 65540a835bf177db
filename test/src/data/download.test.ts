import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { download, type DownloadOptions, type Transferred } from "../../../src/data/download.js";
import { DiskError } from "../../../src/data/transfer/disk-error.js";
import { httpSource } from "../../../src/data/transfer/http-source.js";
import { BadServer, type Asked, type Fault } from "./bad-server.js";
import { bytes, sha256 } from "./noise.js";

let folder: string;
let path: string;
let server: BadServer;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "download-test-"));
  path = join(folder, "file.bin");
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server?.close();
});

const md5 = (content: Uint8Array): string => createHash("md5").update(content).digest("hex");

const CONTENT = bytes(200_000);
const KNOWN = { bytes: CONTENT.length, sha256: sha256(CONTENT) };

async function serve(fault?: (n: number, asked: Asked) => Fault, content = CONTENT): Promise<BadServer> {
  return (server = await BadServer.start(content, fault));
}

function fetchFile(options: Partial<DownloadOptions> = {}, stallTimeout = 5000): ReturnType<typeof download> {
  const sources = [httpSource(`${server.url}/file.bin`, stallTimeout)];
  return download({ path, sources, retries: 3, retryDelay: 1, ...KNOWN, ...options });
}

/** Nothing is known of the file but what the server says. */
const unknown = { bytes: undefined, sha256: undefined } as unknown as Partial<DownloadOptions>;
const left = (): string[] => readdirSync(folder).sort();

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
    expect(await fetchFile(unknown)).toEqual(KNOWN);
  });

  it("is held against an MD5 where that is all that is known", async () => {
    await serve();
    const { sha256: _, ...rest } = KNOWN;
    await fetchFile({ ...unknown, ...rest, md5: md5(CONTENT) });
    rmSync(path);
    await expect(fetchFile({ ...unknown, md5: md5(bytes(9)) })).rejects.toThrow(
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
    await expect(fetchFile(unknown)).rejects.toThrow("the connection was broken off");
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
      await fetchFile(unknown);
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
    await expect(fetchFile(unknown)).rejects.toThrow("expected the file as it is, found it encoded as br");
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

  it("of a file that is shorter by now (416): it is begun again", async () => {
    const short = bytes(100);
    await serve((n) => (n === 0 ? { cutAfter: 60_000, etag: undefined } : { content: short, etag: undefined }));
    await expect(fetchFile()).rejects.toThrow("expected a file of 200000 bytes, found one of 100");
    expect(left()).toEqual([]);
  });
});

describe("a file that changes on the server between two answers", () => {
  const changed = bytes(180_000, 5);
  const second = { content: changed, etag: '"two"' };

  it("is got anew (If-Range)", async () => {
    await serve((n) => (n === 0 ? { cutAfter: 60_000 } : second));
    await fetchFile(unknown);
    expect(server.asked[1]?.headers["if-range"]).toBe('"one"');
    expect(readFileSync(path).equals(changed)).toBe(true);
  });

  it("is got anew by its date where there is no strong tag", async () => {
    const date = { "last-modified": "Tue, 01 Jan 2019 00:00:00 GMT" };
    await serve((n) => (n === 0 ? { cutAfter: 60_000, etag: 'W/"one"', headers: date } : second));
    await fetchFile(unknown);
    expect(server.asked[1]?.headers["if-range"]).toBe(date["last-modified"]);
    expect(readFileSync(path).equals(changed)).toBe(true);
  });

  it("is got anew where the server heeds no If-Range, by the tag of its answer", async () => {
    await serve((n) => (n === 0 ? { cutAfter: 60_000 } : { ...second, ignoresIfRange: true }));
    await fetchFile(unknown);
    expect(server.ranges).toEqual([undefined, "bytes=60000-", undefined]);
    expect(readFileSync(path).equals(changed)).toBe(true);
  });

  it("is not gone on with where nothing would tell", async () => {
    await serve((n) => (n === 0 ? { cutAfter: 60_000, etag: undefined } : { ...second, etag: undefined }));
    await fetchFile(unknown);
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

describe("redirections", () => {
  const to = (location: string | undefined, status = 302): Fault => ({ status, headers: { location } });

  it.each([301, 302, 303, 307, 308])("%i is followed, relative or not, with the range", async (status) => {
    await serve((n, { path: asked }) => {
      if (asked === "/file.bin") return to("other/place", status);
      if (asked === "/other/place") return to(`${server.url}/end`, status);
      return n === 2 ? { cutAfter: 50_000 } : {};
    });
    await fetchFile();
    expect(server.ranges).toEqual([...Array<undefined>(3), ...Array<string>(3).fill("bytes=50000-")]);
    expect(readFileSync(path).equals(CONTENT)).toBe(true);
  });

  it("in a circle end", async () => {
    await serve(() => to("/file.bin"));
    await expect(fetchFile()).rejects.toThrow(/redirected 11 times, in the end to .*file\.bin/);
    expect(server.asked).toHaveLength(11);
  });

  it.each(["ftp://a/b", "file:///etc/passwd", "http://[", undefined])("to %s are refused", async (location) => {
    await serve(() => to(location));
    await expect(fetchFile()).rejects.toThrow(`expected a redirection to http(s), found "${location ?? ""}"`);
    expect(server.asked).toHaveLength(1);
  });
});

describe("connections that stall", () => {
  it.each([-1, 0, 60_000])("after %i bytes are given up and gone on with", async (stallAfter) => {
    await serve((n) => (n === 0 ? { stallAfter } : {}));
    const notes: string[] = [];
    await fetchFile({ onRetry: (note) => notes.push(note) }, 300);
    expect(notes).toHaveLength(1);
    expect(notes[0]).toContain("nothing came for 0.3 s");
    expect(server.ranges).toEqual([undefined, stallAfter > 0 ? "bytes=60000-" : undefined]);
    expect(readFileSync(path).equals(CONTENT)).toBe(true);
  });

  it("behind a redirection, too", async () => {
    await serve((n, { path: asked }) => {
      if (asked === "/file.bin") return { status: 302, headers: { location: "/there" } };
      return n === 1 ? { stallAfter: -1 } : {};
    });
    const notes: string[] = [];
    await fetchFile({ onRetry: (note) => notes.push(note) }, 300);
    expect(notes[0]).toContain("nothing came for 0.3 s");
    expect(readFileSync(path).equals(CONTENT)).toBe(true);
  });

  it("but slow ones are not: what comes is told, and never goes back", async () => {
    await serve((n) => ({ pieces: 5000, ...(n === 0 && { cutAfter: 100_000 }) }));
    const told: Transferred[] = [];
    await fetchFile({ onProgress: (at) => told.push(at) });
    expect(told.every(({ total }) => total === 200_000)).toBe(true);
    expect(told.length).toBeGreaterThan(10);
    expect(told.map(({ done }) => done)).toEqual(told.map(({ done }) => done).sort((a, b) => a - b));
    expect(new Set(told.map(({ start }) => start))).toEqual(new Set([0, 100_000]));
    expect(told.at(-1)?.done).toBe(200_000);
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
