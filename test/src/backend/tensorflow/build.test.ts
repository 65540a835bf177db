import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { buildFolder, findBuild, platform } from "../../../../src/backend/tensorflow/build.js";
import { installed } from "../../../../src/backend/tensorflow.js";

let folder: string;
let tensorflow: string;
let manifest: Record<string, unknown>;

beforeEach(() => {
  const root = mkdtempSync(join(tmpdir(), "longtail-build-"));
  folder = join(root, "build");
  tensorflow = join(root, "site", "tensorflow");
  manifest = { version: "9.8.7", tensorflow, bytes: 4, platform: platform() };
  mkdirSync(folder);
  mkdirSync(tensorflow, { recursive: true });
  writeFileSync(join(tensorflow, "libtensorflow_cc.so.2"), "1234");
  writeFileSync(join(folder, "tfjs_binding.node"), "");
  write({});
});

afterEach(() => rmSync(join(folder, ".."), { recursive: true }));

function write(changes: Record<string, unknown>): void {
  writeFileSync(join(folder, "build.json"), JSON.stringify({ ...manifest, ...changes }));
}
const broken = (): string => (findBuild(folder) as { broken: string }).broken;

test("a build whose TensorFlow is where it was is found", () => {
  expect(findBuild(folder)).toEqual({ build: { ...manifest, folder } });
  expect(findBuild(join(folder, "none"))).toBeUndefined();
});

test("says why one cannot be used", () => {
  write({ platform: "plan9-mips" });
  expect(broken()).toBe(`${folder} was built for plan9-mips; this is ${platform()}`);
  write({ bytes: 5 });
  expect(broken()).toMatch(/was built for the TensorFlow 9\.8\.7 in .*, which is now another one$/);
  write({});
  rmSync(tensorflow, { recursive: true });
  expect(broken()).toMatch(/was built for the TensorFlow 9\.8\.7 in .*, which is no longer there$/);
  rmSync(join(folder, "tfjs_binding.node"));
  expect(broken()).toBe(`tfjs_binding.node is missing in ${folder}`);
  writeFileSync(join(folder, "build.json"), "{");
  expect(broken()).toMatch(/build\.json cannot be read \(/);
});

test("the device prefers a build to a package, and a package to a broken build", () => {
  const found = findBuild(folder);
  expect(installed(found, [join(folder, "package.json")])).toMatchObject({ available: true, build: { folder } });
  const alone = installed({ broken: "it is torn" }, [join(folder, "package.json")]);
  expect(alone).toEqual({
    available: false,
    reason: "it is torn",
    install: "longtail device install tensorflow (once more)",
  });
  const name = join(folder, "node_modules", "@tensorflow", "tfjs-node");
  mkdirSync(join(name, "lib", "napi-v8"), { recursive: true });
  writeFileSync(join(name, "package.json"), JSON.stringify({ binary: {} }));
  writeFileSync(join(name, "lib", "napi-v8", "tfjs_binding.node"), "");
  expect(installed({ broken: "it is torn" }, [join(folder, "package.json")])).toMatchObject({
    available: true,
    package: { folder: name },
  });
});

test("is in the user's cache", () => {
  expect(buildFolder({ XDG_CACHE_HOME: "/cache" })).toBe("/cache/longtail/tensorflow");
  for (const cache of ["", "relative", undefined])
    expect(buildFolder({ XDG_CACHE_HOME: cache })).toBe(join(homedir(), ".cache", "longtail", "tensorflow"));
});
