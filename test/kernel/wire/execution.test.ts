import { expect, it, vi } from "vitest";
import { Wire, type Message } from "../../../kernel/message.js";
import { Execution } from "../../../kernel/wire/execution.js";

const wire = new Wire("k");
const request = (code: string): Message => ({
  identities: [],
  header: wire.header("execute_request"),
  parent_header: {},
  metadata: {},
  content: { code },
  buffers: [],
});

it("after a failure, what was queued before the reply is aborted, and what is sent on the reply is run", async () => {
  const replies: unknown[] = [];
  const error = { ename: "Error", evalue: "failed", traceback: [] };
  const compiler = {
    convert: (code: string) =>
      code === "fails" ? Promise.resolve({ error }) : Promise.reject(new Error(`compiled: ${code}`)),
  };
  const sockets = {
    publish: () => Promise.resolve(),
    send: (_channel: string, _type: string, { evalue, status }: Record<string, unknown>) => {
      if (evalue === "failed") execution.enqueue("shell", request("sent on the reply"));
      replies.push(evalue ?? status);
      return Promise.resolve();
    },
  };
  const execution = new Execution(sockets as never, { compiler } as never, () => undefined);
  execution.enqueue("shell", request("fails"));
  execution.enqueue("shell", request("queued"));
  await vi.waitFor(() => expect(replies.length).toBe(3));
  expect(replies).toEqual(["failed", "aborted", expect.stringContaining("compiled: sent on the reply")]);
});
