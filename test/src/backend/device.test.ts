import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test, vi } from "vitest";
import { chosen, list, tried, use } from "../../../src/backend/device.js";
import { tensorflow } from "../../../src/backend/tensorflow.js";
import { webgpu } from "../../../src/backend/webgpu.js";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe("list", () => {
  test("names every backend, best first; plain JavaScript is always there", async () => {
    const devices = await list();
    expect(devices.map(({ name }) => name)).toEqual(["tensorflow", "webgpu", "simd", "cpu"]);
    expect(devices.at(-1)).toEqual({ name: "cpu", title: "pure JavaScript", available: true });
  });

  test("says why a backend cannot be used", async () => {
    for (const { available, reason } of await list()) expect(reason === undefined).toBe(available);
  });
});

describe("tried", () => {
  test("says of what cannot be opened why, and of what opens and is slow that it is", async () => {
    vi.spyOn(webgpu, "probe").mockReturnValue({ available: true });
    vi.spyOn(webgpu, "open").mockRejectedValue(new Error("no driver"));
    vi.spyOn(tensorflow, "probe").mockReturnValue({ available: true });
    vi.spyOn(tensorflow, "open").mockResolvedValue({ description: "", onRequest: "slow here" });
    const devices = await tried();
    expect(devices.map(({ name }) => name)).toEqual(["tensorflow", "webgpu", "simd", "cpu"]);
    expect(devices[0]).toMatchObject({ available: true, onRequest: "slow here" });
    expect(devices[1]).toMatchObject({ available: false, reason: "no driver" });
    expect(devices.slice(2)).toMatchObject([{ available: true }, { available: true }]);
  });

  test("what is to be used on request only is not opened", async () => {
    vi.spyOn(webgpu, "probe").mockReturnValue({ available: false, reason: "none" });
    vi.spyOn(tensorflow, "probe").mockReturnValue({ available: true, onRequest: "slow" });
    const open = vi.spyOn(tensorflow, "open");
    expect((await tried())[0]).toMatchObject({ available: true, onRequest: "slow" });
    expect(open).not.toHaveBeenCalled();
  });
});

describe("use", () => {
  test("makes TensorFlow.js compute on the backend asked for, without its banner", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const report = await use("cpu");
    const tf = await import("@tensorflow/tfjs");
    expect(tf.getBackend()).toBe("cpu");
    expect(Array.from(tf.tensor1d([1, 2]).square().dataSync())).toEqual([1, 4]);
    expect(warn).not.toHaveBeenCalled();
    expect(report).toMatchObject({ name: "cpu", threads: 1, node: process.versions.node, tensorflow: tf.version.tfjs });
    expect(report.cores).toBeGreaterThan(0);
  });

  test("says how many threads the SIMD kernels run on", async () => {
    vi.stubEnv("LONGTAIL_THREADS", "2");
    const report = await use("simd");
    const tf = await import("@tensorflow/tfjs");
    expect(tf.getBackend()).toBe("simd");
    expect(
      Array.from(
        tf
          .tensor1d([1, 2])
          .add(tf.tensor1d([3, 4]))
          .dataSync(),
      ),
    ).toEqual([4, 6]);
    expect(report).toMatchObject({ name: "simd", threads: 2 });
    expect(report.description).toMatch(/^WebAssembly with (relaxed )?SIMD on 2 threads$/);
  });

  test.each(["0", "NaN", "abc", "1.5", "65"])(
    "refuses LONGTAIL_THREADS=%s, and passes over no device for it",
    async (threads) => {
      vi.stubEnv("LONGTAIL_THREADS", threads);
      const message = `LONGTAIL_THREADS is "${threads}"; expected a whole number from 1 to 64`;
      for (const call of [() => use("simd"), () => use(""), tried, chosen])
        await expect(call()).rejects.toThrow(message);
      vi.stubEnv("LONGTAIL_THREADS", "1");
      expect((await use("simd")).name).toBe("simd");
    },
  );

  test("refuses a precision that there is not, or not on this device", async () => {
    await expect(use("cpu", { precision: "double" as never })).rejects.toThrow(
      'device.use: precision must be "single" or "half" (got "double")',
    );
    const message = 'The device "cpu" computes in single precision alone; half precision is for "webgpu"';
    await expect(use("cpu", { precision: "half" })).rejects.toThrow(message);
    vi.stubEnv("LONGTAIL_PRECISION", "half");
    await expect(use("cpu")).rejects.toThrow(message);
    await expect(use("cpu", { precise: 1 } as never)).rejects.toThrow('there is no parameter "precise"');
  });

  test("shows itself as a table and as text", async () => {
    const report = await use("cpu");
    expect(String(report)).toMatch(/^Device {9}cpu: .*\nThreads {8}1\nTensorFlow\.js {2}\d+\.\d+\.\d+\nNode\.js/);
    const bundle = report[Symbol.for("Jupyter.display") as never] as () => Record<string, string>;
    const { "text/html": html, "text/plain": text } = bundle.call(report);
    expect(html).toMatch(/<table><tr><th scope="row" [^>]*>Device<\/th>/);
    expect(text).toBe(String(report));
  });

  test("takes the name from LONGTAIL_DEVICE, an empty one for none", async () => {
    vi.stubEnv("LONGTAIL_DEVICE", "abacus");
    await expect(use()).rejects.toThrow('There is no device "abacus"; expected one of tensorflow, webgpu, simd, cpu');
    expect((await use("cpu")).name).toBe("cpu");
    vi.stubEnv("LONGTAIL_DEVICE", "");
    const best = (await tried()).find(({ available, onRequest }) => available && onRequest === undefined);
    expect((await use()).name).toBe(best?.name);
  });

  test("what is to be used on request only is not chosen, whether that shows before it is opened or after", async () => {
    vi.spyOn(webgpu, "probe").mockReturnValue({ available: false, reason: "none" });
    const probe = vi.spyOn(tensorflow, "probe").mockReturnValue({ available: true, onRequest: "slow" });
    const open = vi.spyOn(tensorflow, "open").mockResolvedValue({ description: "", onRequest: "slow here" });
    expect(await use("")).toMatchObject({ skipped: [] });
    expect(open).not.toHaveBeenCalled();
    probe.mockReturnValue({ available: true });
    const report = await use("");
    expect(open).toHaveBeenCalledOnce();
    expect(report.name).not.toBe("tensorflow");
    expect(report.skipped).toContainEqual({ name: "tensorflow", reason: "slow here" });
  });

  test("a backend that is not there is refused with what to do", async () => {
    const missing = (await list()).filter(({ available }) => !available);
    for (const { name, reason = "?" } of missing) {
      await expect(use(name)).rejects.toThrow(`The device "${name}" cannot be used here: ${reason}`);
    }
  });
});

test("importing longtail starts no backend of TensorFlow.js", () => {
  const script = `
    await import(process.argv[1]);
    process.stdout.write(Object.keys(globalThis._tfengine.registryFactory).join());`;
  const index = new URL("../../../dist/src/index.js", import.meta.url).href;
  expect(execFileSync(process.execPath, ["--input-type=module", "-e", script, index], { encoding: "utf8" })).toBe("");
});

test("SIMD kernels that cannot start say why, and are not passed over", () => {
  const script = `await import(process.argv[1])`;
  const index = new URL("../../../dist/src/backend/simd/index.js", import.meta.url).href;
  const env = { ...process.env, LONGTAIL_THREADS: "0" };
  const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script, index], {
    env,
    encoding: "utf8",
  });
  expect(status).toBe(1);
  expect(stderr).toContain('RangeError: LONGTAIL_THREADS is "0"; expected a whole number from 1 to 64');
});

test('a script outside this package can import "longtail/backend/simd" and nothing else of longtail', () => {
  const folder = mkdtempSync(join(tmpdir(), "simd-"));
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  try {
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(root, join(folder, "node_modules", "longtail"));
    symlinkSync(join(root, "node_modules", "@tensorflow"), join(folder, "node_modules", "@tensorflow"));
    const script = `
      import { NAME } from "longtail/backend/simd";
      import * as tf from "@tensorflow/tfjs-core";
      await tf.setBackend(NAME);
      console.log(tf.getBackend(), tf.sum(tf.add(tf.tensor1d([1, 2]), tf.tensor1d([3, 4]))).dataSync()[0]);`;
    const argv = ["--input-type=module", "-e", script];
    const printed = execFileSync(process.execPath, argv, { cwd: folder, encoding: "utf8" });
    expect(printed.trim()).toBe("simd 10");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
