import { setImmediate as otherWork } from "node:timers/promises";
import * as tf from "@tensorflow/tfjs-core";
import type { Scalar, Tensor } from "@tensorflow/tfjs-core";
import { CompiledSteps } from "../backend/compiled-steps.js";
import type { Named } from "../models/index.js";
import type { Checkpoint } from "./checkpoint-file.js";
import type { Checkpoints } from "./checkpoints.js";
import type { EpochRecord, Observer, TrainEvent } from "./events.js";
import { gradientsOf, makeOptimizer, type Optimizer, type ResolvedOptimizer } from "./optimizer.js";
import { RunningLoss } from "./running-loss.js";
import { learningRate, type ResolvedSchedule } from "./schedule.js";
import { restore, valuesOf, type State } from "./snapshot.js";
import type { Moment, Step, AnyTask } from "./task.js";

export interface LoopOptions {
  readonly epochs: number;
  readonly schedule: ResolvedSchedule;
  readonly optimizer: ResolvedOptimizer;
  readonly checkpoints?: Checkpoints | undefined;
  /** Seconds between two checkpoints within an epoch. */
  readonly checkpointEvery: number;
  /** Epochs between two evaluations; the last epoch is evaluated anyway. */
  readonly evaluateEvery: number;
  readonly signal: AbortSignal;
  readonly observers: readonly Observer[];
}

/**
 * Trains a task: step after step, epoch after epoch, evaluated after each. Goes on from the newest checkpoint; an abort of the
 * signal ends it after the step it is in, with a checkpoint.
 * @returns all epochs, those of earlier sittings too
 * @throws the signal's reason; DivergenceError; DiskError
 */
export async function loop(task: AnyTask, options: LoopOptions): Promise<EpochRecord[]> {
  const { epochs, schedule, signal, checkpoints } = options;
  const optimizer = makeOptimizer(options.optimizer, task.weights, task.rateFactor);
  const everything: readonly Named[] = [...task.weights, ...task.carried, ...optimizer.variables];
  const compiled = new CompiledSteps(everything.map(({ variable }) => variable));
  const emit = async (event: TrainEvent): Promise<void> => {
    for (const observer of options.observers) await observer(event);
  };
  let [epoch, step, records] = [0, 0, [] as EpochRecord[]];
  let [loss, seconds, began, saved] = [new RunningLoss(), 0, performance.now(), performance.now()];
  const elapsed = (): number => seconds + (performance.now() - began) / 1000;

  const resume = (checkpoint: Checkpoint): void => {
    const state = checkpoint.state as State;
    restore(everything, checkpoint, "The checkpoint that the run would go on from");
    task.memory?.restore(state.memory);
    ({ epoch, step } = checkpoint);
    ({ records, seconds } = state);
    loss = new RunningLoss(state.loss.sum, state.loss.images);
  };
  const save = async (at: Moment = { epoch, step }): Promise<void> => {
    if (!checkpoints) return;
    const memory: unknown = task.memory?.save() ?? null;
    const state: State = { records, seconds: elapsed(), loss: await loss.save(), memory };
    checkpoints.save({ ...at, state, tensors: await valuesOf(everything) });
    saved = performance.now();
    await emit({ type: "checkpoint", at });
  };

  try {
    const checkpoint = checkpoints?.latest();
    if (checkpoint) resume(checkpoint);
    await emit({ type: "begin", epochs, stepsIn: (e) => task.stepsIn(e), at: { epoch, step }, records });
    for (; epoch < epochs; epoch++) {
      const steps = task.stepsIn(epoch);
      const rateNow = (): number => learningRate(schedule, { epoch, fraction: step / steps, epochs });
      for await (const one of task.steps({ epoch, step })) {
        loss.add(await update(one, task.weights, optimizer, rateNow(), compiled), one.images);
        step++;
        await emit({ type: "step", at: { epoch, step }, images: one.images, loss });
        await otherWork();
        if (signal.aborted || (performance.now() - saved) / 1000 > options.checkpointEvery) await save();
        signal.throwIfAborted();
      }
      const mean = await loss.mean();
      const isDue = (epoch + 1) % options.evaluateEvery === 0 || epoch === epochs - 1;
      if (isDue) await emit({ type: "evaluate", epoch });
      const metrics = (isDue && (await evaluated(task, epoch, signal, compiled, save))) || {};
      const rate = learningRate(schedule, { epoch, fraction: Math.max(0, steps - 1) / steps, epochs });
      const record = { epoch, rate, loss: mean, metrics, seconds: elapsed() };
      records = [...records, record];
      [loss, seconds, began] = [new RunningLoss(), 0, performance.now()];
      await emit({ type: "epoch", record });
      step = 0;
      await save({ epoch: epoch + 1, step });
      signal.throwIfAborted();
    }
    await emit({ type: "end", finished: true });
    return records;
  } catch (error) {
    await emit({ type: "end", finished: false });
    throw error;
  } finally {
    loss.dispose();
    compiled.dispose();
    tf.dispose(optimizer.variables.map(({ variable }) => variable));
  }
}

/** One update of the weights. @returns the loss before it, which the caller disposes of */
async function update(
  { program, inputs = [], ...step }: Step,
  weights: readonly Named[],
  optimizer: Optimizer,
  rate: number,
  compiled: CompiledSteps,
): Promise<Scalar> {
  const variables = weights.map(({ variable }) => variable);
  const compute = (given: readonly Tensor[], rateNow: number | Scalar): Scalar =>
    tf.tidy(() => {
      const constants = step.constants?.(given) ?? [];
      const { value, grads } = tf.variableGrads(() => step.loss(given, constants), variables);
      optimizer.step(gradientsOf(weights, grads), rateNow);
      step.after?.(constants, given);
      return value;
    });
  if (program === undefined || !CompiledSteps.areUseful()) return compute(inputs, rate);
  const last = tf.scalar(rate);
  try {
    return await compiled.run(program, [...inputs, last], (given) =>
      compute(given.slice(0, -1), given.at(-1) as Scalar),
    );
  } finally {
    last.dispose();
  }
}

/** An evaluation that is stopped costs no training: the checkpoint says that all steps are done. */
async function evaluated(
  task: AnyTask,
  epoch: number,
  signal: AbortSignal,
  compiled: CompiledSteps,
  save: () => Promise<void>,
) {
  try {
    return await task.evaluate?.(epoch, signal, compiled);
  } catch (error) {
    if (signal.aborted) await save();
    throw error;
  }
}
