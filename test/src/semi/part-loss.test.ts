import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import type { Network } from "../../../src/models/index.js";
import { effectiveNumberWeights } from "../../../src/rebalance/index.js";
import { meanTeacherTask } from "../../../src/semi/mean-teacher.js";
import { twoTerm } from "../../../src/semi/two-term.js";
import { vatTask } from "../../../src/semi/vat.js";
import type { Scored, SupervisedOptions } from "../../../src/train/supervised.js";
import { prepared } from "../train/prepared.js";
import { tinyNetwork } from "./tiny-network.js";
import { tinyTask } from "./tiny-task.js";
import { choices } from "./vat-task.js";

beforeAll(() => use("simd"));

type Given = ReturnType<typeof tinyTask>;
const TASKS: [name: string, parts: number, make: (network: Network, given: Given) => Scored][] = [
  ["two terms", 2, (network, given) => twoTerm(network, { ...given, omega: 2 })],
  [
    "Mean Teacher",
    1,
    (network, given) =>
      meanTeacherTask(network, { ...given, ...{ decay: 0.5, weight: 1, ramp: 0, epochs: 2, scale: 1 } }),
  ],
  ["VAT", 1, (network, given) => vatTask(network, { ...given, ...choices })],
];

test.each(TASKS)("%s: deferred class weights come with their epoch, in a program of its own", (_name, parts, make) => {
  const given = tinyTask({ labeled: 10, rebalance: { name: "drw", from: 1 } });
  const network = tinyNetwork();
  let seen: (readonly number[] | undefined)[] = [];
  const loss: SupervisedOptions["loss"] = (logits, labels, weights) => {
    seen.push(weights);
    return given.loss(logits, labels, weights);
  };
  const task = make(network, { ...given, loss });
  const programs = [0, 1].map((epoch) => {
    seen = [];
    const own = new Set<string>();
    for (const step of task.steps({ epoch, step: 0 })) {
      tf.tidy(() => prepared(step).loss());
      own.add(step.program!);
    }
    const expected = epoch === 0 ? undefined : effectiveNumberWeights([4, 3, 3], 0.9999);
    expect(seen).toEqual(new Array(parts * task.stepsIn(epoch)).fill(expected));
    return [...own];
  });
  // A recorded step would go on with the weights of the epoch it was recorded in.
  expect(programs.map((own) => own.length)).toEqual([1, 1]);
  expect(programs[1]).not.toEqual(programs[0]);
  for (const one of new Set([network, task.outcome])) one?.dispose();
});
