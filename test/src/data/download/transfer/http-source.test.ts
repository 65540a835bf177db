import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Transferred } from "../../../../../src/data/download/download.js";
import { type Fault } from "../bad-server.js";
import { CONTENT, fetchFile, path, serve, server } from "../download-trial.js";

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
