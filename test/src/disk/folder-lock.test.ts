import { spawnSync } from "node:child_process";
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import type * as promises from "node:fs/promises";
import { hostname, tmpdir, uptime } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DiskError } from "../../../src/disk/disk-error.js";
import { withFolder } from "../../../src/disk/folder-lock.js";

/** What the system answers to the next attempts to make a lock, or to delete one; then it does as it is asked. */
const answers = vi.hoisted((): string[] => []);
const toDeletion = vi.hoisted((): string[] => []);
/** What others do just before the next locks are taken away. */
const meanwhile = vi.hoisted((): (() => void)[] => []);
vi.mock("node:fs/promises", async (original) => {
  const real = await original<typeof promises>();
  const open = (...args: Parameters<typeof real.open>): ReturnType<typeof real.open> => {
    if (String(args[0]).endsWith(".breaking")) meanwhile.shift()?.();
    const code = answers.shift();
    return code === undefined ? real.open(...args) : Promise.reject(Object.assign(new Error(code), { code }));
  };
  const rm = (...args: Parameters<typeof real.rm>): ReturnType<typeof real.rm> => {
    const code = toDeletion.shift();
    return code === undefined ? real.rm(...args) : Promise.reject(Object.assign(new Error(code), { code }));
  };
  return { ...real, open, rm };
});

let folder: string;
let lock: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lock-test-"));
  lock = join(folder, ".lock");
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

/** The number of a process that has ended. */
const gone = (): number => spawnSync(process.execPath, ["-e", ""]).pid;
const held = (holder: object): void => writeFileSync(lock, JSON.stringify({ id: "x", host: hostname(), ...holder }));
const aged = (seconds: number): void => utimesSync(lock, Date.now() / 1000 - seconds, Date.now() / 1000 - seconds);
const done = (): Promise<string> => withFolder(folder, {}, () => Promise.resolve("done"));
/** From here on every look at a lock is a minute after the one before. */
function looksAreMinutesApart(): void {
  let minutes = 0;
  vi.spyOn(performance, "now").mockImplementation(() => ++minutes * 60_000);
}

/** Whether a lock is respected: it waits, and says for whom. */
async function waits(): Promise<string | undefined> {
  const controller = new AbortController();
  let holder: string | undefined;
  const onWait = (who: string): void => {
    holder = who;
    controller.abort(new Error("waited"));
  };
  await withFolder(folder, { signal: controller.signal, onWait }, () => Promise.resolve()).catch((error: Error) => {
    if (error.message !== "waited") throw error;
  });
  return holder;
}

describe("withFolder", () => {
  it("names the holder while it runs, and leaves nothing", async () => {
    await withFolder(folder, {}, () => {
      expect(JSON.parse(readFileSync(lock, "utf8"))).toMatchObject({ pid: process.pid, host: hostname() });
      return Promise.resolve();
    });
    expect(readdirSync(folder)).toEqual([]);
    await expect(withFolder(folder, {}, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each(["none", "a dead one"])("lets one at a time through (lock at first: %s)", async (before) => {
    if (before !== "none") held({ pid: gone() });
    let [inside, most, count] = [0, 0, 0];
    const one = (): Promise<void> =>
      withFolder(folder, {}, async () => {
        most = Math.max(most, ++inside);
        count++;
        await sleep(5);
        inside--;
      });
    await Promise.all(Array.from({ length: 6 }, one));
    expect({ most, count }).toEqual({ most: 1, count: 6 });
    expect(readdirSync(folder)).toEqual([]);
  });

  it("waits for a process that lives, and can be stopped meanwhile", async () => {
    held({ pid: process.pid });
    expect(await waits()).toBe(`process ${process.pid} on ${hostname()} (${lock})`);
    expect(readdirSync(folder)).toEqual([".lock"]);
  });

  it("waits for a process on another machine that showed itself minutes ago, but not for ever", async () => {
    held({ pid: gone(), host: "elsewhere" });
    aged(300);
    expect(await waits()).toContain("on elsewhere");
    aged(700);
    looksAreMinutesApart();
    expect(await done()).toBe("done");
  });

  it.each([-1200, 1200])(
    "waits for one on another machine whose clock is %i s off, while it shows itself",
    async (off) => {
      held({ pid: gone(), host: "elsewhere" });
      aged(off);
      looksAreMinutesApart();
      let beats = 0;
      const beating = setInterval(() => aged(off - ++beats), 20);
      const controller = new AbortController();
      let isTaken = false;
      const work = (): Promise<void> => Promise.resolve(void (isTaken = true));
      const waiting = withFolder(folder, { signal: controller.signal }, work);
      await sleep(1000);
      clearInterval(beating);
      controller.abort(new Error("waited"));
      await waiting.catch(() => undefined);
      expect(isTaken).toBe(false);
      // Who only looks in from time to time finds it dead, too.
      expect(await waits()).toContain("on elsewhere");
      expect(await done()).toBe("done");
    },
  );

  it.runIf(process.platform === "linux")("takes another container's process for one on another machine", async () => {
    held({ pid: gone(), namespace: "pid:[1]" });
    expect(await waits()).toContain(`on ${hostname()}`);
    aged(700);
    looksAreMinutesApart();
    expect(await done()).toBe("done");
  });

  it.runIf(process.platform === "linux")("takes over from one whose number this process has now", async () => {
    const own = await withFolder(folder, {}, () => Promise.resolve(JSON.parse(readFileSync(lock, "utf8")) as object));
    held(own);
    expect(await waits()).toContain(`process ${process.pid} `);
    held({ ...own, began: "1" });
    expect(await done()).toBe("done");
  });

  it("takes over from a process that is gone", async () => {
    held({ pid: gone() });
    expect(await done()).toBe("done");
  });

  it("takes over a lock from before the machine's start, whoever has that number now", async () => {
    held({ pid: process.pid });
    aged(uptime() + 60);
    looksAreMinutesApart();
    expect(await done()).toBe("done");
  });

  it("takes over a lock that was only half written long ago, and waits for one that may still be written", async () => {
    writeFileSync(lock, '{"pid": 1');
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error("waited")), 300);
    const waiting = withFolder(folder, { signal: controller.signal }, () => Promise.resolve());
    await expect(waiting).rejects.toThrow("waited");
    aged(60);
    looksAreMinutesApart();
    expect(await done()).toBe("done");
  });

  it("takes over on Windows from a dead process whose lock a virus scanner has open", async () => {
    const platform = vi.spyOn(process, "platform", "get");
    try {
      platform.mockReturnValue("win32");
      held({ pid: gone() });
      toDeletion.push("EPERM", "EBUSY");
      expect(await done()).toBe("done");
      expect(toDeletion).toEqual([]);
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      platform.mockRestore();
      toDeletion.length = 0;
    }
  });

  it("waits on Windows for a lock that is just being deleted, and is forbidden meanwhile", async () => {
    const platform = vi.spyOn(process, "platform", "get");
    try {
      platform.mockReturnValue("win32");
      answers.push("EPERM", "EEXIST", "EPERM", "EACCES");
      expect(await done()).toBe("done");
      expect(answers).toEqual([]);
      platform.mockReturnValue("linux");
      answers.push("EPERM");
      await expect(done()).rejects.toThrow(DiskError);
    } finally {
      platform.mockRestore();
      answers.length = 0;
    }
  });

  it.each(["half", "all of it"])(
    "leaves a living lock alone that took the dead one's place, of which %s is written",
    async (much) => {
      held({ pid: gone() });
      const text = JSON.stringify({ pid: process.pid, host: hostname(), id: "living" });
      let living: number | undefined;
      meanwhile.push(() => {
        rmSync(lock);
        living = openSync(lock, "wx");
        writeSync(living, much === "half" ? text.slice(0, 9) : text);
        if (much === "half") setTimeout(() => writeSync(living!, text.slice(9)), 300);
      });
      expect(await waits()).toContain(`process ${process.pid} `);
      closeSync(living!);
      expect([readdirSync(folder), readFileSync(lock, "utf8")]).toEqual([[".lock"], text]);
    },
  );

  it("waits for another that takes a dead lock away, but not for ever: it may have been killed at it", async () => {
    held({ pid: gone() });
    writeFileSync(`${lock}.breaking`, "");
    setTimeout(() => looksAreMinutesApart(), 500);
    let waited = false;
    setTimeout(() => (waited = true), 450);
    expect(await done()).toBe("done");
    expect(waited).toBe(true);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("leaves a lock alone that is no longer its own", async () => {
    await withFolder(folder, {}, () => {
      held({ pid: 1, id: "another's" });
      return Promise.resolve();
    });
    expect(readFileSync(lock, "utf8")).toContain("another's");
  });
});
