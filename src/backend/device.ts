/** Where numbers are crunched: which TensorFlow.js backends can be used here, and the choice among them. */
import { availableParallelism, cpus } from "node:os";
import { escapeHtml } from "../show/grid.js";
import { check, oneOf } from "../options.js";
import type { Availability, Backend, Opened, Precision } from "./backend.js";
import type { NormalRows, RowSums } from "./fused/normal-sums.js";
import { cpu } from "./cpu.js";
import { simd } from "./simd.js";
import { threadCount } from "./simd/pool.js";
import { tensorflow } from "./tensorflow.js";
import { webgpu } from "./webgpu.js";

/** Best first: the order in which `use()` tries them. */
const BACKENDS: readonly Backend[] = [tensorflow, webgpu, simd, cpu];

/** A backend, and whether it can be used here. */
export interface Device {
  /** What `use` and the environment variable LONGTAIL_DEVICE call it. */
  readonly name: string;
  /** One line for people. */
  readonly title: string;
  readonly available: boolean;
  /** Why `use()` does not choose it by itself. */
  readonly onRequest?: string;
  /** Why it cannot be used. */
  readonly reason?: string;
  /** What to do so that it can. */
  readonly install?: string;
}

/** All backends, best first. Looks at what is installed, without loading any of it. */
export function list(): Promise<Device[]> {
  return Promise.resolve(BACKENDS.map((one) => ({ name: one.name, title: one.title, ...one.probe() })));
}

/**
 * The same, and what would be chosen is opened, as `use()` opens it: what fails is not available, and says why. Takes the time
 * to load it all, and makes none of it the one that TensorFlow.js computes on.
 * @throws RangeError for a wrong LONGTAIL_THREADS
 */
export async function tried(): Promise<Device[]> {
  checkThreads();
  const devices: Device[] = [];
  for (const one of BACKENDS) devices.push({ name: one.name, title: one.title, ...(await availability(one)) });
  return devices;
}

async function availability(backend: Backend): Promise<Availability> {
  const found = backend.probe();
  if (!found.available || found.onRequest !== undefined) return found;
  try {
    const { onRequest } = await backend.open();
    return { available: true, ...(onRequest !== undefined && { onRequest }) };
  } catch (error) {
    return { available: false, reason: reasonOf(error) };
  }
}

/** A wrong number of threads is the user's to correct: no device is passed over for it. @throws RangeError */
const checkThreads = (): void => void threadCount();

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export interface UseOptions {
  /**
   * What convolutions of training multiply in: "single" is float32; "half" rounds what is multiplied to float16, sums in
   * float32, and leaves evaluation as it is (a GPU through WebGPU alone). Default: LONGTAIL_PRECISION, else "single".
   */
  readonly precision?: Precision;
}

/**
 * Makes a backend the one that TensorFlow.js computes on: the named one, else that of the environment variable
 * LONGTAIL_DEVICE, else the best that works. All of TensorFlow.js is loaded here; importing longtail loads only its core.
 *
 * @throws RangeError for an unknown name or precision or a wrong LONGTAIL_THREADS, Error (with what to install) for a device that cannot be used here or
 * lacks the precision.
 */
export async function use(
  name = process.env["LONGTAIL_DEVICE"],
  { precision = (process.env["LONGTAIL_PRECISION"] || "single") as Precision, ...rest }: UseOptions = {},
): Promise<DeviceReport> {
  check("device.use", { precision, ...rest }, { precision: oneOf("single", "half") });
  checkThreads();
  if (name !== undefined && name !== "") {
    const backend = named(name);
    return start(backend, await backend.open(), [], precision);
  }
  return first((backend, opened, skipped) => start(backend, opened, skipped, precision));
}

/** What `use()` would choose, which is opened for that: a GPU that does not open is not chosen. @throws as `use` */
export async function chosen(): Promise<string> {
  checkThreads();
  return process.env["LONGTAIL_DEVICE"] || first(({ name }) => Promise.resolve(name));
}

/** What `take` makes of the best backend that opens, and does not fail at that. */
async function first<T>(
  take: (backend: Backend, opened: Opened, skipped: readonly Skipped[]) => Promise<T>,
): Promise<T> {
  const skipped: Skipped[] = [];
  for (const backend of BACKENDS) {
    const found = backend.probe();
    if (!found.available || found.onRequest !== undefined) continue;
    try {
      const opened = await backend.open();
      if (opened.onRequest === undefined) return await take(backend, opened, skipped);
      skipped.push({ name: backend.name, reason: opened.onRequest });
    } catch (error) {
      skipped.push({ name: backend.name, reason: reasonOf(error) });
    }
  }
  throw new Error(`No device works here: ${skipped.map((one) => `${one.name} (${one.reason})`).join(", ")}`);
}

let precisionInUse: Precision = "single";

/** What convolutions of training multiply in on the device in use. */
export function precision(): Precision {
  return precisionInUse;
}

/** Starts a device as `use()` does, unless one was started. */
export async function ensure(): Promise<void> {
  const { engine } = await import("@tensorflow/tfjs-core");
  if (!engine().backendName) await use();
}

/**
 * Draws rows of standard normal numbers and sums them on the device in use (the best there is, if none is): what the
 * simulations of `theory` take as `sums`. The same numbers on every device, to single precision.
 *
 * @throws RangeError for an unknown option or a value out of range
 */
export async function normalSums(rows: NormalRows): Promise<RowSums> {
  await ensure();
  const { normalSums: draw } = await import("./fused/normal-sums.js");
  return draw(rows);
}

function named(name: string): Backend {
  const backend = BACKENDS.find((one) => one.name === name);
  if (!backend) {
    const known = BACKENDS.map((one) => one.name).join(", ");
    throw new RangeError(`There is no device "${name}"; expected one of ${known} (as argument or in LONGTAIL_DEVICE)`);
  }
  const found = backend.probe();
  if (found.available) return backend;
  const advice = found.install === undefined ? "" : `. To install it: ${found.install}`;
  throw new Error(`The device "${name}" cannot be used here: ${found.reason}${advice}`);
}

async function start(
  backend: Backend,
  { description, threads }: Opened,
  skipped: readonly Skipped[],
  precision: Precision,
): Promise<DeviceReport> {
  if (precision === "half" && !backend.setPrecision)
    throw new Error(`The device "${backend.name}" computes in single precision alone; half precision is for "webgpu"`);
  const how = await backend.setPrecision?.(precision);
  const tf = await import("@tensorflow/tfjs");
  if (!(await tf.setBackend(backend.name))) {
    throw new Error(`TensorFlow.js could not start its backend "${backend.name}"; its own message stands above`);
  }
  precisionInUse = precision;
  const whole = how === undefined ? description : `${description}, ${how}`;
  return new DeviceReport(backend.name, whole, threads, tf.version.tfjs, skipped);
}

/** A better backend that was found but failed to start, or is slower here than it should be. */
export interface Skipped {
  readonly name: string;
  readonly reason: string;
}

/** What computes now; shows itself as a table in a notebook, and as text (`String(report)`). */
export class DeviceReport {
  /** Version of Node.js. */
  readonly node = process.versions.node;
  /** Model of the processor, as the system calls it. */
  readonly processor = cpus()[0]?.model.trim() ?? "unknown";
  /** Processor cores that this process may use. */
  readonly cores = availableParallelism();

  constructor(
    /** The backend's name, as TensorFlow.js has it. */
    readonly name: string,
    readonly description: string,
    /** Threads that compute; undefined where the backend does not say. */
    readonly threads: number | undefined,
    /** Version of TensorFlow.js. */
    readonly tensorflow: string,
    /** Better ones that were found but not taken. */
    readonly skipped: readonly Skipped[],
  ) {}

  toString(): string {
    return this.#rows()
      .map(([head, text]) => `${head.padEnd(15)}${text}`)
      .join("\n");
  }

  [Symbol.for("Jupyter.display")](): Record<string, string> {
    const rows = this.#rows().map(
      ([head, text]) => `<tr><th scope="row" ${LEFT}>${head}</th><td ${LEFT}>${escapeHtml(text)}</td></tr>`,
    );
    return { "text/html": `<table>${rows.join("")}</table>`, "text/plain": this.toString() };
  }

  #rows(): [head: string, text: string][] {
    return [
      ["Device", `${this.name}: ${this.description}`],
      ["Threads", String(this.threads ?? "chosen by the backend")],
      ["TensorFlow.js", this.tensorflow],
      ["Node.js", this.node],
      ["Processor", `${this.processor}, ${this.cores} ${this.cores === 1 ? "core" : "cores"}`],
      ...this.skipped.map(({ name, reason }): [string, string] => ["Skipped", `${name}: ${reason}`]),
    ];
  }
}

const LEFT = 'style="text-align:left"';
