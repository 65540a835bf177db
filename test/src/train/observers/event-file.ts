/** An event of TensorBoard, as its file has it. */
export interface FileEvent {
  readonly seconds: number;
  readonly step: number;
  readonly version?: string;
  readonly scalars: readonly (readonly [tag: string, value: number])[];
}

/** CRC-32C by its definition, bit after bit: polynomial 0x1EDC6F41, reflected. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes)
    for (let bit = 0; bit < 8; bit++) {
      const carry = (crc ^ (byte >> bit)) & 1;
      crc = (crc >>> 1) ^ (carry ? 0x82f63b78 : 0);
    }
  return ~crc >>> 0;
}

/** What TFRecord stores of a checksum. */
function unmasked(stored: number): number {
  const rotated = (stored - 0xa282ead8) >>> 0;
  return ((rotated << 15) | (rotated >>> 17)) >>> 0;
}

/** Reads TensorBoard's event file by the definitions of TFRecord and event.proto. @throws Error where it is not one */
export function readEvents(file: Buffer): FileEvent[] {
  const events: FileEvent[] = [];
  for (let at = 0; at < file.length;) {
    const length = Number(file.readBigUInt64LE(at));
    if (unmasked(file.readUInt32LE(at + 8)) !== crc32c(file.subarray(at, at + 8))) throw new Error("length's checksum");
    const content = file.subarray(at + 12, at + 12 + length);
    if (content.length !== length) throw new Error("cut off");
    if (unmasked(file.readUInt32LE(at + 12 + length)) !== crc32c(content)) throw new Error("content's checksum");
    events.push(event(content));
    at += 16 + length;
  }
  return events;
}

function event(content: Buffer): FileEvent {
  const all = fields(content);
  const version = all.get(3)?.[0] as Buffer | undefined;
  const summary = all.get(5)?.[0] as Buffer | undefined;
  return {
    seconds: all.get(1)![0] as number,
    step: (all.get(2)?.[0] as number | undefined) ?? 0,
    ...(version && { version: version.toString() }),
    scalars: (summary ? (fields(summary).get(1) ?? []) : []).map((value) => {
      const one = fields(value as Buffer);
      return [(one.get(1)![0] as Buffer).toString(), one.get(2)![0] as number] as const;
    }),
  };
}

/** Fields of a protocol buffer by their numbers: varints, doubles, floats, and bytes. */
function fields(bytes: Buffer): Map<number, (number | Buffer)[]> {
  const all = new Map<number, (number | Buffer)[]>();
  let at = 0;
  const varint = (): number => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes.readUInt8(at++);
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return Number(value);
    }
  };
  while (at < bytes.length) {
    const key = varint();
    const wire = key & 7;
    let value: number | Buffer;
    if (wire === 0) value = varint();
    else if (wire === 1) value = bytes.readDoubleLE((at += 8) - 8);
    else if (wire === 5) value = bytes.readFloatLE((at += 4) - 4);
    else if (wire === 2) {
      const length = varint();
      value = bytes.subarray(at, (at += length));
      if (value.length !== length) throw new Error("a field is cut off");
    } else throw new Error(`wire type ${wire}`);
    all.set(key >>> 3, [...(all.get(key >>> 3) ?? []), value]);
  }
  return all;
}
