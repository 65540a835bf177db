import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Subscriber } from "zeromq";
import { describe, expect, it } from "vitest";
import { address, type Connection } from "../../../kernel/connection.js";
import { Wire } from "../../../kernel/message.js";
import { Sockets } from "../../../kernel/wire/sockets.js";
import { folderWith } from "../kernel.js";

describe("what is published", () => {
  it("waits for a client that does not read, and is not lost", async () => {
    const connection: Connection = {
      transport: "ipc",
      ip: join(folderWith(), "socket"),
      key: "key",
      signature_scheme: "hmac-sha256",
      ...{ shell_port: 1, iopub_port: 2, stdin_port: 3, control_port: 4, hb_port: 5 },
    };
    const wire = new Wire(connection.key);
    const sockets = new Sockets(wire);
    await sockets.bind(connection);
    const client = new Subscriber({ linger: 0, receiveHighWaterMark: 1 });
    client.subscribe();
    const connected = new Promise((resolve) => client.events.on("handshake", resolve));
    client.connect(address(connection, "iopub"));
    await connected;
    await sleep(50); // the subscription follows the handshake
    const count = 4000;
    const text = "x".repeat(5000);
    for (let number = 0; number < count; number++) void sockets.publish("stream", { number, text }, undefined);
    let all = false;
    void sockets.published.then(() => (all = true));
    await sleep(300);
    expect(all).toBe(false);
    const numbers: unknown[] = [];
    for await (const frames of client) {
      numbers.push(wire.parse(frames).content["number"]);
      if (numbers.length === count) break;
    }
    expect(numbers).toEqual(Array.from({ length: count }, (_, number) => number));
    await sockets.published;
    client.close();
    await sockets.close();
  });
});
