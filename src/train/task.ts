import type { Scalar, Tensor } from "@tensorflow/tfjs-core";
import type { Recorder } from "../eval/predict.js";
import type { Named } from "../models/index.js";

/** One step of a task, ready to be computed. */
export interface Step {
  /** Images it shows. */
  readonly images: number;
  /** Tensors that the step is made of besides variables; they differ from step to step. Default none. */
  readonly inputs?: readonly Tensor[];
  /**
   * Names all else that the step is made of, constants such as class weights: steps of one program differ in their inputs
   * alone, and may be recorded and replayed (see `CompiledSteps`). Default: never recorded.
   */
  readonly program?: string;
  /** What comes before gradients are recorded, and what of it is a constant of the loss, such as a teacher's answers. */
  constants?(inputs: readonly Tensor[]): readonly Tensor[];
  /** What it minimizes, made of the task's weights, the inputs and the constants: called where gradients are recorded. */
  loss(inputs: readonly Tensor[], constants: readonly Tensor[]): Scalar;
  /** What follows the change of the weights: moving averages, a queue. */
  after?(constants: readonly Tensor[], inputs: readonly Tensor[]): void;
}

/** Where a run is. */
export interface Moment {
  /** From 0. */
  readonly epoch: number;
  /** Of the epoch, from 0. */
  readonly step: number;
}

/** What an evaluation found, by name: { test: 0.71 }, with { testRecall: 0.65 } where the classes are not balanced there. */
export type Metrics = Readonly<Record<string, number>>;

/**
 * What a run trains, and by what: supervised learning, rotation prediction and the like. What step s of epoch e holds depends
 * on the task's options, e and s alone, so that a run that was stopped goes on with the same steps.
 */
export interface Task<Steps extends Iterable<Step> | AsyncIterable<Step> = Iterable<Step>> {
  /** What gradients change. */
  readonly weights: readonly Named[];
  /** What the learning rate of one of them is multiplied by. Default 1. */
  readonly rateFactor?: (weight: Named) => number;
  /** What else changes: running statistics, a teacher, a queue. Belongs to a checkpoint. */
  readonly carried: readonly Named[];
  /** Steps of an epoch. */
  stepsIn(epoch: number): number;
  /** The steps of an epoch from `moment.step` on. A step's tensors are gone when the next is asked for. */
  steps(moment: Moment): Steps;
  /**
   * Looks at what was learned, after an epoch; the names are the same each time. Default: nothing.
   * @param recorder for what is computed alike in each evaluation
   */
  evaluate?(epoch: number, signal?: AbortSignal, recorder?: Recorder): Promise<Metrics>;
  /** What `evaluate` remembers from epoch to epoch, as JSON, and how to go on with it. */
  readonly memory?: { save(): unknown; restore(saved: unknown): void };
  /** Gives back what the task itself made: what is carried besides the network's. */
  dispose?(): void;
}

/** A task whose steps are there at once, or one that waits for them: for pictures that other threads make, say. */
export type AnyTask = Task<Iterable<Step> | AsyncIterable<Step>>;
