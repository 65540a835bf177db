import * as tf from "@tensorflow/tfjs-core";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { Named } from "../models/index.js";
import { CheckpointError, type Checkpoint } from "./checkpoint-file.js";
import type { EpochRecord } from "./events.js";

/** What a checkpoint holds besides tensors and where the run is. */
export interface State {
  readonly records: EpochRecord[];
  readonly seconds: number;
  readonly loss: { readonly sum: number; readonly images: number };
  readonly memory: unknown;
}

/** Copies of all values, from the device. */
export async function valuesOf(named: readonly Named[]): Promise<Checkpoint["tensors"]> {
  const tensors = new Map<string, { shape: readonly number[]; values: Float32Array }>();
  for (const { name, variable } of named)
    tensors.set(name, { shape: variable.shape, values: (await (variable as Tensor).data()) as Float32Array });
  return tensors;
}

/**
 * Gives variables the values that a checkpoint has for them.
 * @param what what the checkpoint is, as the error says it
 * @throws CheckpointError where it is of other variables, as after a change of a network of one's own
 */
export function restore(named: readonly Named[], { tensors }: Checkpoint, what: string): void {
  const size = (shape: readonly number[] | undefined): string =>
    shape ? `${shape.join(" x ") || "one number"}` : "none";
  const wanted = new Map(named.map(({ name, variable }) => [name, variable.shape]));
  for (const name of [...wanted.keys(), ...tensors.keys()]) {
    const [expected, found] = [wanted.get(name), tensors.get(name)?.shape].map(size);
    if (expected !== found)
      throw new CheckpointError(
        `${what} is of another network: of "${name}" it has ${found}, expected ${expected}. Is its models.define as it was then?`,
      );
  }
  for (const { name, variable } of named) {
    const { shape, values } = tensors.get(name)!;
    tf.tidy(() => variable.assign(tf.tensor(values, shape as number[])));
  }
}
