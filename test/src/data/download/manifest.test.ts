import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { datasetNamed, manifest } from "../../../../src/data/download/manifest.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "manifest-test-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("this package's manifest", () => {
  const sets = manifest();

  it("knows the data sets of the paper, and two small ones", () => {
    expect(sets.map(({ name }) => name)).toEqual([
      "cifar10",
      "cifar100",
      "svhn",
      "svhn-extra",
      "tiny-images-500k",
      "mnist",
      "fashion-mnist",
    ]);
  });

  it("has an address, a size and both digests of everything that can be downloaded; of the rest, nothing", () => {
    for (const file of sets.flatMap(({ files }) => files)) {
      if (file.name === "ti_500K_pseudo_labeled.pickle") expect(file).toEqual({ name: file.name });
      else {
        expect(file.url).toMatch(new RegExp(`/${file.name.replaceAll(".", "\\.")}$`));
        expect(Object.keys(file)).toEqual(expect.arrayContaining(["bytes", "md5", "sha256"]));
      }
    }
    const digests = sets.flatMap(({ files }) => files.flatMap(({ md5, sha256 }) => [md5, sha256])).filter(Boolean);
    expect(new Set(digests).size).toBe(digests.length);
  });

  it("unpacks as many bytes of CIFAR as there are records", () => {
    const size = (name: string): number =>
      datasetNamed(name)
        .files.flatMap(({ unpack = [] }) => unpack)
        .reduce((sum, { bytes = 0 }) => sum + bytes, 0);
    expect(size("cifar10")).toBe(60_000 * (1 + 32 * 32 * 3));
    expect(size("cifar100")).toBe(60_000 * (2 + 32 * 32 * 3));
  });

  it("states terms and a citation for each", () => {
    for (const { licence, terms, citation, page } of sets)
      expect([licence, terms, citation, page].every((text) => text.length > 2)).toBe(true);
  });
});

describe("datasetNamed", () => {
  it.each([
    ["cifar", 'There is no data set "cifar". Did you mean cifar10?'],
    ["SVHN-extras", 'There is no data set "SVHN-extras". Did you mean svhn-extra?'],
    ["imagenet", 'There is no data set "imagenet". Known: cifar10, cifar100, svhn,'],
    ["toString", 'There is no data set "toString".'],
  ])("%s", (name, message) => {
    expect(() => datasetNamed(name)).toThrow(message);
  });
});

describe("a manifest that is not right is refused, with what is wrong where", () => {
  type Json = Record<string, unknown>;
  const own = readFileSync(fileURLToPath(new URL("../../../../datasets/manifest.json", import.meta.url)), "utf8");
  const changed = (
    change: (json: { version: unknown; sets: Record<string, Json & { files: Json[] }> }) => void,
  ): string => {
    const json = JSON.parse(own) as Parameters<typeof change>[0];
    change(json);
    const path = join(folder, "m.json");
    writeFileSync(path, JSON.stringify(json));
    return path;
  };

  it("but an unchanged one is accepted", () => {
    expect(manifest(changed(() => undefined))).toEqual(manifest());
  });

  it.each<[string, Parameters<typeof changed>[0], string]>([
    ["version", (json) => (json.version = 2), "m.json: version must be 1 (got 2)"],
    ["sets", (json) => (json.sets = null as never), "m.json: sets must be an object of data sets (got null)"],
    ["set", (json) => (json.sets["svhn"] = 3 as never), "m.json, svhn: expected an object, found 3"],
    ["name", (json) => (json.sets["../x"] = json.sets["svhn"]!), "m.json, ../x: the name of a set must be"],
    ["title", (json) => (json.sets["svhn"]!["title"] = " "), 'svhn: title must be a text (got " ")'],
    ["property", (json) => (json.sets["svhn"]!["lisence"] = "x"), 'svhn: there is no parameter "lisence"'],
    ["files", (json) => (json.sets["svhn"]!.files = []), "svhn: files must be a list of one or more files (got [])"],
    [
      "file",
      (json) => (json.sets["svhn"]!.files[0] = null as never),
      "svhn, undefined: expected an object, found null",
    ],
    ["file name", (json) => (json.sets["svhn"]!.files[0]!["name"] = "../a"), "name must be a file name of letters"],
    ["hidden name", (json) => (json.sets["svhn"]!.files[0]!["name"] = ".lock"), "name must be a file name of letters"],
    ["url", (json) => (json.sets["svhn"]!.files[0]!["url"] = "ftp://x/y"), "url must be an address, http or https"],
    ["mirrors", (json) => (json.sets["svhn"]!.files[0]!["mirrors"] = ["x"]), "mirrors must be a list of addresses"],
    ["bytes", (json) => (json.sets["svhn"]!.files[0]!["bytes"] = -1), "bytes must be a number of bytes (got -1)"],
    ["md5", (json) => (json.sets["svhn"]!.files[0]!["md5"] = "ABC"), "md5 must be 32 hexadecimal digits"],
    ["sha256", (json) => (json.sets["svhn"]!.files[0]!["sha256"] = "0".repeat(63)), "sha256 must be 64 hexadecimal"],
    ["entry", (json) => (json.sets["svhn"]!.files[0]!["unpack"] = [null]), "train_32x32.mat: expected an object"],
    [
      "entry path",
      (json) => (json.sets["svhn"]!.files[0]!["unpack"] = [{ path: "a/../../b" }]),
      "path must be a relative path",
    ],
    [
      "entry root",
      (json) => (json.sets["svhn"]!.files[0]!["unpack"] = [{ path: "/etc/x" }]),
      "path must be a relative path",
    ],
    [
      "twice",
      (json) => (json.sets["svhn"]!.files[1] = json.sets["svhn"]!.files[0]!),
      "two files are called train_32x32.mat",
    ],
  ])("%s", (_, change, message) => {
    expect(() => manifest(changed(change))).toThrow(message);
  });

  it("no JSON, or no file", () => {
    writeFileSync(join(folder, "m.json"), "{");
    expect(() => manifest(join(folder, "m.json"))).toThrow(/Cannot read the manifest .*m\.json: .*JSON/);
    expect(() => manifest(join(folder, "none.json"))).toThrow(/Cannot read the manifest .*none\.json: ENOENT/);
  });
});
