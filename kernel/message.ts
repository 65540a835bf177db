import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { wellFormedJson } from "./json.js";

/** Version of the Jupyter messaging protocol spoken here. */
export const PROTOCOL_VERSION = "5.4";

const DELIMITER = Buffer.from("<IDS|MSG>");

export interface Header {
  msg_id: string;
  session: string;
  username: string;
  date: string;
  msg_type: string;
  version: string;
}

/** One message of the Jupyter protocol, as it travels over any of the sockets. */
export interface Message<C = Record<string, unknown>> {
  /** Routing prefix: identities on ROUTER sockets, the topic on iopub. */
  identities: Buffer[];
  header: Header;
  parent_header: Partial<Header>;
  metadata: Record<string, unknown>;
  content: C;
  buffers: Buffer[];
}

/** Signs, builds and parses messages for one session and one key. */
export class Wire {
  constructor(
    private readonly key: string,
    readonly session: string = randomUUID(),
    private readonly username: string = "kernel",
  ) {}

  header(msgType: string): Header {
    return {
      msg_id: randomUUID(),
      session: this.session,
      username: this.username,
      date: new Date().toISOString(),
      msg_type: msgType,
      version: PROTOCOL_VERSION,
    };
  }

  /** Frames of a new message, ready for a socket. */
  build(
    msgType: string,
    content: object,
    {
      parent = {},
      identities = [],
      metadata = {},
      header = this.header(msgType),
    }: { parent?: Partial<Header>; identities?: Buffer[]; metadata?: object; header?: Header } = {},
  ): Buffer[] {
    const parts = [header, parent, metadata, content].map((part) => Buffer.from(wellFormedJson(part)));
    return [...identities, DELIMITER, Buffer.from(this.sign(parts)), ...parts];
  }

  /** @throws when frames are missing, are not JSON, or carry a wrong signature: such a message is to be dropped. */
  parse(frames: readonly Buffer[]): Message {
    const start = frames.findIndex((frame) => frame.equals(DELIMITER));
    if (start < 0 || frames.length < start + 6)
      throw new Error(`Malformed message: expected <IDS|MSG>, a signature and 4 parts, found ${frames.length} frames`);
    const signature = frames[start + 1]!;
    const parts = frames.slice(start + 2, start + 6);
    const expected = Buffer.from(this.sign(parts));
    if (this.key && (signature.length !== expected.length || !timingSafeEqual(signature, expected)))
      throw new Error("Wrong message signature: the sender does not hold this kernel's key");
    const [header, parent, metadata, content] = parts.map(
      (part) => JSON.parse(part.toString("utf8")) as Record<string, unknown>,
    );
    if (typeof header?.["msg_type"] !== "string") throw new Error("Malformed message: header without msg_type");
    return {
      identities: frames.slice(0, start),
      header: header as unknown as Header,
      parent_header: parent ?? {},
      metadata: metadata ?? {},
      content: content ?? {},
      buffers: frames.slice(start + 6),
    };
  }

  private sign(parts: readonly Buffer[]): string {
    if (!this.key) return "";
    const hmac = createHmac("sha256", this.key);
    for (const part of parts) hmac.update(part);
    return hmac.digest("hex");
  }
}
