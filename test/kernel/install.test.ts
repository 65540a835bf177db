import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { KernelClient } from "../../kernel/client.js";
import { install, uninstall } from "../../kernel/install.js";
import { dataFolder, findKernel, kernelFolders, listKernels } from "../../kernel/kernelspec.js";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "install-test-"));
});
afterEach(() => rmSync(home, { recursive: true }));

const linux = () => ({ platform: "linux", env: {}, home }) as const;
const readSpec = (folder: string) =>
  JSON.parse(readFileSync(join(folder, "kernel.json"), "utf8")) as { argv: string[]; [key: string]: unknown };

describe("Jupyter's folders", () => {
  it.each([
    ["linux", {}, "/h/.local/share/jupyter"],
    ["linux", { XDG_DATA_HOME: "/x" }, "/x/jupyter"],
    ["linux", { XDG_DATA_HOME: "/x", JUPYTER_DATA_DIR: "/j" }, "/j"],
    ["freebsd", {}, "/h/.local/share/jupyter"],
    ["darwin", {}, "/h/Library/Jupyter"],
    ["darwin", { JUPYTER_DATA_DIR: "/j" }, "/j"],
    ["win32", { APPDATA: "/app" }, "/app/jupyter"],
    ["win32", {}, "/h/.jupyter/data"],
    ["linux", { JUPYTER_PLATFORM_DIRS: "1" }, "/h/.local/share/jupyter"],
    ["darwin", { JUPYTER_PLATFORM_DIRS: "1" }, "/h/Library/Application Support/Jupyter"],
    ["darwin", { JUPYTER_PLATFORM_DIRS: "1", JUPYTER_DATA_DIR: "/j" }, "/j"],
    ["darwin", { JUPYTER_PLATFORM_DIRS: "False" }, "/h/Library/Jupyter"],
    ["win32", { JUPYTER_PLATFORM_DIRS: "1", APPDATA: "/app", LOCALAPPDATA: "/local" }, "/local/Jupyter"],
    ["win32", { JUPYTER_PLATFORM_DIRS: "1" }, "/h/AppData/Local/Jupyter"],
  ] as const)("%s %j: %s", (platform, env, expected) => {
    expect(dataFolder({ platform, env, home: "/h" })).toBe(join(expected));
  });

  it("are searched in Jupyter's order", () => {
    const env = { JUPYTER_PATH: ["/a", "/b"].join(":"), VIRTUAL_ENV: "/venv" };
    expect(kernelFolders({ platform: "linux", env, home: "/h" })).toEqual([
      "/a/kernels",
      "/b/kernels",
      "/h/.local/share/jupyter/kernels",
      "/venv/share/jupyter/kernels",
      "/usr/local/share/jupyter/kernels",
      "/usr/share/jupyter/kernels",
    ]);
  });
});

describe("the system's folders", () => {
  it("are macOS's own where Jupyter is asked for such", () => {
    const folders = (env: Record<string, string>) => kernelFolders({ platform: "darwin", env, home: "/h" });
    expect(folders({ JUPYTER_PLATFORM_DIRS: "1" })).toContain("/Library/Application Support/Jupyter/kernels");
    expect(folders({})).toContain("/usr/local/share/jupyter/kernels");
  });
});

describe("install", () => {
  it("writes a kernelspec that Jupyter can use", async () => {
    const { folder, name } = await install({ machine: linux() });
    expect(folder).toBe(join(home, ".local/share/jupyter/kernels/longtail"));
    expect(name).toBe("longtail");
    expect(readdirSync(folder).sort()).toEqual(["kernel.json", "logo-32x32.png", "logo-64x64.png", "logo-svg.svg"]);
    expect(readdirSync(join(folder, ".."))).toEqual(["longtail"]);
    const { argv, ...rest } = readSpec(folder);
    expect(rest).toMatchObject({
      display_name: "TypeScript (longtail)",
      language: "typescript",
      interrupt_mode: "message",
      metadata: { debugger: false },
    });
    expect(argv[0]).toBe(process.execPath);
    expect(argv.slice(-2)).toEqual(["--connection-file", "{connection_file}"]);
    expect(argv.filter((argument) => argument.endsWith("main.js")).every((file) => isAbsolute(file))).toBe(true);
    const png = readFileSync(join(folder, "logo-64x64.png"));
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([64, 64]);
  });

  it("names Node by a link on the PATH, which an update of Node leaves in place", async () => {
    symlinkSync(process.execPath, join(home, "node"));
    const { folder } = await install({ machine: { ...linux(), env: { PATH: home } } });
    expect(readSpec(folder).argv[0]).toBe(join(home, "node"));
  });

  it("starts the kernel it registered", async () => {
    await install({ machine: linux() });
    const client = await KernelClient.start(await findKernel("longtail", linux()));
    expect(client.info).toMatchObject({ language_info: { name: "typescript" } });
    expect(await client.shutdown()).toBe(true);
  });

  it("replaces its own earlier one, whole", async () => {
    const { folder } = await install({ machine: linux() });
    writeFileSync(join(folder, "left-over"), "");
    await install({ machine: linux(), displayName: "Second" });
    expect(readSpec(folder)["display_name"]).toBe("Second");
    expect(existsSync(join(folder, "left-over"))).toBe(false);
    expect(readdirSync(join(folder, ".."))).toEqual(["longtail"]);
  });

  it("goes below a prefix, or into the active environment", async () => {
    const prefix = join(home, "prefix");
    const below = await install({ prefix, name: "Mine", machine: linux() });
    expect(below.folder).toBe(join(prefix, "share/jupyter/kernels/mine"));
    const env = { VIRTUAL_ENV: join(home, "venv") };
    const inside = await install({ sysPrefix: true, machine: { ...linux(), env } });
    expect(inside.folder).toBe(join(home, "venv/share/jupyter/kernels/longtail"));
    await expect(install({ sysPrefix: true, machine: linux() })).rejects.toThrow(/VIRTUAL_ENV or CONDA_PREFIX/);
    await expect(install({ sysPrefix: true, prefix })).rejects.toThrow(/found both/);
  });

  it("says where else it can go, of a folder that nothing can be written to", async () => {
    writeFileSync(join(home, ".local"), "");
    const kernels = join(home, ".local", "share", "jupyter", "kernels");
    await expect(install({ machine: linux() })).rejects.toThrow(
      new RegExp(`^Cannot write to the folder ${kernels}: .*elsewhere: .*--prefix DIR.*--sys-prefix.*JUPYTER_DATA_DIR`),
    );
  });

  it("does not replace a kernelspec of somebody else", async () => {
    const folder = join(home, ".local/share/jupyter/kernels/longtail");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "kernel.json"), '{"argv": ["other"], "display_name": "Other", "language": "x"}');
    await expect(install({ machine: linux() })).rejects.toThrow(/not written by longtail.*choose another name/);
    expect(readSpec(folder).argv).toEqual(["other"]);
  });

  it.each(["", "two words", "../up", ".hidden", "ümlaut"])("refuses the name %j", async (name) => {
    await expect(install({ name, machine: linux() })).rejects.toThrow(/Kernel name: expected letters/);
  });
});

describe("uninstall", () => {
  it("removes what install wrote, and only that", async () => {
    const { folder } = await install({ machine: linux() });
    await install({ machine: linux(), name: "other" });
    expect((await uninstall({ machine: linux() })).folder).toBe(folder);
    expect(readdirSync(join(folder, ".."))).toEqual(["other"]);
    await expect(uninstall({ machine: linux() })).rejects.toThrow(/nothing to remove/);
  });

  it("refuses a kernelspec it did not write, a damaged one too", async () => {
    const folder = join(home, ".local/share/jupyter/kernels/longtail");
    mkdirSync(folder, { recursive: true });
    for (const content of ['{"argv": ["other"]}', "not json"]) {
      writeFileSync(join(folder, "kernel.json"), content);
      await expect(uninstall({ machine: linux() })).rejects.toThrow(
        /not written by longtail.*jupyter kernelspec remove/,
      );
      expect(existsSync(join(folder, "kernel.json"))).toBe(true);
    }
  });
});

describe("list", () => {
  it("finds kernels by name, the first folder winning, and skips what is none", async () => {
    const env = { JUPYTER_PATH: join(home, "first") };
    const machine = { ...linux(), env };
    await install({ machine });
    await install({ machine, prefix: home, name: "elsewhere" });
    for (const [name, text] of Object.entries({ LongTail: '{"argv": ["early"]}', broken: "{", empty: '{"argv": 1}' })) {
      mkdirSync(join(home, "first/kernels", name), { recursive: true });
      writeFileSync(join(home, "first/kernels", name, "kernel.json"), text);
    }
    const mine = (await listKernels(machine)).filter(({ folder }) => folder.startsWith(home));
    expect(mine.map(({ name, spec }) => [name, spec.argv[0]])).toEqual([["longtail", "early"]]);
    await expect(findKernel("broken", machine)).rejects.toThrow(
      /No kernel named "broken" is installed; found: .*longtail/,
    );
  });

  it("takes interruption and {resource_dir} from the kernelspec", async () => {
    const folder = join(home, ".local/share/jupyter/kernels/c");
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, "kernel.json"),
      '{"argv": ["{resource_dir}/run", "{connection_file}"], "env": {"A": "b"}}',
    );
    expect(await findKernel("C", linux())).toEqual({
      argv: [`${folder}/run`, "{connection_file}"],
      interruptMode: "signal",
      env: { A: "b" },
    });
  });
});
