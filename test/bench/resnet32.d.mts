import type { Scalar, Tensor, Tensor2D, Tensor4D, Variable } from "@tensorflow/tfjs";

export interface Batch {
  readonly images: Tensor4D;
  readonly labels: Tensor2D;
}

export interface State {
  readonly parameters: Variable[];
  readonly velocities: Variable[];
  readonly running: { mean: Variable; variance: Variable }[];
}

export function batch(index: number, count: number, size?: number): Batch;
export function variables(): State;
export function model(state: State, images: Tensor4D, training: boolean): Tensor2D;
export function loss(state: State, data: Batch, training: boolean): Scalar;
export function gradients(state: State, data: Batch): { value: Scalar; gradients: Tensor[] };
export function step(state: State, data: Batch): number;
export function dispose(state: State): void;
