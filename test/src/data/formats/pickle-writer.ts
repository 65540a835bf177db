interface Entries {
  readonly labels?: readonly number[];
  readonly data?: Uint8Array;
  readonly shape?: readonly number[];
  readonly label_names?: readonly string[];
}

const integer = (value: number): Buffer => {
  const bytes = Buffer.alloc(5, "J");
  bytes.writeInt32LE(value, 1);
  return bytes;
};
const text = (value: string): Buffer => Buffer.from([0x55, value.length, ...Buffer.from(value, "latin1")]);

/** What Python 2 writes in protocol 2 for a dict of lists of numbers and texts, and an array of u1. */
export function pythonTwo({ labels, data, shape = [], label_names: names }: Entries): Uint8Array {
  const parts: Buffer[] = [Buffer.from([0x80, 2]), Buffer.from("}(")];
  const list = (key: string, items: readonly Buffer[]): void =>
    void parts.push(text(key), Buffer.from("]("), ...items, Buffer.from("e"));
  if (labels) list("labels", labels.map(integer));
  if (names) list("label_names", names.map(text));
  if (data) {
    const length = Buffer.alloc(5, "T");
    length.writeUInt32LE(data.length, 1);
    parts.push(
      text("data"),
      Buffer.from("cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R(K\x01(", "latin1"),
      ...shape.map(integer),
      Buffer.from("tcnumpy\ndtype\nU\x02u1K\x00K\x01\x87R(K\x03U\x01|NNNJ", "latin1"),
      Buffer.from([255, 255, 255, 255, 0x4a, 255, 255, 255, 255]),
      Buffer.from("K\x00tb\x89", "latin1"),
      length,
      Buffer.from(data),
      Buffer.from("tb"),
    );
  }
  return Buffer.concat([...parts, Buffer.from("u.")]);
}
