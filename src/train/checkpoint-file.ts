import { createHash } from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { whenFreeSync } from "../../kernel/busy-file.js";
import { asDiskError } from "../disk/disk-error.js";

/** Everything that a run needs to go on. */
export interface Checkpoint {
  /** Of the run's configuration. */
  readonly run: string;
  readonly epoch: number;
  readonly step: number;
  /** Whatever else, as JSON. */
  readonly state: unknown;
  /** Weights and the like, by name. */
  readonly tensors: ReadonlyMap<string, { readonly shape: readonly number[]; readonly values: Float32Array }>;
}

/** A checkpoint cannot be read: cut off, changed, or not a checkpoint. */
export class CheckpointError extends Error {
  override readonly name = "CheckpointError";
}

const MAGIC = Buffer.from("longtail checkpoint 1\n");
const DIGEST = 32;

/**
 * Writes a checkpoint whole or not at all: a temporary file, flushed to disk, then renamed. The file: a line that says what
 * it is, the length of a header (32 bits, little-endian), the header (JSON), float32 values (little-endian) of the tensors in
 * its order, and the SHA-256 of all that. Synchronous, so that nothing else happens to the weights meanwhile.
 * @throws DiskError; RangeError for a tensor with more or fewer values than its shape has
 */
export function writeCheckpoint(path: string, { tensors, ...rest }: Checkpoint): void {
  const list = [...tensors].map(([name, { shape, values }]) => {
    if (values.length !== sizeOf(shape))
      throw new RangeError(`checkpoint: "${name}" of shape [${shape.join(", ")}] has ${values.length} values`);
    return { name, shape };
  });
  const header = Buffer.from(JSON.stringify({ ...rest, tensors: list }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  const values = [...tensors.values()].map((one) =>
    Buffer.from(one.values.buffer, one.values.byteOffset, one.values.byteLength),
  );
  const parts = [MAGIC, length, header, ...values];
  const digest = createHash("sha256");
  for (const part of parts) digest.update(part);
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    const file = openSync(temporary, "w");
    try {
      for (const part of [...parts, digest.digest()]) writeWhole(file, part);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    whenFreeSync(() => renameSync(temporary, path));
    syncFolder(dirname(path));
  } catch (error) {
    try {
      whenFreeSync(() => rmSync(temporary, { force: true }));
    } catch {
      // What went wrong first is what is said.
    }
    throw asDiskError(path, error);
  }
}

function writeWhole(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}

/** The name itself is safe only when the folder is on disk; not every system can flush one. */
function syncFolder(folder: string): void {
  try {
    const handle = openSync(folder, "r");
    fsyncSync(handle);
    closeSync(handle);
  } catch {
    // Windows has no such thing.
  }
}

/** @throws CheckpointError that says what is wrong with the file; Error where there is none */
export function readCheckpoint(path: string): Checkpoint {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new CheckpointError(`${path} is a folder, expected a file in it`);
  const bytes = readFileSync(path);
  const broken = (why: string): CheckpointError => new CheckpointError(`${path} is not a whole checkpoint: ${why}`);
  if (bytes.length < MAGIC.length + 4 + DIGEST) throw broken(`it has ${bytes.length} bytes`);
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC))
    throw broken(`expected it to begin with "${MAGIC.toString().trim()}"`);
  const content = bytes.subarray(0, -DIGEST);
  const [expected, found] = [bytes.subarray(-DIGEST).toString("hex"), digestOf(content)];
  if (expected !== found) throw broken(`expected SHA-256 ${expected}, found ${found}: it was cut off or changed`);
  const headerAt = MAGIC.length + 4;
  const valuesAt = headerAt + content.readUInt32LE(MAGIC.length);
  const header = headerIn(content.toString("utf8", headerAt, valuesAt));
  const values = header?.tensors.reduce((sum, { shape }) => sum + sizeOf(shape), 0) ?? NaN;
  if (!header || valuesAt + 4 * values !== content.length) throw broken("expected a header, and the values it lists");
  let at = valuesAt;
  const tensors = header.tensors.map(({ name, shape }) => {
    const size = 4 * sizeOf(shape);
    const copy = Uint8Array.from(content.subarray(at, (at += size))); // of its own, aligned
    return [name, { shape, values: new Float32Array(copy.buffer) }] as const;
  });
  return { ...header, tensors: new Map(tensors) };
}

type Header = Omit<Checkpoint, "tensors"> & { tensors: { name: string; shape: number[] }[] };

/** The digest keeps from accidents; whoever makes a file that is to mislead makes its digest, too. */
function headerIn(text: string): Header | undefined {
  try {
    const header = JSON.parse(text) as Partial<Header> | null;
    const isWhole = (n: unknown): boolean => Number.isSafeInteger(n) && (n as number) >= 0;
    const isOne = ({ name, shape }: Partial<Header["tensors"][number]>): boolean =>
      typeof name === "string" && Array.isArray(shape) && shape.every(isWhole);
    return Array.isArray(header?.tensors) && header.tensors.every(isOne) ? (header as Header) : undefined;
  } catch {
    return undefined;
  }
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

function digestOf(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
