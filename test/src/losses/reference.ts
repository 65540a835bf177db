import { readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs";
import type { Scalar, Tensor1D, Tensor2D } from "@tensorflow/tfjs-core";
import { expect } from "vitest";
import { exponentialProfile } from "../../../src/tail/index.js";
import { effectiveNumberWeights } from "../../../src/rebalance/index.js";

export interface Case {
  readonly logits: number[][];
  readonly labels: number[];
  readonly counts: number[];
  readonly weights: number[];
}

interface Result {
  readonly case: string;
  readonly loss: string;
  readonly options: Record<string, number | string>;
  readonly weighted: boolean;
  readonly value: number;
  /** Of all logits, row by row; with more than 10 classes, of the true classes' logits. */
  readonly gradient: number[];
  /** Length of the whole gradient. */
  readonly norm: number;
}

const file = JSON.parse(readFileSync(new URL("../../fixtures/losses/losses.json", import.meta.url), "utf8")) as {
  cases: Record<string, Case>;
  results: Result[];
  margins: Record<string, number[]>;
};

export const cifar100 = exponentialProfile({ classes: 100, head: 500, rho: 100 });

/** What make_losses.py computed, with the inputs that it makes by formulas. */
export const reference = {
  ...file,
  cases: {
    ...file.cases,
    "as CIFAR-100-LT": {
      logits: grid(6, 100, 8),
      labels: file.cases["as CIFAR-100-LT"]!.labels,
      counts: cifar100,
      weights: effectiveNumberWeights(cifar100, 0.9999),
    },
  } as Record<string, Case>,
};

function grid(batch: number, classes: number, spread: number): number[][] {
  const at = (i: number, c: number): number => ((((i * 7919 + c * 104729) % 2001) - 1000) / 1024) * spread;
  return Array.from({ length: batch }, (_, i) => Array.from({ length: classes }, (_, c) => at(i, c)));
}

/** A loss and its gradient, row by row. */
export function evaluate(
  loss: (logits: Tensor2D, labels: Tensor1D) => Scalar,
  logits: readonly (readonly number[])[],
  labels: readonly number[],
): { value: number; gradient: Float32Array } {
  return tf.tidy(() => {
    const truth = tf.tensor1d(labels as number[], "int32");
    const { value, grad } = tf.valueAndGrad((z) => loss(z as Tensor2D, truth))(tf.tensor2d(logits as number[][]));
    return { value: value.dataSync()[0]!, gradient: grad.dataSync<"float32">() };
  });
}

/** Results of one loss: its value, gradient and the gradient's length are those of the fixture. */
export function expectAsReference(
  result: Result,
  loss: (logits: Tensor2D, labels: Tensor1D, one: Case, weights?: number[]) => Scalar,
): void {
  const one = reference.cases[result.case]!;
  const weights = result.weighted ? one.weights : undefined;
  const { value, gradient } = evaluate((z, y) => loss(z, y, one, weights), one.logits, one.labels);
  expect(Math.abs(value - result.value)).toBeLessThanOrEqual(2e-6 * result.value);
  const classes = one.logits[0]!.length;
  const kept = classes > 10 ? one.labels.map((y, i) => gradient[i * classes + y]!) : gradient;
  expect(distance(kept, result.gradient) / result.norm).toBeLessThan(4e-6);
  expect(Math.abs(Math.hypot(...gradient) / result.norm - 1)).toBeLessThan(2e-6);
}

/** Length of the difference of two vectors. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Math.hypot(...Array.from(a, (value, i) => value - b[i]!));
}
