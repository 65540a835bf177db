import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { asDiskError } from "../../disk/disk-error.js";
import { ADDON, MANIFEST, buildFolder, platform, type Build } from "./build.js";
import { compile, findCompiler, nodeHeaders } from "./compiler.js";
import { HANDED_OVER, handOver } from "./addon.js";
import { libraryIn, libraryOfPython } from "./library.js";
import { complaint, lastLine, run } from "./program.js";
import { getPackage, HEADERS, PROTOBUF, TFJS_NODE, type Pinned } from "./registry.js";

export interface InstallOptions {
  /** A Python that has TensorFlow. Default: python3, else python. */
  readonly python?: string | undefined;
  /** The folder of a Python's `tensorflow`, instead of asking a Python for it. */
  readonly tensorflow?: string | undefined;
  /** Where to. Default: `buildFolder()`. */
  readonly folder?: string;
  /** Called with a line before each step. */
  readonly onStep?: (line: string) => void;
}

/** What an addon says of itself. */
interface Check {
  readonly version: string;
  readonly gpu: boolean;
}

/** The installed build, and whether it computes on a GPU here. */
export type Installed = Build & { readonly gpu: boolean };

/**
 * Compiles tfjs-node's addon against the TensorFlow of a Python, tries it, and puts it where the device "tensorflow" looks. A
 * build that is there already is replaced; if anything fails it stays as it is.
 * @throws Error that says what was expected, found, and what to do; DiskError
 */
export async function install(options: InstallOptions = {}): Promise<Installed> {
  const { python, tensorflow, folder = buildFolder(), onStep = () => {} } = options;
  if (process.platform !== "linux") {
    throw new Error(
      `The addon can be built on Linux only; this is ${process.platform}. Instead: npm install ${TFJS_NODE.name}@${TFJS_NODE.version}`,
    );
  }
  const library = tensorflow === undefined ? await libraryOfPython(python) : libraryIn(tensorflow);
  onStep(`TensorFlow found in ${library.folder}`);
  const compiler = await findCompiler();
  const draft = makeDraft(folder);
  try {
    const get = (pinned: Pinned): Promise<string> => {
      onStep(`Getting ${pinned.name} ${pinned.version} from the npm registry`);
      return getPackage(pinned, draft);
    };
    const sources = await get(TFJS_NODE);
    await get(PROTOBUF);
    const headers = nodeHeaders() ?? join(await get(HEADERS), "include");
    onStep(`Compiling its addon with ${compiler}`);
    const addon = join(draft, ADDON);
    await compile(compiler, { sources, headers, library, addon });
    const { version, gpu } = await check(addon);
    for (const name of HANDED_OVER) handOver(draft, name);
    const build = { version, tensorflow: library.folder, bytes: library.bytes, platform: platform() };
    writeFileSync(join(draft, MANIFEST), `${JSON.stringify(build, undefined, 2)}\n`);
    for (const name of readdirSync(draft)) if (name.endsWith(".tgz")) rmSync(join(draft, name));
    replace(folder, draft);
    return { ...build, folder, gpu };
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Loads an addon in a process of its own, which may crash. */
async function check(addon: string): Promise<Check> {
  const script = `
    const { TF_Version: version, isUsingGpuDevice } = require(process.argv[1]);
    console.log("\\n" + JSON.stringify({ version, gpu: isUsingGpuDevice() }));`;
  // It must find its library by itself.
  const env = { ...process.env, LD_LIBRARY_PATH: undefined };
  const ended = await run(process.execPath, ["-e", script, addon], { env });
  if (ended.code !== 0) throw new Error(`The addon was compiled, but cannot be loaded:\n${complaint(ended)}`);
  return JSON.parse(lastLine(ended)) as Check;
}

/** A folder beside the one to be, so that it can be renamed to that. */
function makeDraft(folder: string): string {
  const parent = dirname(folder);
  try {
    mkdirSync(parent, { recursive: true });
    return mkdtempSync(`${folder}.building-`);
  } catch (error) {
    throw asDiskError(parent, error);
  }
}

function replace(folder: string, draft: string): void {
  const old = `${draft}.old`;
  try {
    renameSync(folder, old);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw asDiskError(folder, error);
  }
  renameSync(draft, folder);
  rmSync(old, { recursive: true, force: true });
}
