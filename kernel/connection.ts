import { readFileSync } from "node:fs";

/** A Jupyter connection file: where the five sockets bind and the key that signs every message. */
export interface Connection {
  readonly transport: "tcp" | "ipc";
  readonly ip: string;
  readonly shell_port: number;
  readonly iopub_port: number;
  readonly stdin_port: number;
  readonly control_port: number;
  readonly hb_port: number;
  /** HMAC key; an empty one turns signing off, as the protocol allows. */
  readonly key: string;
  readonly signature_scheme: string;
}

export type Channel = "shell" | "iopub" | "stdin" | "control" | "hb";

/** Address of one socket. `ipc` uses a file a channel (`<ip>-<port>`), as jupyter_client does. */
export function address(connection: Connection, channel: Channel): string {
  const port = connection[`${channel}_port`];
  const separator = connection.transport === "ipc" ? "-" : ":";
  return `${connection.transport}://${connection.ip}${separator}${port}`;
}

/** Reads and checks a connection file; an error names the file, the field, and what was expected there. */
export function readConnection(path: string): Connection {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new Error(`Connection file ${path}: expected readable JSON, found: ${(error as Error).message}`, {
      cause: error,
    });
  }
  const fields = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  const expect = (name: string, ok: boolean, expected: string): void => {
    if (!ok)
      throw new Error(
        `Connection file ${path}: expected "${name}" to be ${expected}, found ${JSON.stringify(fields[name])}`,
      );
  };
  const scheme = fields["signature_scheme"] ?? "hmac-sha256";
  expect("transport", fields["transport"] === "tcp" || fields["transport"] === "ipc", '"tcp" or "ipc"');
  expect("ip", typeof fields["ip"] === "string" && fields["ip"] !== "", "an address");
  expect("key", typeof fields["key"] === "string", "a string");
  expect("signature_scheme", scheme === "hmac-sha256", '"hmac-sha256"');
  for (const channel of ["shell", "iopub", "stdin", "control", "hb"])
    expect(`${channel}_port`, Number.isInteger(fields[`${channel}_port`]), "a port number");
  return { ...(fields as unknown as Connection), signature_scheme: "hmac-sha256" };
}
