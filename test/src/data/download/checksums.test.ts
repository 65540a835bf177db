import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readChecksums, writeChecksums } from "../../../../src/data/download/checksums.js";
import { bytes, sha256 } from "./noise.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "checksums-test-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const sums = new Map([
  ["b/two.bin", sha256(bytes(20))],
  ["a.bin", sha256(bytes(10))],
]);
const hasTool = spawnSync("sha256sum", ["--version"]).status === 0;
if (!hasTool) console.log("checksums.test: skipped sha256sum -c, which is not installed here");

describe("SHA256SUMS", () => {
  it("is read as it was written, sorted by path", async () => {
    await writeChecksums(folder, sums);
    expect(await readChecksums(folder)).toEqual(sums);
    expect(readFileSync(join(folder, "SHA256SUMS"), "utf8")).toMatch(
      /^[0-9a-f]{64} {2}a\.bin\n[0-9a-f]{64} {2}b\/two\.bin\n$/,
    );
  });

  it("is empty where there is none; lines of another form count for nothing", async () => {
    expect(await readChecksums(folder)).toEqual(new Map());
    writeFileSync(join(folder, "SHA256SUMS"), `${"0".repeat(64)} *binary.bin\nnonsense\n${"0".repeat(63)}  short\n\n`);
    expect(await readChecksums(folder)).toEqual(new Map([["binary.bin", "0".repeat(64)]]));
  });

  it("is read with the line ends of Windows, too", async () => {
    await writeChecksums(folder, sums);
    const text = readFileSync(join(folder, "SHA256SUMS"), "utf8");
    writeFileSync(join(folder, "SHA256SUMS"), text.replaceAll("\n", "\r\n"));
    expect(await readChecksums(folder)).toEqual(sums);
  });

  it.skipIf(!hasTool)("is understood by sha256sum -c", async () => {
    await writeChecksums(folder, sums);
    mkdirSync(join(folder, "b"));
    writeFileSync(join(folder, "a.bin"), bytes(10));
    writeFileSync(join(folder, "b", "two.bin"), bytes(20));
    const check = (): number | null => spawnSync("sha256sum", ["--strict", "-c", "SHA256SUMS"], { cwd: folder }).status;
    expect(check()).toBe(0);
    writeFileSync(join(folder, "a.bin"), bytes(11));
    expect(check()).toBe(1);
  });
});
