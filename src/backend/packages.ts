import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

/** A package found on disk. */
export interface FoundPackage {
  readonly name: string;
  readonly folder: string;
  readonly manifest: { readonly version?: string; readonly binary?: object };
}

/** Where packages are looked for: beside this package, then from the user's project. */
export function searchPlaces(): string[] {
  return [import.meta.url, join(process.cwd(), "package.json")];
}

/** A package as Node would find it from one of the places; undefined where it is not installed. Loads nothing. */
export function findPackage(name: string, places = searchPlaces()): FoundPackage | undefined {
  for (const place of places) {
    for (const modules of createRequire(place).resolve.paths(name) ?? []) {
      const folder = join(modules, name);
      const file = join(folder, "package.json");
      if (existsSync(file)) {
        return { name, folder, manifest: JSON.parse(readFileSync(file, "utf8")) as FoundPackage["manifest"] };
      }
    }
  }
  return undefined;
}

/** Whether the package's compiled addon is there: an install without scripts, or without network, leaves it out. */
export function hasAddon({ folder }: FoundPackage, file: string): boolean {
  const lib = join(folder, "lib");
  return existsSync(lib) && readdirSync(lib).some((build) => existsSync(join(lib, build, file)));
}
