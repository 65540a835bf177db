import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { libraryIn, libraryOfPython } from "../../../../src/backend/tensorflow/library.js";
import { Programs } from "./programs.js";

const programs = new Programs();

test("asks python3, else python, or the one that is named", async () => {
  const folder = programs.library();
  programs.add("python", `echo ${folder}`);
  expect(await libraryOfPython()).toEqual({ folder, bytes: 7 });
  programs.add("python3", "echo");
  await expect(libraryOfPython()).rejects.toThrow("Expected a Python with TensorFlow; python3 has none. Install it");
  expect(await libraryOfPython(join(programs.folder, "bin", "python"))).toEqual({ folder, bytes: 7 });
});

test("says what to install where there is no Python, and what a failing one said", async () => {
  await expect(libraryOfPython()).rejects.toThrow(
    "found no program python3 or python. Install it, and name its Python:",
  );
  await expect(libraryOfPython("./snake")).rejects.toThrow("found no program ./snake.");
  const sick = programs.add("sick", "echo it hurts >&2; exit 3");
  await expect(libraryOfPython(sick)).rejects.toThrow(`${sick} did not say where its tensorflow is:\nit hurts`);
});

test("names what a folder lacks", () => {
  const folder = programs.library(["libtensorflow_framework.so.2", "include/tensorflow/c/c_api.h"]);
  expect(() => libraryIn(folder)).toThrow(`${folder} lacks libtensorflow_cc.so.2, include/tensorflow/c/eager/c_api.h.`);
  mkdirSync(join(programs.folder, "empty"));
  expect(() => libraryIn(join(programs.folder, "empty"))).toThrow(
    "lacks libtensorflow_cc.so.2, libtensorflow_framework",
  );
});
