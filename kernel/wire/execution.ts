import type { CompilerService } from "../compiler/service.js";
import type { CellError } from "../compiler/diagnostics.js";
import type { Message } from "../message.js";
import type { FromSession, Outcome, ToSession } from "../ports.js";
import type { Remote } from "../rpc.js";
import type { Session } from "../session/session.js";
import { helpSubject } from "./help.js";
import { History } from "./history.js";
import { inspect } from "./inspection.js";
import { Interrupter } from "./interrupter.js";
import { Outputs } from "./outputs.js";
import { soon } from "./soon.js";
import type { Sockets } from "./sockets.js";

interface ExecuteRequest {
  code: string;
  silent?: boolean;
  store_history?: boolean;
  user_expressions?: Record<string, string>;
  allow_stdin?: boolean;
  stop_on_error?: boolean;
}

interface Queued {
  channel: "shell" | "control";
  message: Message;
}

interface Running {
  cell: number;
  message: Message;
  allowStdin: boolean;
  interrupted: boolean;
  end: Promise<Outcome>;
  finish(outcome: Outcome): void;
}

const INTERRUPTED: CellError = {
  ename: "KeyboardInterrupt",
  evalue: "The cell was interrupted; its variables are kept",
  traceback: ["KeyboardInterrupt: The cell was interrupted; its variables are kept"],
};

const NOT_HERE = "This front end does not take input here (allow_stdin is off, or the cell has ended)";

/** How long after a failure a request that was sent before it may still arrive, in ms. */
const LATE = 250;

/** Runs execute requests one after the other. */
export class Execution {
  readonly history = new History();
  private readonly outputs: Outputs;
  private readonly interrupter: Interrupter;
  private readonly queue: Queued[] = [];
  /** Requests for input that are not answered yet, the oldest first. */
  private readonly inputs: number[] = [];
  private running: Running | undefined;
  private draining = false;
  /** When a cell last failed that stops what is queued behind it. */
  private failedAt = 0;
  private count = 0;
  private cells = 0;

  constructor(
    private readonly sockets: Sockets,
    private readonly others: {
      readonly compiler: Remote<Pick<CompilerService, "convert" | "adopt" | "expression" | "inspect">>;
      readonly session: Remote<Pick<Session, "place" | "value">>;
    },
    private readonly send: (message: ToSession) => void,
  ) {
    this.outputs = new Outputs(sockets);
    this.interrupter = new Interrupter(send);
  }

  /** The request that is being executed. */
  get current(): Message | undefined {
    return this.running?.message;
  }

  enqueue(channel: "shell" | "control", message: Message): void {
    if (this.isBehindFailure(message)) return this.abort(channel, message);
    this.queue.push({ channel, message });
    if (!this.draining) void this.drain();
  }

  fromSession(message: FromSession): void {
    if (message.type === "stream") this.outputs.stream(message);
    else if (message.type === "display") this.outputs.display(message);
    else if (message.type === "clear") this.outputs.publish(message.cell, "clear_output", { wait: false });
    else if (message.type === "pong") this.interrupter.pong(message.ping);
    else if (message.type === "input") this.requestInput(message);
    else if (message.type === "interrupt") void this.interrupt();
    else if (message.type === "waits") this.interrupter.child.waits = message.waits;
    else if (message.cell !== this.running?.cell) return;
    else if (message.type === "patience") this.interrupter.announce(message.cell, message.ms);
    else void this.end(this.running, message.outcome);
  }

  /** The answer to an `input_request`. */
  inputReply(message: Message): void {
    // Clients differ in whether they name the request that they answer; there is at most one open in practice.
    const request = this.inputs.shift();
    if (request === undefined) return;
    const { value } = message.content;
    this.send({ type: "input", request, value: typeof value === "string" ? value : "" });
  }

  async interrupt(): Promise<void> {
    const { running } = this;
    this.inputs.length = 0;
    if (!running) return this.interrupter.free(this.cells);
    running.interrupted = true;
    const how = await this.interrupter.interrupt(running.cell, running.end);
    if (how === "terminated") await this.end(running, { status: "error", ...INTERRUPTED });
  }

  close(): void {
    this.outputs.flush();
    this.interrupter.close();
  }

  /** Where a cell was cut off stands below what it ends with. */
  private async end(running: Running, outcome: Outcome): Promise<void> {
    const { stack } = this.interrupter;
    if (!running.interrupted || stack.length === 0 || outcome.status === "ok") return running.finish(outcome);
    const place = await soon(this.others.session.place(stack), []);
    running.finish({ ...outcome, traceback: [...outcome.traceback, ...place] });
  }

  private async drain(): Promise<void> {
    this.draining = true;
    for (let next = this.queue.shift(); next; next = this.queue.shift()) {
      const { channel, message } = next;
      void this.sockets.publish("status", { execution_state: "busy" }, message.header);
      const behindFailure = await this.execute(channel, message);
      void this.sockets.publish("status", { execution_state: "idle" }, message.header);
      for (const queued of behindFailure) this.abort(queued.channel, queued.message);
    }
    this.draining = false;
  }

  /** @returns what was queued behind the cell if it failed: not to be run, as Jupyter's clients expect of "run all" */
  private async execute(channel: "shell" | "control", message: Message): Promise<Queued[]> {
    const request = message.content as unknown as ExecuteRequest;
    const { code, silent = false, store_history = !silent, user_expressions = {}, allow_stdin = false } = request;
    const cell = ++this.cells;
    const counts = !silent && store_history;
    if (counts) this.history.add(++this.count, code);
    const execution_count = this.count;
    this.outputs.open(cell, message.header, { silent });
    this.outputs.publish(cell, "execute_input", { code, execution_count });
    let finish!: (outcome: Outcome) => void;
    const end = new Promise<Outcome>((resolve) => (finish = resolve));
    this.running = { cell, message, allowStdin: allow_stdin, interrupted: false, end, finish };
    // What does not count needs a name of its own in stack traces: the last cell's would point into that.
    const name = counts ? `cell[${execution_count}]` : `uncounted[${cell}]`;
    void this.begin(cell, name, code, user_expressions).catch((error: unknown) => finish(internalError(error)));
    const outcome = await end;
    this.running = undefined;
    // An input that the cell did not wait for: an answer to it must not be taken for the answer to a later cell's.
    for (const input of this.inputs.splice(0)) this.send({ type: "input", request: input, error: NOT_HERE });
    if (outcome.status === "ok") {
      const { data, expressions, page } = outcome;
      if (data) {
        this.outputs.publish(cell, "execute_result", { execution_count, data, metadata: {} });
        if (counts && typeof data["text/plain"] === "string")
          this.history.setOutput(execution_count, data["text/plain"]);
      }
      this.outputs.flush();
      const payload = page === undefined ? [] : [{ source: "page", data: { "text/plain": page }, start: 0 }];
      await this.reply(channel, message, { status: "ok", execution_count, user_expressions: expressions, payload });
      return [];
    }
    const { ename, evalue, traceback } = outcome;
    const goOn = request.stop_on_error === false;
    if (!goOn) this.failedAt = Date.now();
    // Taken before the reply: what a client sends on it is to be run.
    const behind = goOn ? [] : this.queue.splice(0);
    this.outputs.publish(cell, "error", { ename, evalue, traceback });
    await this.reply(channel, message, {
      status: "error",
      execution_count,
      ename,
      evalue,
      traceback,
      user_expressions: {},
      payload: [],
    });
    return behind;
  }

  private async begin(
    cell: number,
    name: string,
    source: string,
    userExpressions: Record<string, string>,
  ): Promise<void> {
    const subject = helpSubject(source);
    if (subject !== undefined) return this.help(cell, subject);
    const compiled = await this.others.compiler.convert(source, name);
    const expressions: Record<string, string> = {};
    for (const [key, expression] of Object.entries(userExpressions))
      expressions[key] = await this.others.compiler.expression(expression);
    const { running } = this;
    if (running?.cell !== cell) return; // ended meanwhile
    if (running.interrupted) return running.finish({ status: "error", ...INTERRUPTED });
    if ("error" in compiled) return running.finish({ status: "error", ...compiled.error });
    // From here on it runs, and nothing may come between: an interrupt is heard by the cell itself.
    void this.others.compiler.adopt();
    this.send({ type: "run", cell, name, source, compiled, expressions });
  }

  private async help(cell: number, subject: string): Promise<void> {
    const page = (await inspect(this.others, subject, subject.length, false)) ?? `Nothing is known about ${subject}`;
    if (this.running?.cell === cell) this.running.finish({ status: "ok", expressions: {}, page });
  }

  private reply(channel: "shell" | "control", message: Message, content: object): Promise<void> {
    return this.sockets.send(channel, "execute_reply", content, message);
  }

  /** A request that was sent before the last failure was known, and arrives just after it. */
  private isBehindFailure({ header }: Message): boolean {
    return Date.now() - this.failedAt < LATE && Date.parse(header.date) < this.failedAt;
  }

  private abort(channel: "shell" | "control", message: Message): void {
    void this.sockets.publish("status", { execution_state: "busy" }, message.header);
    // Without a count, as ipykernel: JupyterLab writes the count of a reply beside the cell, and this one never ran.
    void this.reply(channel, message, { status: "aborted" });
    void this.sockets.publish("status", { execution_state: "idle" }, message.header);
  }

  private requestInput({ cell, request, prompt, password }: Extract<FromSession, { type: "input" }>): void {
    const { running } = this;
    if (running?.cell !== cell || !running.allowStdin) return this.send({ type: "input", request, error: NOT_HERE });
    this.outputs.flush();
    this.inputs.push(request);
    void this.sockets.send("stdin", "input_request", { prompt, password }, running.message);
  }
}

function internalError(error: unknown): Outcome {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { status: "error", ename: "KernelError", evalue: text.split("\n")[0]!, traceback: text.split("\n") };
}
