import { afterEach, beforeEach, expect, test } from "vitest";
import type { MimeBundle } from "../../../../src/show/index.js";
import type { EpochRecord, TrainEvent } from "../../../../src/train/events.js";
import { progressBar } from "../../../../src/train/observers/progress-bar.js";
import { RunningLoss } from "../../../../src/train/running-loss.js";

const KERNEL = Symbol.for("longtail.kernel");
let shown: string[];
beforeEach(() => {
  shown = [];
  const display = (data: MimeBundle): void => void shown.push(data["text/plain"] as string);
  (globalThis as Record<symbol, unknown>)[KERNEL] = { signal: new AbortController().signal, display };
});
afterEach(() => {
  delete (globalThis as Record<symbol, unknown>)[KERNEL];
});

/** Past the time within which nothing is drawn anew. */
const moment = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 110));
const begin = (at = { epoch: 0, step: 0 }): TrainEvent => ({
  ...{ type: "begin", epochs: 3, at, records: [] },
  stepsIn: (epoch) => [10, 20, 30][epoch]!,
});
const step = (epoch: number, step: number): TrainEvent => ({
  ...{ type: "step", at: { epoch, step }, images: 4, loss: new RunningLoss() },
});
const record: EpochRecord = {
  epoch: 1,
  rate: 0.1,
  loss: 0.123456,
  metrics: { test: 0.5, validation: 0.25 },
  seconds: 1,
};

test("counts the steps of all epochs, and says what an epoch found", async () => {
  const observe = progressBar("resnet32");
  await observe(begin());
  expect(shown).toEqual([expect.stringContaining("resnet32 ▕░")]);
  expect(shown[0]).toContain("0 % · 0 of 60 steps");
  await moment();
  await observe(step(1, 5));
  expect(shown.at(-1)).toContain("25 % · 15 of 60 steps");
  await moment();
  await observe({ type: "evaluate", epoch: 1 });
  expect(shown.at(-1)).toMatch(/15 of 60 steps .* · epoch 2: evaluating$/);
  await moment();
  await observe({ type: "epoch", record });
  expect(shown.at(-1)).toMatch(/ · epoch 2: loss 0\.1235, test 0\.5, validation 0\.25$/);
  await observe(step(2, 30));
  await observe({ type: "end", finished: true });
  expect(shown.at(-1)).toMatch(/60 steps · done$/);
});

test("a run that goes on begins where it was, and its speed is that of this sitting", async () => {
  const observe = progressBar("resnet32");
  await observe(begin({ epoch: 2, step: 3 }));
  expect(shown[0]).toMatch(/55 % · 33 of 60 steps$/);
  await moment();
  await observe(step(2, 4));
  const [, rate] = / 34 of 60 steps · ([\d.]+)\/s /.exec(shown.at(-1))!;
  expect(Number(rate)).toBeLessThan(10); // one step in a tenth of a second or more, not 34
});

test("a run that was done already is drawn as done", async () => {
  const observe = progressBar("resnet32");
  await observe(begin({ epoch: 3, step: 0 }));
  await observe({ type: "end", finished: true });
  expect(shown.at(-1)).toMatch(/60 steps · done$/);
});

test("stopped: it says where; an end before the beginning is no error", async () => {
  const observe = progressBar("resnet32");
  await observe({ type: "end", finished: false });
  expect(shown).toEqual([]);
  await observe(begin());
  await observe(step(0, 7));
  await observe({ type: "end", finished: false });
  expect(shown.at(-1)).toMatch(/stopped at 7 of 60 steps$/);
});
