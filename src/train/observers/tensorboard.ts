import { appendFileSync, readdirSync, rmSync, truncateSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { asDiskError } from "../../disk/disk-error.js";
import { makeFolder } from "../../disk/folder.js";
import type { EpochRecord, Observer } from "../events.js";

const PREFIX = "events.out.tfevents.";

/**
 * Writes TensorBoard's event file into a folder: `tensorboard --logdir FOLDER`. A run that goes on begins a new file with all
 * that the checkpoint knows, in place of the old one.
 */
export function tensorBoard(folder: string): Observer {
  let file = "";
  const append = (bytes: Buffer): void => {
    try {
      appendFileSync(file, bytes);
    } catch (error) {
      throw asDiskError(file, error);
    }
  };
  return (event) => {
    if (event.type === "begin") {
      makeFolder(folder);
      for (const name of readdirSync(folder)) if (name.startsWith(PREFIX)) remove(join(folder, name));
      const seconds = Date.now() / 1000;
      file = join(folder, `${PREFIX}${Math.floor(seconds)}.${hostname()}`);
      append(record([doubleField(1, seconds), bytesField(3, Buffer.from("brain.Event:2"))]));
      for (const one of event.records) append(scalars(one));
    }
    if (event.type === "epoch") append(scalars(event.record));
  };
}

/** Windows deletes nothing that a program has open, as TensorBoard has what it shows, but empties it. @throws DiskError */
function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (error) {
    try {
      truncateSync(path);
    } catch {
      throw asDiskError(path, error); // what went wrong first
    }
  }
}

/** One event with a scalar for each number of an epoch. */
function scalars({ epoch, rate, loss, metrics }: EpochRecord): Buffer {
  const values = Object.entries({ loss, "learning rate": rate, ...metrics }).map(([tag, value]) =>
    bytesField(1, Buffer.concat([bytesField(1, Buffer.from(tag)), floatField(2, value)])),
  );
  const step = Buffer.concat([Buffer.from([(2 << 3) | 0]), varint(epoch)]);
  return record([doubleField(1, Date.now() / 1000), step, bytesField(5, Buffer.concat(values))]);
}

/** The framing of TFRecord: length, its checksum, content, its checksum. */
function record(fields: readonly Buffer[]): Buffer {
  const content = Buffer.concat(fields);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(content.length));
  return Buffer.concat([length, maskedChecksum(length), content, maskedChecksum(content)]);
}

/** Protocol buffers: a field's number and wire type, then its value. */
function bytesField(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2]), varint(bytes.length), bytes]);
}

function doubleField(number: number, value: number): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = (number << 3) | 1;
  bytes.writeDoubleLE(value, 1);
  return bytes;
}

function floatField(number: number, value: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes[0] = (number << 3) | 5;
  bytes.writeFloatLE(value, 1);
  return bytes;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return Buffer.from([...bytes, value]);
}

/** CRC-32C, rotated and shifted as TFRecord asks. */
function maskedChecksum(bytes: Buffer): Buffer {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ TABLE[(crc ^ byte) & 255]!;
  crc = ~crc >>> 0;
  const masked = (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
  const out = Buffer.alloc(4);
  out.writeUInt32LE(masked);
  return out;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});
