import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Dealer, Subscriber } from "zeromq";
import { describe, expect, it } from "vitest";
import { address, type Connection } from "../../../kernel/connection.js";
import { Wire } from "../../../kernel/message.js";
import { Sockets } from "../../../kernel/wire/sockets.js";
import { folderWith } from "../kernel.js";

/** Where no port is needed. */
function local(): Connection {
  return {
    transport: "ipc",
    ip: join(folderWith(), "socket"),
    key: "key",
    signature_scheme: "hmac-sha256",
    ...{ shell_port: 1, iopub_port: 2, stdin_port: 3, control_port: 4, hb_port: 5 },
  };
}

describe("a client that comes back under its name", () => {
  it("is answered, though its old connection still stands", async () => {
    const connection = local();
    const wire = new Wire(connection.key);
    const sockets = new Sockets(wire);
    await sockets.bind(connection);
    for (const channel of ["shell", "control", "stdin"] as const) {
      void sockets.receive(channel, (message) => void sockets.send(channel, "echo", message.content, message));
      const clients: Dealer[] = [];
      for (const number of [1, 2]) {
        const client = new Dealer({ linger: 0, routingId: "client", receiveTimeout: 5000 });
        clients.push(client);
        client.connect(address(connection, channel));
        await client.send(wire.build("request", { number }));
        const reply = (await client.receive()) as Buffer[];
        expect(wire.parse(reply).content).toEqual({ number });
      }
      for (const client of clients) client.close();
    }
    await sockets.close();
  });
});

describe("what is published", () => {
  it("waits for a client that does not read, and is not lost", async () => {
    const connection = local();
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
