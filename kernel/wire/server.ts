import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageFolder } from "../compiler/folders.js";
import type { MemberAccess } from "../compiler/member.js";
import type { CompilerService } from "../compiler/service.js";
import { PROTOCOL_VERSION, type Message } from "../message.js";
import type { FromSession, ToSession } from "../ports.js";
import type { Remote } from "../rpc.js";
import type { Session } from "../session/session.js";
import { Execution } from "./execution.js";
import { helpSubject } from "./help.js";
import { inspect } from "./inspection.js";
import type { Sockets } from "./sockets.js";
import { soon } from "./soon.js";

type Compiler = Remote<
  Pick<CompilerService, "convert" | "adopt" | "expression" | "complete" | "inspect" | "isComplete">
>;
type Reply = Record<string, unknown>;

const TYPESCRIPT_VERSION = "5.0.4"; // tslab's fork

/** Answers the requests of the Jupyter protocol. Runs in its own thread, so it answers whatever user code does. */
export class Server {
  private readonly execution: Execution;
  private stopping = false;

  constructor(
    private readonly sockets: Sockets,
    private readonly others: {
      readonly compiler: Compiler;
      readonly session: Remote<Pick<Session, "members" | "place" | "value">>;
    },
    private readonly send: (message: ToSession) => void,
  ) {
    this.execution = new Execution(sockets, others, send);
  }

  start(): void {
    void this.sockets.publish("status", { execution_state: "starting" }, undefined);
    for (const channel of ["shell", "control"] as const)
      void this.sockets.receive(channel, (message) => void this.handle(channel, message));
    void this.sockets.receive("stdin", (message) => this.execution.inputReply(message));
  }

  /** A message from the thread that runs user code. */
  fromSession(message: FromSession): void {
    this.execution.fromSession(message);
  }

  private async handle(channel: "shell" | "control", message: Message): Promise<void> {
    const { msg_type: type } = message.header;
    if (this.stopping) return;
    if (type === "execute_request") return this.execution.enqueue(channel, message);
    this.status("busy", message);
    try {
      const reply = await this.answer(type, message.content, message);
      // Not awaited: a client that sends the next request on this reply must find "idle" published already.
      if (reply) void this.sockets.send(channel, type.replace(/_request$/, "_reply"), reply, message);
    } catch (error) {
      const { name, message: text, stack } = error as Error;
      const failure = { status: "error", ename: name, evalue: text, traceback: (stack ?? text).split("\n") };
      void this.sockets.send(channel, type.replace(/_request$/, "_reply"), failure, message);
    }
    this.status("idle", message);
    // Clients show the state they heard last: a cell that is still running keeps the kernel busy.
    if (this.execution.current) this.status("busy", this.execution.current);
    if (type === "shutdown_request") await this.stop();
  }

  private status(state: "busy" | "idle", parent: Message): void {
    void this.sockets.publish("status", { execution_state: state }, parent.header);
  }

  private async answer(type: string, content: Reply, message: Message): Promise<Reply | undefined> {
    switch (type) {
      case "kernel_info_request":
        return kernelInfo();
      case "complete_request":
        return this.complete(content as { code: string; cursor_pos: number });
      case "inspect_request":
        return this.inspect(content as { code: string; cursor_pos: number });
      case "is_complete_request":
        if (helpSubject(String(content["code"])) !== undefined) return { status: "complete" };
        return { ...(await this.others.compiler.isComplete(String(content["code"]))) };
      case "history_request":
        return { status: "ok", history: this.execution.history.query(content) };
      case "comm_info_request":
        return { status: "ok", comms: {} };
      case "comm_open":
        // No widgets here: closing tells the front end so.
        void this.sockets.publish("comm_close", { comm_id: content["comm_id"], data: {} }, message.header);
        return undefined;
      case "interrupt_request":
        await this.execution.interrupt();
        return { status: "ok" };
      case "shutdown_request": {
        this.stopping = true;
        const reply = { status: "ok", restart: content["restart"] === true };
        void this.sockets.publish("shutdown_reply", reply, message.header);
        return reply;
      }
      case "debug_request":
        return {
          type: "response",
          request_seq: content["seq"] ?? 0,
          command: content["command"] ?? "",
          success: false,
          message: "This kernel has no debugger",
        };
      default:
        return undefined; // comm_msg, comm_close, and what later versions of the protocol may add
    }
  }

  private async complete({ code, cursor_pos }: { code: string; cursor_pos: number }): Promise<Reply> {
    const { access, start, end, ...typed } = await this.others.compiler.complete(code, cursor_pos);
    const found = access ? await this.members(access) : [];
    const matches = [...typed.matches, ...found];
    const types = [...typed.types, ...found.map((text) => ({ text, start, end, type: "property" }))];
    return {
      status: "ok",
      matches,
      cursor_start: start,
      cursor_end: end,
      metadata: { _jupyter_types_experimental: types },
    };
  }

  /** Where types say nothing, the value does, as far as it can be asked now. */
  private async members(access: MemberAccess): Promise<string[]> {
    if (this.execution.current) return [];
    return soon(this.others.session.members(access), []);
  }

  private async inspect({ code, cursor_pos }: { code: string; cursor_pos: number }): Promise<Reply> {
    const text = await inspect(this.others, code, cursor_pos, this.execution.current !== undefined);
    return { status: "ok", found: text !== null, data: text === null ? {} : { "text/plain": text }, metadata: {} };
  }

  private async stop(): Promise<void> {
    this.execution.close();
    await this.sockets.publish("status", { execution_state: "idle" }, undefined);
    // User code may keep its thread, and then never hears of it.
    setTimeout(() => process.kill(process.pid, "SIGKILL"), 300);
    await this.sockets.close();
    this.send({ type: "exit" });
  }
}

function kernelInfo(): Reply {
  const { version } = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8")) as { version: string };
  return {
    status: "ok",
    protocol_version: PROTOCOL_VERSION,
    implementation: "longtail",
    implementation_version: version,
    language_info: {
      name: "typescript",
      version: TYPESCRIPT_VERSION,
      mimetype: "text/typescript",
      file_extension: ".ts",
      pygments_lexer: "typescript",
      // JupyterLab goes by the MIME type where it has no language of that name; the classic Notebook loads the mode and then
      // finds the name among its types. By the name "javascript" JupyterLab would not know TypeScript's keywords.
      codemirror_mode: { name: "text/typescript", mode: "javascript", mime: "application/typescript" },
      nbconvert_exporter: "script",
    },
    banner: `longtail ${version}: TypeScript ${TYPESCRIPT_VERSION} on Node ${process.version}`,
    help_links: [{ text: "TypeScript handbook", url: "https://www.typescriptlang.org/docs/handbook/intro.html" }],
    debugger: false,
  };
}
