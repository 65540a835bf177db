import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { get } from "../../../../src/data/download/get.js";
import { datasetNamed, manifest as readManifest } from "../../../../src/data/download/manifest.js";
import { presenceOf } from "../../../../src/data/download/presence.js";
import { verify } from "../../../../src/data/download/verify.js";
import { bytes } from "./noise.js";
import { ARCHIVE, ONE, PLAIN, writeManifest, writeMirror } from "./toy-sets.js";

let root: string;
let folder: string;
let manifest: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "verify-test-"));
  folder = join(root, "datasets");
  manifest = writeManifest(join(root, "manifest.json"));
});
afterEach(() => rmSync(root, { recursive: true }));

const at = (...path: string[]): string => join(folder, ...path);
const states = async (name: string) => {
  const { right, files } = await verify(name, { folder, manifest });
  return [right, ...files.map(({ state }) => state)];
};
const presence = (name: string) => presenceOf(datasetNamed(name, readManifest(manifest)), at(name));

describe("verify and presence", () => {
  it("nothing is here", async () => {
    expect(await states("archived")).toEqual([false, "missing", "missing", "missing"]);
    expect(await presence("archived")).toBe("missing");
  });

  it("all is here; then this and that is not", async () => {
    await get("archived", { folder, manifest, mirror: writeMirror(join(root, "mirror")) });
    expect(await states("archived")).toEqual([true, "right", "right", "right"]);
    expect(await presence("archived")).toBe("here");

    rmSync(at("archived", "ustar.tar.gz"));
    expect(await states("archived")).toEqual([true, "missing", "right", "right"]);
    expect(await presence("archived")).toBe("here");

    truncateSync(at("archived", "set", "one.bin"), 699);
    const { files } = await verify("archived", { folder, manifest });
    expect(files[1]).toMatchObject({ state: "wrong", expected: "700 bytes", found: "699" });
    expect(await presence("archived")).toBe("partly");

    writeFileSync(at("archived", "set", "one.bin"), ONE);
    rmSync(at("archived", "set", "two.bin"));
    expect(await states("archived")).toEqual([false, "missing", "right", "missing"]);
    writeFileSync(at("archived", "ustar.tar.gz"), ARCHIVE.subarray(1));
    expect(await states("archived")).toEqual([false, "wrong", "right", "missing"]);
  });

  it("a download that is under way is something", async () => {
    mkdirSync(at("plain"), { recursive: true });
    writeFileSync(at("plain", "plain.bin.part"), "x");
    expect(await presence("plain")).toBe("partly");
    expect(await states("plain")).toEqual([false, "missing"]);
  });

  it("where nothing is known, says that nothing was compared", async () => {
    mkdirSync(at("withdrawn"), { recursive: true });
    writeFileSync(at("withdrawn", "withdrawn.pickle"), "x");
    const { right, files } = await verify("withdrawn", { folder, manifest });
    expect({ right, files }).toMatchObject({ right: true, files: [{ state: "right", compared: [] }] });
  });

  it("a folder in a file's place is wrong", async () => {
    mkdirSync(at("plain", "plain.bin"), { recursive: true });
    expect(await states("plain")).toEqual([false, "wrong"]);
    expect(await presence("plain")).toBe("missing");
  });

  it("finds any single byte that is not right", async () => {
    mkdirSync(at("plain"), { recursive: true });
    await fc.assert(
      fc.asyncProperty(fc.nat(PLAIN.length - 1), fc.integer({ min: 1, max: 255 }), async (place, flip) => {
        const content = Buffer.from(PLAIN);
        content[place]! ^= flip;
        writeFileSync(at("plain", "plain.bin"), content);
        expect(await states("plain")).toEqual([false, "wrong"]);
      }),
      { numRuns: 30 },
    );
    writeFileSync(at("plain", "plain.bin"), bytes(3_000_000, 11));
    expect(await states("plain")).toEqual([true, "right"]);
  });

  it("refuses names and options that there are not", async () => {
    await expect(verify("plian", { manifest })).rejects.toThrow("Did you mean plain?");
    await expect(verify("plain", { force: true } as never)).rejects.toThrow('verify: there is no parameter "force"');
    const signal = AbortSignal.abort(new Error("enough"));
    writeMirror(folder);
    await expect(verify("plain", { folder, manifest, signal })).rejects.toThrow("enough");
  });
});
