import { describe, expect, test } from "vitest";
import { parseCifarPickle } from "../../../../src/data/formats/cifar-python.js";
import { cifar100Layout, cifar10Layout } from "../../../../src/data/formats/cifar-layout.js";
import { volume } from "../../../volume.js";
import { pickles, sha256, unpacked } from "./fixture.js";
import { fuzz, span } from "./mutation.js";
import { pythonTwo } from "./pickle-writer.js";

const made = Object.entries(pickles).flatMap(([maker, { nhwc, cifar10, cifar100 }]) =>
  Object.keys(cifar10).map((protocol) => ({
    title: `${maker}, protocol ${protocol}`,
    nhwc,
    ten: unpacked(cifar10[protocol]!),
    hundred: unpacked(cifar100[protocol]!),
  })),
);
const planes = Uint8Array.from({ length: 2 * 3072 }, (_, i) => (i * 7) % 253);

describe("pickles of the Python version", () => {
  test.each(made)("$title", ({ ten, hundred, nhwc }) => {
    const set = parseCifarPickle(Buffer.from(ten), "data_batch_1", cifar10Layout, 10_000);
    expect([...set.labels]).toEqual([3, 9]);
    expect(sha256(set.bytes)).toBe(nhwc);
    for (const [labels, wanted] of [
      ["fine", [99, 0]],
      ["coarse", [19, 4]],
    ] as const) {
      const { bytes, labels: found } = parseCifarPickle(Buffer.from(hundred), "train", cifar100Layout(labels), 10_000);
      expect([...found]).toEqual(wanted);
      expect(sha256(bytes)).toBe(nhwc);
    }
  });

  test("images stay where they lie in the file", () => {
    const file = Buffer.from(pythonTwo({ labels: [1, 2], data: planes, shape: [2, 3072] }));
    const { bytes } = parseCifarPickle(file, "f", cifar10Layout, 2);
    expect(bytes.buffer).toBe(file.buffer);
  });

  test.each([
    [
      "labels out of range",
      { labels: [3, 10], data: planes, shape: [2, 3072] },
      "expected labels[1] from 0 to 9, found 10",
    ],
    [
      "negative labels",
      { labels: [-1, 0], data: planes, shape: [2, 3072] },
      "expected labels[0] from 0 to 9, found -1",
    ],
    [
      "too few labels",
      { labels: [3], data: planes, shape: [2, 3072] },
      "expected 2 labels labels, one an image, found a list of 1",
    ],
    [
      "another shape",
      { labels: [3, 1], data: planes, shape: [3072, 2] },
      "expected an array data of u1, [count, 3072], found an array of u1, [3072, 2]",
    ],
    ["no image", { labels: [], data: planes.subarray(0, 0), shape: [0, 3072] }, "found an array of u1, [0, 3072]"],
    ["no data", { labels: [] }, 'expected an entry data, found "labels"'],
    ["nothing", {}, "expected an entry data, found none at all"],
    ["too many images", { labels: [3, 1], data: planes, shape: [2, 3072] }, "expected at most 1 images, found 2"],
  ])("refuses %s", (_, entries, message) => {
    const most = message.includes("at most 1") ? 1 : 2;
    expect(() => parseCifarPickle(pythonTwo(entries), "f", cifar10Layout, most)).toThrow(message);
  });

  test("refuses CIFAR-100 as CIFAR-10, and names of classes as a batch", () => {
    expect(() => parseCifarPickle(Buffer.from(made[0]!.hundred), "train", cifar10Layout, 9)).toThrow(
      /expected an entry labels, found .*fine_labels/,
    );
    const names = Buffer.from([...Buffer.from("\x80\x02]U\x05applea.", "latin1")]);
    expect(() => parseCifarPickle(names, "meta", cifar10Layout, 9)).toThrow(
      "meta, byte 0: expected a dict, found a list of 1",
    );
  });

  test("whatever is in the file, a FileError or images and labels", async () => {
    const files = made.map(({ ten: bytes }) => {
      const from = bytes.indexOf("data") + 4;
      // What surrounds the pixels: they are the longest bytes or text of the file.
      return {
        bytes,
        matters: [...span(0, Math.min(from + 220, bytes.length)), ...span(bytes.length - 90, bytes.length)],
      };
    });
    const counts = await fuzz(
      files,
      (bytes) => parseCifarPickle(bytes, "f", cifar10Layout, 4),
      ({ bytes, labels }) => {
        if (labels.some((label) => label > 9) || bytes.length !== labels.length * 3072) expect(labels).toBe("in order");
      },
    );
    expect(counts.refused).toBeGreaterThan(volume(4000));
    expect(counts.read).toBeGreaterThan(volume(500));
  });

  test("another pixel in the file is another pixel of that image, and all else is the same", () => {
    const file = pythonTwo({ labels: [1, 2], data: planes, shape: [2, 3072] });
    const from = Buffer.from(file).indexOf(planes);
    const before = parseCifarPickle(Uint8Array.from(file), "f", cifar10Layout, 2);
    for (let at = 0; at < planes.length; at += 101) {
      const changed = Uint8Array.from(file);
      changed[from + at]! ^= 255;
      const after = parseCifarPickle(changed, "f", cifar10Layout, 2);
      expect(after.labels).toEqual(before.labels);
      const [image, byte] = [Math.floor(at / 3072), at % 3072];
      const place = image * 3072 + 3 * (byte % 1024) + Math.floor(byte / 1024);
      expect(after.bytes[place]).toBe(255 - before.bytes[place]!);
      after.bytes[place]! ^= 255;
      expect(Buffer.compare(after.bytes, before.bytes)).toBe(0);
    }
  });
});
