import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { address, readConnection } from "../../kernel/connection.js";
import { folderWith } from "./kernel.js";

const whole = {
  transport: "tcp",
  ip: "127.0.0.1",
  shell_port: 1,
  iopub_port: 2,
  stdin_port: 3,
  control_port: 4,
  hb_port: 5,
  key: "k",
  signature_scheme: "hmac-sha256",
  kernel_name: "extra fields do no harm",
};
const file = (content: string): string => join(folderWith({ "c.json": content }), "c.json");
const read = (changes: object): unknown => readConnection(file(JSON.stringify({ ...whole, ...changes })));

describe("a connection file", () => {
  it("is read, with the addresses of its five sockets", () => {
    const connection = readConnection(file(JSON.stringify(whole)));
    expect(connection).toMatchObject(whole);
    expect(address(connection, "shell")).toBe("tcp://127.0.0.1:1");
    expect(address({ ...connection, transport: "ipc", ip: "/tmp/x" }, "hb")).toBe("ipc:///tmp/x-5");
  });

  it("may leave out the scheme, and have an empty key", () => {
    expect(read({ signature_scheme: undefined, key: "" })).toMatchObject({ signature_scheme: "hmac-sha256", key: "" });
  });

  it.each([
    [{ transport: "udp" }, `"transport" to be "tcp" or "ipc", found "udp"`],
    [{ ip: "" }, `"ip" to be an address, found ""`],
    [{ key: 5 }, `"key" to be a string, found 5`],
    [{ signature_scheme: "hmac-md5" }, `"signature_scheme" to be "hmac-sha256", found "hmac-md5"`],
    [{ shell_port: "80" }, `"shell_port" to be a port number, found "80"`],
    [{ hb_port: undefined }, `"hb_port" to be a port number, found undefined`],
    [{ iopub_port: 1.5 }, `"iopub_port" to be a port number, found 1.5`],
  ])("is refused by name of what is wrong: %j", (changes, message) => {
    expect(() => read(changes)).toThrow(`expected ${message}`);
  });

  it("is refused by its name where it is no JSON, or no object, or not there", () => {
    expect(() => readConnection(file("{"))).toThrow(/c\.json: expected readable JSON/);
    expect(() => readConnection(file("null"))).toThrow(/expected "transport"/);
    expect(() => readConnection("/nowhere/c.json")).toThrow(
      /\/nowhere\/c\.json: expected readable JSON, found: ENOENT/,
    );
  });
});
