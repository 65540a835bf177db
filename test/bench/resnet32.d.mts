import type { Scalar, Tensor, Tensor2D, Tensor4D, Variable } from "@tensorflow/tfjs";
import type * as Fused from "../../src/backend/fused/index.js";

export interface Batch {
  readonly images: Tensor4D;
  readonly labels: Tensor2D;
}

export interface State {
  readonly parameters: Variable[];
  readonly velocities: Variable[];
  readonly running: { mean: Variable; variance: Variable }[];
  readonly fused: typeof Fused | undefined;
}

export function batch(index: number, count: number, size?: number): Batch;
export function variables(fused?: typeof Fused): State;
export function model(state: State, images: Tensor4D, training: boolean): Tensor2D;
export function loss(state: State, data: Batch, training: boolean): Scalar;
export function gradients(state: State, data: Batch): { value: Scalar; gradients: Tensor[] };
export function step(state: State, data: Batch): number;
export function dispose(state: State): void;
