import { homedir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { cacheFolder } from "../../../src/disk/cache-folder.js";

const usual = join(homedir(), ".cache", "longtail", "name");

it.each([
  [{ XDG_CACHE_HOME: "/cache" }, "/cache/longtail/name"],
  [{ XDG_CACHE_HOME: "relative" }, usual],
  [{ XDG_CACHE_HOME: "" }, usual],
  [{}, usual],
])("%j", (environment, folder) => {
  expect(cacheFolder("name", environment)).toBe(folder);
});
