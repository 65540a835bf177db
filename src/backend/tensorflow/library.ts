import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { LIBRARY } from "./build.js";
import { complaint, run } from "./program.js";

/** What the addon is compiled against, all of it in the folder of a Python `tensorflow`. */
export interface Library {
  readonly folder: string;
  /** Size of its library in bytes. */
  readonly bytes: number;
}

/** What is linked to: the C API, and what that stands on. */
export const LINKED = [LIBRARY, "libtensorflow_framework.so.2"] as const;
const NEEDED = [...LINKED, "include/tensorflow/c/c_api.h", "include/tensorflow/c/eager/c_api.h"];

export const ADVICE = `Install it, and name its Python:
  python3 -m venv tensorflow
  tensorflow/bin/pip install tensorflow          (on an NVIDIA GPU: "tensorflow[and-cuda]"; without one tensorflow-cpu is smaller)
  longtail device install tensorflow --python tensorflow/bin/python`;

/** Where Python has it, without importing it; not from the folder that one happens to be in. */
const ASK = `
import sys
sys.path = [path for path in sys.path if path not in ("", ".")]
from importlib.util import find_spec
found = find_spec("tensorflow")
print(list(found.submodule_search_locations or [""])[0] if found else "")`;

/**
 * The `tensorflow` of a Python.
 * @param python a program; default: python3, else python
 * @throws Error that says what to install, if there is no Python, no TensorFlow in it, or one without C API
 */
export async function libraryOfPython(python?: string): Promise<Library> {
  const programs = python === undefined ? ["python3", "python"] : [python];
  for (const program of programs) {
    const ended = await run(program, ["-c", ASK]);
    if (ended.code === undefined) continue;
    if (ended.code !== 0) throw new Error(`${program} did not say where its tensorflow is:\n${complaint(ended)}`);
    const folder = ended.out.trim();
    if (folder === "") throw new Error(`Expected a Python with TensorFlow; ${program} has none. ${ADVICE}`);
    return libraryIn(folder);
  }
  throw new Error(`Expected a Python with TensorFlow; found no program ${programs.join(" or ")}. ${ADVICE}`);
}

/**
 * The library in a folder as a wheel of TensorFlow has it.
 * @throws Error that says what is missing in it
 */
export function libraryIn(path: string): Library {
  const folder = resolve(path);
  const missing = NEEDED.filter((file) => !existsSync(join(folder, file)));
  if (missing.length > 0) {
    throw new Error(
      `Expected a folder "tensorflow" of a Python package for Linux, with the C API and its headers; ${folder} lacks ${missing.join(", ")}. Wheels from PyPI have them (2.21.0 was tried); other builds may not. ${ADVICE}`,
    );
  }
  return { folder, bytes: statSync(join(folder, LIBRARY)).size };
}
