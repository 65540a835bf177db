import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { getPackage } from "../../../../src/backend/tensorflow/registry.js";
import { Programs } from "./programs.js";

const programs = new Programs("/usr/bin:/bin");

/** An npm that hands out an archive of one file; @returns its integrity */
function registry(): string {
  const source = join(programs.folder, "package");
  mkdirSync(source);
  writeFileSync(join(source, "index.js"), "module.exports = 5;");
  const archive = join(programs.folder, "given.tgz");
  execFileSync("tar", ["-czf", archive, "-C", programs.folder, "package"]);
  programs.add("npm", `echo "$@" > ${programs.folder}/asked; cp ${archive} fives-1.2.3.tgz; echo fives-1.2.3.tgz`);
  return `sha512-${createHash("sha512").update(readFileSync(archive)).digest("base64")}`;
}

test("gets a package without running its scripts, verified", async () => {
  const integrity = registry();
  const folder = await getPackage({ name: "@of/fives", version: "1.2.3", integrity }, programs.folder);
  expect(folder).toBe(join(programs.folder, "node_modules", "@of", "fives"));
  expect(readFileSync(join(folder, "index.js"), "utf8")).toBe("module.exports = 5;");
  expect(readFileSync(join(programs.folder, "asked"), "utf8").trim()).toBe(
    "pack @of/fives@1.2.3 --ignore-scripts --loglevel=error",
  );
});

test("does not unpack what is something else", async () => {
  registry();
  const other = { name: "fives", version: "1.2.3", integrity: "sha512-AAAA" };
  await expect(getPackage(other, programs.folder)).rejects.toThrow(
    /^Expected fives@1\.2\.3 with integrity sha512-AAAA; the registry gave sha512-.*\. It is not used$/,
  );
  expect(existsSync(join(programs.folder, "node_modules"))).toBe(false);
});

test("says what npm says", async () => {
  programs.add("npm", "echo npm error network ENOTFOUND >&2; exit 1");
  const wanted = { name: "fives", version: "1.2.3", integrity: "" };
  await expect(getPackage(wanted, programs.folder)).rejects.toThrow(
    /^npm could not get fives@1\.2\.3\. Is its registry within reach .*\nnpm error network ENOTFOUND$/,
  );
});
