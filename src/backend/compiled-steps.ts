import { getBackend, type Tensor, type Variable } from "@tensorflow/tfjs-core";
import { progress } from "../show/progress.js";
import { watchChance } from "./chance.js";
import type { CapturedStep, StepFunction } from "./webgpu/captured-step.js";

/** How often in a row a step is computed as it stands before it is captured: the last batch of an epoch never is. */
const PATIENCE = 2;

/** How often a step is captured again whose variables were replaced. */
const RECAPTURES = 2;

/** Captured steps that are kept: each has all of a step's tensors on the GPU. Two of training, one of evaluation. */
const KEPT = 3;

/**
 * Steps of training that are the same but for their inputs. On a GPU through WebGPU such a step is recorded and replayed, which
 * spares it nearly all of its time in JavaScript; elsewhere it is computed as it stands. The first replay is held against the
 * step as it stands, bit for bit: one that does not repeat itself is never replayed; nor is one that draws random numbers, which
 * may be alike two times: whether a layer is left out, say. What else a step decides in JavaScript, it decides once for all.
 */
export class CompiledSteps {
  private readonly captured = new Map<string, CapturedStep>();
  private readonly refused = new Map<string, string>();
  private readonly recaptured = new Map<string, number>();
  private readonly seen = new Set<string>();
  private moving: ReadonlySet<Variable> = new Set();
  private streak = { key: "", count: 0 };

  /** Whether they mean anything to the device in use. */
  static areUseful(): boolean {
    return getBackend() === "webgpu";
  }

  /** @param variables all that the steps change */
  constructor(private readonly variables: readonly Variable[]) {}

  /** Why steps are not captured, by their programs; for the curious. */
  get reasons(): ReadonlyMap<string, string> {
    return this.refused;
  }

  /** How many captured steps there are. */
  get size(): number {
    return this.captured.size;
  }

  /**
   * Computes a step.
   * @param program tells steps apart that compute otherwise of inputs of the same shapes
   * @returns what it makes, such as the loss, the caller's
   */
  run<T extends Tensor>(program: string, inputs: readonly Tensor[], step: StepFunction<T>): T | Promise<T> {
    if (!CompiledSteps.areUseful()) return step(inputs);
    const key = `${inputs.map(({ shape, dtype }) => `${dtype} ${shape.join("x")}`).join()} ${program}`;
    const { count } = (this.streak = { key, count: key === this.streak.key ? this.streak.count + 1 : 1 });
    if (!this.seen.has(key)) return this.first(key, inputs, step);
    if (process.env["LONGTAIL_CAPTURE"] === "0") return step(inputs);
    const known = this.captured.get(key);
    if (known?.isCurrent()) {
      // Last of those that are kept: the next to be forgotten is one that was not used for longest.
      this.captured.delete(key);
      this.captured.set(key, known);
      return known.replay(inputs) as T;
    }
    if (known) {
      // A checkpoint was read, say. Where it goes on so, capturing again and again would cost more than it saves.
      this.forget(key);
      const again = (this.recaptured.get(key) ?? 0) + 1;
      this.recaptured.set(key, again);
      if (again > RECAPTURES) this.refused.set(key, "its variables are replaced between steps");
    }
    if (count <= PATIENCE || this.refused.has(key)) return this.compute(inputs, step);
    return this.capture(key, inputs, step);
  }

  /**
   * A step of a kind that was not seen before. Where it asks for work that was not measured on this GPU, it is undone, the work
   * is measured, and it is done again: all steps are then cut alike, in this run and the next.
   */
  private async first<T extends Tensor>(key: string, inputs: readonly Tensor[], step: StepFunction<T>): Promise<T> {
    this.seen.add(key);
    const { openedGpu } = await import("./webgpu/register.js");
    const { Snapshot } = await import("./webgpu/snapshot.js");
    const { gpu, tiles, cache, isSoftware } = openedGpu();
    if ((process.env["LONGTAIL_TUNE"] || (isSoftware ? "0" : "1")) === "0") return this.compute(inputs, step);
    const before = Snapshot.of(gpu, this.variables);
    try {
      const made = this.compute(inputs, step);
      if (tiles.unmeasured.length === 0) return made;
      made.dispose();
      before.restore();
    } finally {
      before.dispose();
    }
    const { tune } = await import("./webgpu/tune.js");
    const bar = progress(tiles.unmeasured.length, { label: "Measuring this GPU, once", unit: "programs" });
    try {
      await tune(gpu, tiles, { onWork: (done) => bar.update(done) });
      bar.done();
    } finally {
      bar.stop();
    }
    await cache.save(tiles);
    return this.compute(inputs, step);
  }

  /** As it stands, with a look at which variables are assigned to. */
  private compute<T extends Tensor>(inputs: readonly Tensor[], step: StepFunction<T>): T {
    const before = this.variables.map(({ dataId }) => dataId);
    const made = step(inputs);
    this.moving = new Set(this.variables.filter(({ dataId }, i) => dataId !== before[i]));
    return made;
  }

  dispose(): void {
    for (const key of [...this.captured.keys()]) this.forget(key);
  }

  private async capture<T extends Tensor>(key: string, inputs: readonly Tensor[], step: StepFunction<T>): Promise<T> {
    const { openedGpu } = await import("./webgpu/register.js");
    const { CapturedStep, CaptureError } = await import("./webgpu/captured-step.js");
    const { Snapshot } = await import("./webgpu/snapshot.js");
    const { gpu } = openedGpu();
    const { variables } = this;
    const before = Snapshot.of(gpu, variables);
    let after: typeof before | undefined;
    let made: T | undefined;
    let recorded: CapturedStep<T> | undefined;
    try {
      const { made: first, isByChance } = watchChance(() => this.compute(inputs, step));
      made = first;
      if (isByChance) {
        this.refused.set(key, "it draws random numbers");
        return made;
      }
      after = Snapshot.of(gpu, variables);
      before.restore();
      const { step: captured, result } = CapturedStep.capture(gpu, step, inputs, variables, this.moving);
      recorded = captured;
      result.dispose();
      before.restore();
      const again = captured.replay(inputs);
      const isSame = await after.isNow([made, again]);
      again.dispose();
      if (isSame) {
        this.captured.set(key, captured);
        for (const oldest of [...this.captured.keys()].slice(0, -KEPT)) this.forget(oldest);
      } else {
        captured.dispose();
        this.refused.set(key, "its replay gave other numbers than the step as it stands");
        after.restore();
      }
      return made;
    } catch (error) {
      if (!(error instanceof CaptureError) || !made) {
        // As if it had never been: the same step may be tried again.
        recorded?.dispose();
        made?.dispose();
        before.restore();
        throw error;
      }
      this.refused.set(key, error.message);
      after?.restore();
      return made;
    } finally {
      before.dispose();
      after?.dispose();
    }
  }

  private forget(key: string): void {
    this.captured.get(key)?.dispose();
    this.captured.delete(key);
  }
}
