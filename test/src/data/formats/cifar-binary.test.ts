import { describe, expect, test } from "vitest";
import { ByteStream } from "../../../../src/data/formats/byte-stream.js";
import { readCifarRecords } from "../../../../src/data/formats/cifar-binary.js";
import { cifar100Layout, cifar10Layout, type CifarLayout } from "../../../../src/data/formats/cifar-layout.js";
import { volume } from "../../../volume.js";
import { images, sha256, unpacked } from "./fixture.js";
import { fuzz, span } from "./mutation.js";

const ten = unpacked(images.cifar10.file);
const hundred = unpacked(images.cifar100.file);

interface Read {
  readonly count: number;
  readonly bytes: Uint8Array;
  readonly labels: Uint16Array;
}

async function read(bytes: Uint8Array, layout: CifarLayout, most = 3): Promise<Read> {
  const room = { bytes: new Uint8Array(most * 3072), labels: new Uint16Array(most) };
  return { ...room, count: await readCifarRecords(ByteStream.of(bytes, "a.bin"), layout, room, 0) };
}

describe("records of the binary version", () => {
  test.each([
    ["CIFAR-10", ten, cifar10Layout, images.cifar10.labels],
    ["CIFAR-100, fine", hundred, cifar100Layout("fine"), images.cifar100.fine],
    ["CIFAR-100, coarse", hundred, cifar100Layout("coarse"), images.cifar100.coarse],
  ])("%s as numpy has them", async (_, file, layout, labels) => {
    const set = await read(file, layout);
    expect(set.count).toBe(3);
    expect([...set.labels]).toEqual(labels);
    expect(sha256(set.bytes)).toBe(images.nhwc);
  });

  test("files follow one another in one room", async () => {
    const room = { bytes: new Uint8Array(6 * 3072), labels: new Uint16Array(6) };
    const next = (from: number): Promise<number> =>
      readCifarRecords(ByteStream.of(ten, "a.bin"), cifar10Layout, room, from);
    expect(await next(await next(0))).toBe(6);
    expect([...room.labels]).toEqual([...images.cifar10.labels, ...images.cifar10.labels]);
    expect(sha256(room.bytes.subarray(3 * 3072))).toBe(images.nhwc);
  });

  test("many records, in pieces that end anywhere", async () => {
    const count = 1000;
    const file = new Uint8Array(count * 3073);
    for (let i = 0; i < count; i++)
      file.fill(i % 251, i * 3073 + 1, (i + 1) * 3073).fill(i % 10, i * 3073, i * 3073 + 1);
    const pieces = function* (): Generator<Uint8Array> {
      for (let at = 0; at < file.length; at += 99_991) yield file.subarray(at, at + 99_991);
    };
    const room = { bytes: new Uint8Array(count * 3072), labels: new Uint16Array(count) };
    const stream = new ByteStream("a.bin", pieces(), file.length);
    expect(await readCifarRecords(stream, cifar10Layout, room, 0)).toBe(count);
    for (let i = 0; i < count; i++) {
      expect(room.labels[i]).toBe(i % 10);
      expect(room.bytes.subarray(i * 3072, (i + 1) * 3072).every((byte) => byte === i % 251)).toBe(true);
    }
  });

  test("errors say where", async () => {
    await expect(read(ten.subarray(0, -1), cifar10Layout)).rejects.toThrow(
      "a.bin, byte 9218: expected whole records of 3073 bytes, found 3072 bytes of one at the end",
    );
    await expect(read(new Uint8Array(0), cifar10Layout)).rejects.toThrow("expected whole records");
    await expect(read(ten, cifar10Layout, 2)).rejects.toThrow("byte 6146: expected at most 2 images, found one more");
    const wrong = Uint8Array.from(ten);
    wrong[3073] = 10;
    await expect(read(wrong, cifar10Layout)).rejects.toThrow(
      "byte 3073: expected a label from 0 to 9 (image 1 of the file), found 10",
    );
    // The label that is not asked for must be in range as well.
    const coarse = Uint8Array.from(hundred);
    coarse[0] = 20;
    await expect(read(coarse, cifar100Layout("fine"))).rejects.toThrow("byte 0: expected a label from 0 to 19");
    await expect(read(hundred, cifar10Layout)).rejects.toThrow("a.bin");
  });

  test("whatever is in the file, a FileError or images and labels", async () => {
    for (const [bytes, layout] of [
      [ten, cifar10Layout],
      [hundred, cifar100Layout("fine")],
    ] as const) {
      const record = bytes.length / 3;
      const matters = [0, 1, 2].flatMap((i) => span(i * record, i * record + record - 3072));
      const counts = await fuzz(
        [{ bytes, matters }],
        (damaged) => read(damaged, layout, 4),
        ({ count, labels }) => {
          if (count < 1 || labels.some((label) => label >= layout.classes.length)) expect(labels).toBe("in order");
        },
      );
      expect(counts.refused).toBeGreaterThan(volume(4000));
      expect(counts.read).toBeGreaterThan(volume(1000));
    }
  });

  test("another pixel in the file is another pixel of that image, and all else is the same", async () => {
    const before = await read(ten, cifar10Layout);
    for (let at = 0; at < ten.length; at += 101) {
      const [image, byte] = [Math.floor(at / 3073), (at % 3073) - 1];
      if (byte < 0) continue;
      const changed = Uint8Array.from(ten);
      changed[at]! ^= 255;
      const after = await read(changed, cifar10Layout);
      expect(after.labels).toEqual(before.labels);
      const place = image * 3072 + 3 * (byte % 1024) + Math.floor(byte / 1024);
      expect(after.bytes[place]).toBe(255 - before.bytes[place]!);
      after.bytes[place]! ^= 255;
      expect(Buffer.compare(after.bytes, before.bytes)).toBe(0);
    }
  });
});
