import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { Wire, type Header } from "../../../kernel/message.js";
import { Outputs } from "../../../kernel/wire/outputs.js";

interface Sent {
  type: string;
  content: object;
  parent: Partial<Header> | undefined;
}

/** Outputs that publish into a list. */
function outputs(): { outputs: Outputs; sent: Sent[]; open: (cell: number, silent?: boolean) => Header } {
  const sent: Sent[] = [];
  const publish = (type: string, content: object, parent: Partial<Header> | undefined): Promise<void> => {
    sent.push({ type, content, parent });
    return Promise.resolve();
  };
  const made = new Outputs({ publish });
  const open = (cell: number, silent = false): Header => {
    const header = new Wire("k").header("execute_request");
    made.open(cell, header, { silent });
    return header;
  };
  return { outputs: made, sent, open };
}
const line = (cell: number, text: string, name: "stdout" | "stderr" = "stdout") =>
  ({ type: "stream", cell, name, text }) as const;
const display = (cell: number, id?: string, update = false) =>
  ({
    type: "display",
    cell,
    length: 1,
    message: { data: { "text/plain": "x" }, metadata: {}, ...(id !== undefined && { id }), update },
  }) as const;

describe("outputs", () => {
  it("gather what is printed into one message, soon", async () => {
    const { outputs: out, sent, open } = outputs();
    const parent = open(1);
    for (const text of ["a", "b", "c"]) out.stream(line(1, text));
    expect(sent).toEqual([]);
    await sleep(50);
    expect(sent).toEqual([{ type: "stream", content: { name: "stdout", text: "abc" }, parent }]);
  });

  it("keep the order of streams, displays and cells", () => {
    const { outputs: out, sent, open } = outputs();
    const [first, second] = [open(1), open(2)];
    out.stream(line(1, "a"));
    out.stream(line(1, "b", "stderr"));
    out.stream(line(2, "c"));
    out.display(display(1));
    out.stream(line(1, "d"));
    out.flush();
    expect(sent.map(({ type, content, parent }) => [type, "text" in content ? content.text : "", parent])).toEqual([
      ["stream", "a", first],
      ["stream", "b", first],
      ["stream", "c", second],
      ["display_data", "", first],
      ["stream", "d", first],
    ]);
  });

  it("do not let a flood grow without end", () => {
    const { outputs: out, sent, open } = outputs();
    open(1);
    for (let i = 0; i < 10; i++) out.stream(line(1, "x".repeat(100_000)));
    expect(sent.length).toBeGreaterThanOrEqual(3);
    out.flush();
    expect(sent.map(({ content }) => (content as { text: string }).text).join("").length).toBe(1_000_000);
  });

  it("name displays, and update them", () => {
    const { outputs: out, sent, open } = outputs();
    open(1);
    out.display(display(1, "bar"));
    out.display(display(1, "bar", true));
    out.display(display(1));
    expect(sent.map(({ type, content }) => [type, (content as { transient: object }).transient])).toEqual([
      ["display_data", { display_id: "bar" }],
      ["update_display_data", { display_id: "bar" }],
      ["display_data", {}],
    ]);
  });

  it("of a silent cell are not published", () => {
    const { outputs: out, sent, open } = outputs();
    open(1, true);
    out.stream(line(1, "a"));
    out.display(display(1));
    out.flush();
    expect(sent).toEqual([]);
  });

  it("of the last thousand cells find their cell; older ones have none", () => {
    const { outputs: out, sent, open } = outputs();
    open(1);
    const second = open(2);
    for (let cell = 3; cell <= 1001; cell++) open(cell);
    out.publish(2, "x", {});
    out.publish(1, "x", {});
    expect(sent.map(({ parent }) => parent)).toEqual([second, undefined]);
  });
});
