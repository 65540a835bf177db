import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { LINKED, type Library } from "./library.js";
import { complaint, run } from "./program.js";

/** The Node-API of Node 20, which later ones have too. */
const NAPI_VERSION = 8;

export interface Compilation {
  /** Folder of the package @tensorflow/tfjs-node. */
  readonly sources: string;
  /** Folder with node_api.h. */
  readonly headers: string;
  readonly library: Library;
  /** The file to make. */
  readonly addon: string;
}

/** Node-API's headers as they come with Node; undefined where it was installed without them. */
export function nodeHeaders(node = process.execPath): string | undefined {
  const folder = resolve(dirname(node), "..", "include", "node");
  return existsSync(join(folder, "node_api.h")) ? folder : undefined;
}

/**
 * The C++ compiler to use: `CXX`, else g++, else clang++.
 * @throws Error that says how to install one
 */
export async function findCompiler({ CXX: own }: NodeJS.ProcessEnv = process.env): Promise<string> {
  const programs = own ? [own] : ["g++", "clang++"];
  for (const program of programs) if ((await run(program, ["--version"])).code === 0) return program;
  throw new Error(
    `Expected a C++17 compiler; found no ${programs.join(" and no ")}. Install one (Debian, Ubuntu: apt install g++; Fedora: dnf install gcc-c++), or name it in the environment variable CXX`,
  );
}

/**
 * Compiles tfjs-node's addon. It finds TensorFlow's library where that is now, whatever LD_LIBRARY_PATH says: by new tags it would
 * load another TensorFlow that is named there, without a word.
 * @throws Error with the compiler's own words
 */
export async function compile(compiler: string, { sources, headers, library, addon }: Compilation): Promise<void> {
  const files = ["tfjs_backend.cc", "tfjs_binding.cc"].map((name) => join(sources, "binding", name));
  const includes = [headers, join(library.folder, "include")].flatMap((folder) => ["-isystem", folder]);
  const links = LINKED.map((name) => join(library.folder, name));
  const ended = await run(compiler, [
    ...["-std=c++17", "-O2", "-w", "-fPIC", "-shared", `-DNAPI_VERSION=${NAPI_VERSION}`, ...includes, ...files],
    ...links,
    ...["-rpath", library.folder, "--disable-new-dtags"].flatMap((option) => ["-Xlinker", option]),
    ...["-o", addon],
  ]);
  if (ended.code === 0) return;
  throw new Error(
    `${compiler} could not compile ${sources} against the TensorFlow in ${library.folder} (2.21.0 was tried with g++ 12):\n${complaint(ended)}`,
  );
}
