import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { compile, findCompiler, nodeHeaders } from "../../../../src/backend/tensorflow/compiler.js";
import { install } from "../../../../src/backend/tensorflow/install.js";
import { Programs } from "./programs.js";

const programs = new Programs();

test.runIf(process.platform === "linux")("that fails leaves the build that was there, and nothing else", async () => {
  const tensorflow = programs.library();
  const cache = join(programs.folder, "cache");
  const folder = join(cache, "tensorflow");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "former"), "as it was");
  const options = { tensorflow, folder };
  vi.stubEnv("CXX", "");
  await expect(install(options)).rejects.toThrow(
    /^Expected a C\+\+17 compiler; found no g\+\+ and no clang\+\+\. Install/,
  );
  programs.add("g++", "exit 0");
  await expect(install(options)).rejects.toThrow("Expected npm, to get @tensorflow/tfjs-node@4.22.0");
  programs.add("npm", "echo no network >&2; exit 1");
  const said: string[] = [];
  await expect(install({ ...options, onStep: (line) => said.push(line) })).rejects.toThrow("no network");
  expect(said).toEqual([
    `TensorFlow found in ${tensorflow}`,
    "Getting @tensorflow/tfjs-node 4.22.0 from the npm registry",
  ]);
  expect(readdirSync(cache)).toEqual(["tensorflow"]);
  expect(readdirSync(folder)).toEqual(["former"]);
});

test("the compiler is CXX, else g++, else clang++", async () => {
  vi.stubEnv("CXX", "");
  programs.add("clang++", "exit 0");
  expect(await findCompiler()).toBe("clang++");
  programs.add("g++", "exit 0");
  expect(await findCompiler()).toBe("g++");
  await expect(findCompiler({ CXX: "icc" })).rejects.toThrow("found no icc.");
});

test("compiles against the library, which the addon is to find where it is", async () => {
  const seen = join(programs.folder, "seen");
  const compiler = programs.add("g++", `for one in "$@"; do echo "$one"; done > ${seen}`);
  const library = { folder: "/a folder/tensorflow", bytes: 1 };
  const compilation = { sources: "/s", headers: "/h", library, addon: "/a.node" };
  await compile(compiler, compilation);
  const args = readFileSync(seen, "utf8").trim().split("\n");
  expect(args.slice(-10)).toEqual([
    ...["/a folder/tensorflow/libtensorflow_cc.so.2", "/a folder/tensorflow/libtensorflow_framework.so.2"],
    ...["-Xlinker", "-rpath", "-Xlinker", "/a folder/tensorflow"],
    ...["-Xlinker", "--disable-new-dtags", "-o", "/a.node"],
  ]);
  expect(args).toEqual(expect.arrayContaining(["-DNAPI_VERSION=8", "/h", "/s/binding/tfjs_backend.cc"]));
  programs.add("g++", "echo c_api.h:1: error: no such thing >&2; exit 1");
  await expect(compile(compiler, compilation)).rejects.toThrow(
    /could not compile \/s against the TensorFlow in \/a folder\/tensorflow .*\nc_api\.h:1: error: no such thing$/,
  );
});

test("Node-API's headers are taken where Node's own are", () => {
  mkdirSync(join(programs.folder, "include", "node"), { recursive: true });
  const node = join(programs.folder, "bin", "node");
  expect(nodeHeaders(node)).toBeUndefined();
  writeFileSync(join(programs.folder, "include", "node", "node_api.h"), "");
  expect(nodeHeaders(node)).toBe(join(programs.folder, "include", "node"));
});
