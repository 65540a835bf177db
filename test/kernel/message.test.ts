import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Wire } from "../../kernel/message.js";

const json = fc.dictionary(fc.string(), fc.jsonValue()) as fc.Arbitrary<Record<string, unknown>>;
const identity = fc
  .uint8Array({ minLength: 0, maxLength: 20 })
  .map((bytes) => Buffer.from(bytes))
  .filter((bytes) => !bytes.equals(Buffer.from("<IDS|MSG>")));

describe("a message", () => {
  it("comes back as it was built", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }),
        json,
        json,
        fc.array(identity, { maxLength: 3 }),
        fc.string(),
        (type, content, metadata, identities, key) => {
          const wire = new Wire(key, "session");
          const parent = wire.header("parent");
          const message = wire.parse(wire.build(type, content, { metadata, identities, parent }));
          expect(message.header).toMatchObject({ msg_type: type, session: "session", version: "5.4" });
          expect(message.parent_header).toEqual(parent);
          expect(JSON.stringify([message.content, message.metadata])).toBe(JSON.stringify([content, metadata]));
          expect(message.identities.map(String)).toEqual(identities.map(String));
          expect(message.buffers).toEqual([]);
        },
      ),
    );
  });

  it("keeps buffers behind its parts", () => {
    const wire = new Wire("key");
    const frames = [...wire.build("x", {}), Buffer.from([1]), Buffer.alloc(0)];
    expect(wire.parse(frames).buffers).toEqual([Buffer.from([1]), Buffer.alloc(0)]);
  });

  it("has an id of its own and an ISO date", () => {
    const wire = new Wire("key");
    const [a, b] = [wire.header("x"), wire.header("x")];
    expect(a.msg_id).not.toBe(b.msg_id);
    expect(new Date(a.date).toISOString()).toBe(a.date);
  });

  it("holds characters only: half of a surrogate pair becomes U+FFFD", () => {
    const wire = new Wire("key");
    const content = { text: "\ud83d, \ude00, 😀", "\ud83d": 1 };
    const frames = wire.build("stream", content);
    expect(frames.at(-1).toString()).toBe('{"text":"\ufffd, \ufffd, 😀","\ufffd":1}');
  });

  it("is signed as Jupyter's own client signs", () => {
    // hmac.new(b"secret", b'{"a":1}' b"{}" b"{}" b'{"code":"1"}', "sha256").hexdigest() in Python
    const wire = new Wire("secret");
    const frames = wire.build("x", { code: "1" }, { header: { a: 1 } as never });
    expect(frames[1]!.toString()).toBe("4cd721348272a9d38f52e40f18755f0c1547d1172085474a01e7af8f3442da14");
  });
});

describe("a message that was tampered with", () => {
  it("is refused, whichever bit of its parts or signature differs", () => {
    const wire = new Wire("the key of this kernel");
    const frames = wire.build("execute_request", { code: "1 + 1", silent: false });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.nat(), fc.integer({ min: 0, max: 7 }), (frame, at, bit) => {
        const copy = frames.map((part) => Buffer.from(part));
        const part = copy[frame]!;
        const position = at % part.length;
        part[position] = part[position]! ^ (1 << bit);
        expect(() => wire.parse(copy)).toThrow();
      }),
      { numRuns: 500 },
    );
  });

  it("is refused with another key, without a signature, and with parts swapped, cut or added", () => {
    const wire = new Wire("the key of this kernel");
    const frames = wire.build("execute_request", { code: "1" });
    const [delimiter, signature, header, parent, metadata, content] = frames as [
      Buffer,
      Buffer,
      Buffer,
      Buffer,
      Buffer,
      Buffer,
    ];
    expect(() => new Wire("another").parse(frames)).toThrow("signature");
    expect(() => wire.parse([delimiter, Buffer.alloc(0), header, parent, metadata, content])).toThrow("signature");
    expect(() => wire.parse([delimiter, signature.subarray(1), header, parent, metadata, content])).toThrow(
      "signature",
    );
    expect(() => wire.parse([delimiter, signature, header, parent, content, metadata])).toThrow("signature");
    expect(() => wire.parse([delimiter, signature, header, parent, metadata])).toThrow("Malformed");
    expect(() => wire.parse([])).toThrow("Malformed");
  });

  it("is refused whatever bytes it consists of", () => {
    const wire = new Wire("key");
    const frame = fc.oneof(
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      fc.constant(Buffer.from("<IDS|MSG>")),
    );
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 12 }), (frames) => {
        expect(() => wire.parse(frames)).toThrow();
      }),
    );
  });

  it("is refused without a type, also with the right signature or none wanted", () => {
    const wire = new Wire("");
    const parts = (header: string): Buffer[] =>
      ["<IDS|MSG>", "", header, "{}", "{}", "{}"].map((part) => Buffer.from(part));
    expect(wire.parse(parts('{"msg_type":"x"}')).header.msg_type).toBe("x");
    for (const header of ["{}", "null", "5", '{"msg_type":5}', "not json"])
      expect(() => wire.parse(parts(header))).toThrow();
  });
});
