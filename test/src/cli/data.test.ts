import { execFile, spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BadServer, type Asked, type Fault } from "../data/download/bad-server.js";
import { ARCHIVE, PLAIN, TWO, writeManifest, writeMirror } from "../data/download/toy-sets.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const cli = join(root, "dist", "src", "cli.js");

let folder: string;
let datasets: string;
let manifest: string;
let server: BadServer | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cli-data-test-"));
  datasets = join(folder, "datasets");
  manifest = writeManifest(join(folder, "manifest.json"));
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const environment = (): NodeJS.ProcessEnv => ({ ...process.env, LONGTAIL_DATASETS: datasets, LONGTAIL_MIRROR: "" });

/** `longtail data ...` to its end. */
function data(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const own = args.includes("--manifest") ? [] : ["--manifest", manifest];
    execFile(process.execPath, [cli, "data", ...args, ...own], { cwd: folder, env: environment() }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
}

/** `longtail data get plain`, running. */
function start() {
  const args = [cli, "data", "get", "plain", "--manifest", manifest];
  const child = spawn(process.execPath, args, { env: environment(), stdio: ["ignore", "ignore", "pipe"] });
  let err = "";
  child.stderr.on("data", (text: Buffer) => (err += text.toString()));
  const ended = new Promise<{ code: number | null; err: string }>((resolve) =>
    child.once("close", (code) => resolve({ code, err })),
  );
  const says = async (text: string): Promise<void> => {
    while (!err.includes(text)) await sleep(10);
  };
  return { child, ended, says };
}

async function serve(fault: (n: number, asked: Asked) => Fault = () => ({})): Promise<BadServer> {
  server = await BadServer.start(PLAIN, fault);
  writeManifest(manifest, server.url);
  return server;
}

const plain = (end = ""): string => join(datasets, "plain", `plain.bin${end}`);

/** Waits until so much of plain.bin has come in. */
async function came(bytes: number): Promise<void> {
  while (!existsSync(plain(".part")) || statSync(plain(".part")).size < bytes) await sleep(10);
}

describe("data list", () => {
  it("says what there is, and what of it is here", async () => {
    await data("get", "archived", "--mirror", writeMirror(join(folder, "mirror")));
    mkdirSync(join(datasets, "plain"));
    writeFileSync(plain(), "too short");
    const { code, out, err } = await data("list");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^archived +Archived +0\.0 +here +MIT$/m);
    expect(out).toMatch(/^plain +Plain +3\.0 +partly +MIT$/m);
    expect(out).toMatch(/^withdrawn +Withdrawn +– +missing +MIT$/m);
    expect(out).toContain(`Folder: ${datasets}\n`);
  });

  it("as JSON, or with citations", async () => {
    const sets = JSON.parse((await data("list", "--json", "--folder", "here")).out) as Record<string, unknown>[];
    expect(sets.map(({ name }) => name)).toEqual(["archived", "plain", "unknown", "withdrawn"]);
    expect(sets[1]).toMatchObject({
      bytes: 3_000_000,
      state: "missing",
      folder: "here/plain",
      citation: "A. Author, 2020.",
    });
    const { out } = await data("list", "--cite");
    expect(out).toContain(
      "Plain (http://example.org/)\n  Licence: MIT. As you like.\n  Please cite: A. Author, 2020.\n  Note: Noise.\n",
    );
  });

  it("of this package's own sets", async () => {
    const { code, out } = await data("list", "--manifest", join(root, "datasets", "manifest.json"));
    expect(code).toBe(0);
    expect(out).toMatch(/^cifar10 +CIFAR-10 +170\.1 +missing/m);
  });
});

describe("data get", () => {
  it("gets sets from a mirror, and prints terms and citations", async () => {
    const mirror = writeMirror(join(folder, "mirror"));
    const { code, out, err } = await data("get", "archived", "plain", "--mirror", mirror, "--folder", "elsewhere");
    expect(code).toBe(0);
    expect(out).toMatch(/^✔ archived: elsewhere\/archived\n {2}ustar\.tar\.gz: size and SHA-256 right\n/);
    expect(out).toContain("  set/two.bin: SHA-256 when first seen right\n");
    expect(out.match(/Licence: MIT\. As you like\.\n {2}Please cite: A\. Author, 2020\./g)).toHaveLength(2);
    expect(err).toMatch(/plain: plain\.bin ▕█+▏ 3 MB · done/);
    expect(readFileSync(join(folder, "elsewhere", "archived", "set", "two.bin")).equals(TWO)).toBe(true);
    expect(existsSync(datasets)).toBe(false);
  });

  it("goes on with the next set when one fails, and ends with code 1", async () => {
    const mirror = writeMirror(join(folder, "mirror"));
    writeFileSync(join(mirror, "plain", "plain.bin"), PLAIN.subarray(1));
    const { code, out, err } = await data("get", "plain", "withdrawn", "archived", "--mirror", mirror);
    expect(code).toBe(1);
    expect(out).toMatch(/^✔ archived/);
    expect(err).toContain("expected a file of 3000000 bytes, found one of 2999999");
    expect(err).toContain(`put it at ${join(datasets, "withdrawn", "withdrawn.pickle")}, or name a folder`);
  });

  it("says what it waits for while a server fails", async () => {
    await serve((n) => (n === 0 ? { cutAfter: 1_000_000 } : {}));
    const { code, err } = await data("get", "plain");
    expect(code).toBe(0);
    expect(err).toMatch(/plain\.bin: the connection was broken off; trying again in \d\.\d s \(1 of 5\)\n/);
    expect(err).toMatch(/plain\.bin ▕█*░+▏ stopped at 1 of 3 MB\n/);
    expect(err).toMatch(/plain: plain\.bin from 1\.00 MB on ▕█+▏ 2 MB · done\n/);
  });

  it("goes on after kill -9 from where it was", async () => {
    await serve((n) => (n === 0 ? { stallAfter: 1_200_000 } : {}));
    const { child, ended } = start();
    await came(1_200_000);
    child.kill("SIGKILL");
    await ended;
    expect(readdirSync(join(datasets, "plain")).sort()).toEqual([".lock", "plain.bin.part", "plain.bin.part.json"]);
    expect((await data("get", "plain")).code).toBe(0);
    expect(server?.ranges).toEqual([undefined, "bytes=1200000-"]);
    expect(readFileSync(plain()).equals(PLAIN)).toBe(true);
    expect(readdirSync(join(datasets, "plain")).sort()).toEqual(["SHA256SUMS", "plain.bin"]);
  });

  it("killed at any time leaves no wrong file, and gets there in the end", async () => {
    await serve(() => ({ pieces: 20_000 }));
    for (let run = 0; run < 5; run++) {
      const { child, ended } = start();
      await came(400_000 * (run + 1) + 12_345 * run);
      child.kill("SIGKILL");
      await ended;
      if (existsSync(plain())) break; // on a slow machine the signal may come too late
    }
    expect((await data("get", "plain")).code).toBe(0);
    expect(readFileSync(plain()).equals(PLAIN)).toBe(true);
    expect(server?.ranges.filter((range) => range !== undefined).length).toBeGreaterThan(0);
  });

  it("two at once: one gets it, the other waits for it and finds it there", async () => {
    let release: () => void = () => undefined;
    const until = new Promise<void>((resolve) => (release = resolve));
    await serve((n) => (n === 0 ? { pieces: 100_000, hold: { after: 500_000, until } } : {}));
    const first = start();
    await came(500_000);
    const second = start();
    await second.says(`plain: waiting for process ${first.child.pid}`);
    release();
    const [one, two] = await Promise.all([first.ended, second.ended]);
    expect([one.code, two.code]).toEqual([0, 0]);
    expect(server?.asked).toHaveLength(1);
    expect(readFileSync(plain()).equals(PLAIN)).toBe(true);
    expect(readdirSync(join(datasets, "plain")).sort()).toEqual(["SHA256SUMS", "plain.bin"]);
  });

  it("one that waits takes over when the other is killed", async () => {
    await serve((n) => (n === 0 ? { stallAfter: 500_000 } : {}));
    const first = start();
    await came(500_000);
    const second = start();
    await second.says(`plain: waiting for process ${first.child.pid}`);
    first.child.kill("SIGKILL");
    expect((await second.ended).code).toBe(0);
    expect(server?.ranges).toEqual([undefined, "bytes=500000-"]);
    expect(readFileSync(plain()).equals(PLAIN)).toBe(true);
  });

  it("ends with code 130 upon Ctrl-C, and keeps what has come", async () => {
    await serve((n) => (n === 0 ? { stallAfter: 700_000 } : {}));
    const { child, ended } = start();
    await came(700_000);
    child.kill("SIGINT");
    const { code, err } = await ended;
    expect(code).toBe(130);
    expect(err).toContain("SIGINT: stopping");
    expect(readdirSync(join(datasets, "plain")).sort()).toEqual(["plain.bin.part", "plain.bin.part.json"]);
    expect((await data("get", "plain")).code).toBe(0);
    expect(server?.ranges).toEqual([undefined, "bytes=700000-"]);
  });

  it("says plainly that the disk is full, and goes on when there is space", async (test) => {
    mkdirSync(datasets);
    const mount = spawnSync("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", datasets]);
    if (mount.status !== 0) {
      console.log("data.test: skipped the disk that fills up: a file system of its own cannot be mounted here");
      return test.skip();
    }
    try {
      // Room at the beginning, but none by the time it is needed.
      await serve((n) => (n === 0 ? { stallAfter: 1_000_000 } : {}));
      const { child, ended } = start();
      await came(1_000_000);
      writeFileSync(join(datasets, "other"), Buffer.alloc(2_000_000));
      child.kill("SIGINT");
      await ended;
      const early = await data("get", "plain");
      expect(early.code).toBe(1);
      expect(early.err).toMatch(
        /Cannot write .*plain\.bin: expected room for 2000000 bytes more, found \d+\. Free some/,
      );
      rmSync(join(datasets, "other"));
      await server?.close();
      let release: () => void = () => undefined;
      const until = new Promise<void>((resolve) => (release = resolve));
      await serve((n) => (n === 0 ? { pieces: 100_000, hold: { after: 500_000, until } } : {}));
      const filling = start();
      await came(1_500_000);
      writeFileSync(join(datasets, "other"), Buffer.alloc(2_000_000));
      release();
      const full = await filling.ended;
      expect(full.code).toBe(1);
      expect(full.err).toMatch(
        /Cannot write .*plain\.bin\.part: no space left there\. Free some, or choose another folder/,
      );
      expect(existsSync(plain())).toBe(false);
      rmSync(join(datasets, "other"));
      expect((await data("get", "plain")).code).toBe(0);
      expect(readFileSync(plain()).equals(PLAIN)).toBe(true);
    } finally {
      spawnSync("umount", [datasets]);
    }
  });
});

describe("folders that are only read from", () => {
  it("are fine as long as there is nothing to get", async (test) => {
    mkdirSync(datasets);
    if (spawnSync("mount", ["-t", "tmpfs", "tmpfs", datasets]).status !== 0) {
      console.log("data.test: skipped the read-only folder: a file system of its own cannot be mounted here");
      return test.skip();
    }
    try {
      writeMirror(datasets);
      spawnSync("mount", ["-o", "remount,ro", datasets]);
      expect((await data("get", "plain")).code).toBe(0);
      const { code, err } = await data("get", "plain", "--force");
      expect(code).toBe(1);
      expect(err).toMatch(/Cannot write to the folder .*plain: EROFS/);
      expect((await data("verify", "plain")).code).toBe(0);
    } finally {
      spawnSync("umount", [datasets]);
    }
  });
});

describe("https", () => {
  it("is refused without a certificate that is trusted, and works with one", async (test) => {
    const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
    const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
    const made = spawnSync("openssl", ["req", "-x509", ...kind, ...subject, "-keyout", key, "-out", certificate]);
    if (made.status !== 0) {
      console.log("data.test: skipped https: no openssl here to make a certificate with");
      return test.skip();
    }
    const secure = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (_, response) => {
      response.end(PLAIN);
    });
    await new Promise<void>((resolve) => secure.listen(0, "127.0.0.1", resolve));
    try {
      writeManifest(manifest, `https://localhost:${(secure.address() as AddressInfo).port}`);
      const refused = await data("get", "plain");
      expect(refused.code).toBe(1);
      expect(refused.err).toMatch(/plain\.bin: self-signed certificate\. To trust .*NODE_EXTRA_CA_CERTS=FILE/);
      expect(refused.err).not.toContain("trying again");
      process.env["NODE_EXTRA_CA_CERTS"] = certificate;
      expect((await data("get", "plain")).code).toBe(0);
      expect(readFileSync(plain()).equals(PLAIN)).toBe(true);
    } finally {
      delete process.env["NODE_EXTRA_CA_CERTS"];
      secure.close();
    }
  });
});

describe("data verify", () => {
  it("ends with code 0 where all is right, 1 where something is wrong or missing", async () => {
    writeMirror(join(datasets));
    mkdirSync(join(datasets, "archived"));
    writeFileSync(join(datasets, "archived", "ustar.tar.gz"), ARCHIVE);
    const good = await data("verify", "plain");
    expect(good).toEqual({
      code: 0,
      out: `✔ plain: ${join(datasets, "plain")}\n  plain.bin: size and SHA-256 right\n`,
      err: "",
    });
    const missing = await data("verify", "archived");
    expect(missing.code).toBe(1);
    expect(missing.out).toContain("  set/one.bin: missing\n");
    const changed = Buffer.from(PLAIN);
    changed[1_000_000]! ^= 1;
    writeFileSync(plain(), changed);
    const all = await data("verify", "--all");
    expect(all.code).toBe(1);
    expect(all.out).toMatch(/✘ plain: .*\n {2}plain\.bin: wrong, expected SHA-256 [0-9a-f]{64}, found [0-9a-f]{64}\n/);
    expect(all.out).not.toContain("withdrawn");
  });

  it("says when nothing is here, and when nothing is known", async () => {
    expect((await data("verify", "--all")).out).toBe(`Nothing of any data set is in ${datasets}\n`);
    mkdirSync(join(datasets, "withdrawn"), { recursive: true });
    writeFileSync(join(datasets, "withdrawn", "withdrawn.pickle"), "x");
    const { code, out } = await data("verify", "withdrawn");
    expect(code).toBe(0);
    expect(out).toContain("withdrawn.pickle: here; nothing is known to compare it with\n");
  });
});

describe("mistakes end with code 2", () => {
  it.each([
    [["get"], "Expected one or more names of data sets, found none"],
    [["verify"], "Expected one or more names of data sets, found none"],
    [["get", "plian"], 'There is no data set "plian". Did you mean plain?'],
    [["get", "plain", "--miror", "x"], "Unknown option --miror. Did you mean --mirror?"],
    [["list", "plain"], "Unexpected argument 'plain'"],
  ])("%j", async (args, message) => {
    const { code, err } = await data(...args);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
