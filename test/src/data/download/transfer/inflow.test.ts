import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import { httpSource } from "../../../../../src/data/download/transfer/http-source.js";
import { BadServer } from "../bad-server.js";
import { bytes } from "../noise.js";

let server: BadServer;
afterEach(() => server.close());

it("holds no more than it must: the server waits until what came is taken", async () => {
  const content = Buffer.concat(Array<Buffer>(32).fill(bytes(2 ** 20)));
  server = await BadServer.start(content);
  const opened = await httpSource(server.url, 60_000).open(0, undefined);
  // What the system's own buffers hold comes on top of ours.
  let before = -1;
  while (server.sent !== before) {
    before = server.sent;
    await sleep(200);
  }
  expect(server.sent).toBeLessThan(content.length / 2);
  const pieces: Uint8Array[] = [];
  for await (const piece of opened.body) pieces.push(piece);
  opened.close();
  expect(Buffer.concat(pieces).equals(content)).toBe(true);
});

it("is not given up as stalled while it is we who are slow", async () => {
  const content = Buffer.concat(Array<Buffer>(8).fill(bytes(2 ** 20)));
  server = await BadServer.start(content);
  const opened = await httpSource(server.url, 400).open(0, undefined);
  await sleep(800);
  let count = 0;
  for await (const piece of opened.body) {
    if (count === 0) await sleep(800);
    count += piece.length;
  }
  opened.close();
  expect(count).toBe(content.length);
});
