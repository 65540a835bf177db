import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../../disk/cache-folder.js";

/** The file of a TensorFlow wheel that holds the C API. */
export const LIBRARY = "libtensorflow_cc.so.2";
/** The compiled addon, in a build's folder. */
export const ADDON = "tfjs_binding.node";
/** What a build says of itself, in its folder. */
export const MANIFEST = "build.json";
/** Makes a build. */
export const COMMAND = "longtail device install tensorflow";

/** An addon that was compiled here (`longtail device install tensorflow`). */
export interface Build {
  readonly folder: string;
  /** Version of TensorFlow. */
  readonly version: string;
  /** The folder of Python's `tensorflow`, in which the addon finds its library. */
  readonly tensorflow: string;
  /** Size in bytes of that library: another is taken for another version. */
  readonly bytes: number;
  /** Platform and architecture, "linux-x64" for instance. */
  readonly platform: string;
}

/** What is in a build's folder: a build, or the reason why it cannot be used. */
export type FoundBuild = { readonly build: Build } | { readonly broken: string };

/** Where the build is: `longtail/tensorflow` in the user's cache. */
export function buildFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return cacheFolder("tensorflow", environment);
}

/** Looks for a build, without loading it; undefined where there is none. */
export function findBuild(folder = buildFolder()): FoundBuild | undefined {
  if (!existsSync(folder)) return undefined;
  let build: Build;
  try {
    build = { ...(JSON.parse(readFileSync(join(folder, MANIFEST), "utf8")) as Omit<Build, "folder">), folder };
  } catch (error) {
    return { broken: `${join(folder, MANIFEST)} cannot be read (${(error as Error).message})` };
  }
  const own = platform();
  if (build.platform !== own) return { broken: `${folder} was built for ${build.platform}; this is ${own}` };
  if (!existsSync(join(folder, ADDON))) return { broken: `${ADDON} is missing in ${folder}` };
  const library = join(build.tensorflow, LIBRARY);
  const what = `${folder} was built for the TensorFlow ${build.version} in ${build.tensorflow}`;
  if (!existsSync(library)) return { broken: `${what}, which is no longer there` };
  if (statSync(library).size !== build.bytes) return { broken: `${what}, which is now another one` };
  return { build };
}

export function platform(): string {
  return `${process.platform}-${process.arch}`;
}
