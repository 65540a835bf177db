import { spawn } from "node:child_process";
import { getEventListeners } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { interruption } from "../../../src/train/interruption.js";
import { fit, type FitResult, type TrainEvent } from "../../../src/train/index.js";
import { few } from "./small-data.js";

let scratch: string;
beforeAll(() => use("simd"));
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "longtail-interruption-"));
});
afterEach(() => rmSync(scratch, { recursive: true }));

/** A case of interrupted-run.mjs to its end. */
function run(name: string, folder = "") {
  const script = fileURLToPath(new URL("interrupted-run.mjs", import.meta.url));
  const env = { ...process.env, LONGTAIL_THREADS: "1", LONGTAIL_DEVICE: "simd" };
  const child = spawn(process.execPath, [script, name, folder], { env, stdio: ["ignore", "pipe", "pipe"] });
  let [out, err] = ["", ""];
  child.stdout.on("data", (bytes: Buffer) => (out += String(bytes)));
  child.stderr.on("data", (bytes: Buffer) => (err += String(bytes)));
  return new Promise<{ code: number | null; signal: string | null; out: string; err: string }>((resolve) =>
    child.on("close", (code, signal) => resolve({ code, signal, out, err })),
  );
}

describe("Ctrl-C in a script", () => {
  test("ends it after its step with an error and a checkpoint, from which it goes on", async () => {
    const folder = join(scratch, "run");
    const { code, out, err } = await run("plain", folder);
    expect({ code, out }).toEqual({ code: 1, out: "2 steps\n" });
    expect(err).toContain("\nStopping after this step; Ctrl-C once more to stop at once\n");
    expect(err).toContain("Stopped by Ctrl-C");
    expect(readdirSync(join(folder, "checkpoints"))).toEqual(["epoch-000000-step-000002.checkpoint"]);
    expect(readdirSync(folder).sort()).not.toContain("result.json");
    expect(readdirSync(folder)).not.toContain(".lock");
    // 9 steps in all, of which it interrupts the second of each sitting.
    expect(await run("plain", folder)).toMatchObject({ code: 1, out: "2 steps\n" });
    expect(readdirSync(join(folder, "checkpoints"))).toContain("epoch-000001-step-000001.checkpoint");
  });

  test("a second one ends it at once", async () => {
    const { code, signal, out } = await run("twice", join(scratch, "run"));
    expect({ code, signal, out }).toEqual({ code: null, signal: "SIGINT", out: "" });
  });

  test("is left to the script where that listens to it", async () => {
    expect(await run("listener")).toEqual({ code: 0, signal: null, out: "mine\n9 steps, 1 listener\n", err: "" });
  });

  test("ends all runs of the process", async () => {
    const { out, err } = await run("parallel");
    const [reasons, counts] = out.split("\n");
    expect(reasons).toBe("Stopped: Stopped by Ctrl-C; Stopped: Stopped by Ctrl-C");
    expect(counts).toMatch(/^1 during, 0 after, [23] steps$/);
    expect(err.match(/Stopping after this step/g)).toHaveLength(1);
  });

  test("is listened to during runs only, whatever becomes of them", async () => {
    expect((await run("again")).out).toBe("0 1 1 1 Stopped 0 0 0\n");
  });
});

test("what is released is Node's again; two at once share a listener, and a third with another does not listen", () => {
  const before = process.listenerCount("SIGINT");
  const other = (): void => undefined;
  const mine = process.listeners("SIGINT");
  for (const listener of mine) process.removeListener("SIGINT", listener);
  try {
    const [first, second] = [interruption(), interruption()];
    expect(process.listenerCount("SIGINT")).toBe(1);
    first.release();
    first.release();
    expect(process.listenerCount("SIGINT")).toBe(1);
    second.release();
    expect(process.listenerCount("SIGINT")).toBe(0);
    process.on("SIGINT", other);
    const third = interruption();
    expect(process.listeners("SIGINT")).toEqual([other]);
    third.release();
    expect(process.listeners("SIGINT")).toEqual([other]);
  } finally {
    process.removeListener("SIGINT", other);
    for (const listener of mine) process.on("SIGINT", listener);
  }
  expect(process.listenerCount("SIGINT")).toBe(before);
});

describe("a signal of one's own", () => {
  const summary = async (result: FitResult) => {
    const found = [await result.network.digest(), result.records.map(({ loss, metrics }) => [loss, metrics])];
    result.dispose();
    return found;
  };

  test("that is aborted already: nothing is trained or written, and the reason is thrown", async () => {
    const [reason, folder, tensors] = [new Error("no time"), join(scratch, "run"), tf.memory().numTensors];
    let events = 0;
    const options = { signal: AbortSignal.abort(reason), folder, onEvent: () => void events++ };
    await expect(fit({ ...few, ...options })).rejects.toBe(reason);
    expect([events, existsSync(folder), tf.memory().numTensors]).toEqual([0, false, tensors]);
  });

  test("that outlives many runs gathers no listeners", async () => {
    const { signal } = new AbortController();
    for (let i = 0; i < 3; i++) (await fit({ ...few, epochs: 1, signal, folder: join(scratch, String(i)) })).dispose();
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  test("that is aborted during evaluation: the epoch is not trained again, and comes out the same", async () => {
    const whole = await summary(await fit({ ...few }));
    const folder = join(scratch, "run");
    const controller = new AbortController();
    const seen: string[] = [];
    const onEvent = (event: TrainEvent): void => {
      seen.push(event.type);
      if (event.type === "evaluate") controller.abort(new Error("enough"));
    };
    await expect(fit({ ...few, folder, signal: controller.signal, onEvent })).rejects.toThrow("enough");
    expect(seen.slice(-3)).toEqual(["evaluate", "checkpoint", "end"]);
    expect(seen).not.toContain("epoch");
    const [steps, then] = [seen.filter((type) => type === "step").length, [] as string[]];
    const rest = await fit({ ...few, folder, onEvent: ({ type }) => void then.push(type) });
    expect(then.slice(0, 3)).toEqual(["begin", "evaluate", "epoch"]);
    expect(then.filter((type) => type === "step")).toHaveLength(steps);
    expect(await summary(rest)).toEqual(whole);
  });
});
