import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { PairedBatches } from "../../../src/semi/two-views.js";
import { rowsOf, tinyExamples } from "./tiny-network.js";
import { tinyTask } from "./tiny-task.js";

beforeAll(() => use("simd"));

const given = tinyTask();

function epoch(views: 1 | 2, { options = given, unlabeled = given.unlabeled, at = { epoch: 1, step: 0 } } = {}) {
  const feed = new PairedBatches(options, unlabeled);
  return Array.from(feed.from(at, views), ({ batch, labeled, second }) => ({
    labeled,
    positions: [...batch.positions],
    labels: [...batch.labels.dataSync()],
    images: rowsOf(batch.images),
    second: second && { positions: [...second.positions], images: rowsOf(second.images) },
  }));
}

test("the second view shows the same images in another way; the first does not depend on it", () => {
  const before = tf.memory().numTensors;
  const [one, two] = [epoch(1), epoch(2)];
  expect(tf.memory().numTensors).toBe(before);
  expect(two).toHaveLength(4);
  two.forEach(({ second, ...first }, i) => {
    expect(one[i]).toEqual({ ...first, second: undefined });
    expect(second!.positions).toEqual(first.positions);
    const equal = first.images.filter((row, k) => String(row) === String(second!.images[k]));
    expect(equal.length).toBeLessThan(first.images.length / 2);
  });
});

test("each epoch varies images in ways of its own", () => {
  // One labeled and one unlabeled image, again and again: the epochs differ in nothing else.
  const options = { ...tinyTask({ labeled: 1, unlabeled: 1 }), batchSize: 24 };
  const [one, other] = [0, 1].map((at) => epoch(2, { options, ...options, at: { epoch: at, step: 0 } })[0]!);
  expect(other!.positions).toEqual(one!.positions);
  expect(other!.images).not.toEqual(one!.images);
  expect(other!.second!.images).not.toEqual(one!.second!.images);
});

test("without augmentation, both views are the images themselves", () => {
  for (const { images, second } of epoch(2, { options: { ...given, augmentation: "none" } }))
    expect(second!.images).toEqual(images);
});

test("from the middle of an epoch, the rest of it", () => {
  expect(epoch(2, { at: { epoch: 1, step: 2 } })).toEqual(epoch(2).slice(2));
});

test("labels of unlabeled images are not looked at, nor how many classes they have", () => {
  const other = tinyExamples(24, 2, 20);
  expect(other.image(5)).toEqual(given.unlabeled.image(5));
  expect(epoch(2, { unlabeled: other })).toEqual(epoch(2));
  for (const { labels, labeled, positions } of epoch(1)) {
    expect(labels.slice(0, labeled)).toEqual(positions.slice(0, labeled).map((at) => given.train.labels[at]));
    expect(new Set(labels.slice(labeled))).toEqual(new Set([0]));
  }
});

test("leaving in the middle leaves nothing behind", () => {
  const before = tf.memory().numTensors;
  for (const _ of new PairedBatches(given, given.unlabeled).from({ epoch: 0, step: 0 }, 2)) break;
  expect(tf.memory().numTensors).toBe(before);
});
