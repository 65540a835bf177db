import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { datasetsFolder } from "../../../../src/data/download/datasets-folder.js";

it.each([
  [{ LONGTAIL_DATASETS: "/data", XDG_CACHE_HOME: "/cache" }, "/data"],
  [{ LONGTAIL_DATASETS: "data" }, resolve("data")],
  [{ LONGTAIL_DATASETS: "", XDG_CACHE_HOME: "/cache" }, "/cache/longtail/datasets"],
  [{ XDG_CACHE_HOME: "relative" }, join(homedir(), ".cache", "longtail", "datasets")],
  [{}, join(homedir(), ".cache", "longtail", "datasets")],
])("%j", (environment, folder) => {
  expect(datasetsFolder(environment)).toBe(folder);
});
