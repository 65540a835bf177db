import { createRequire } from "node:module";
import { join } from "node:path";
import { RUNTIME } from "../compiler/names.js";
import { packageFolder } from "../compiler/folders.js";
import type { MemberAccess, ValuePath } from "../compiler/member.js";
import type { LocalModule } from "../compiler/modules.js";
import { format } from "../format/index.js";
import type { DisplayMessage } from "../mime.js";
import type { FromSession, Outcome, RunRequest, ToSession } from "../ports.js";
import { api as displayApi } from "../user.js";
import {
  begin,
  Cell,
  currentCell,
  guardTimers,
  iterate,
  KeyboardInterrupt,
  pause,
  resume,
  tolerateUnwinding,
} from "./cancellation.js";
import { ConsoleGroups } from "./groups.js";
import { offerHook } from "./hook.js";
import { takeOverProcess } from "./host.js";
import { Linker, type Namespace } from "./linker.js";
import { membersOf, valueAt } from "./members.js";
import { importMeta } from "./meta.js";
import { Scope } from "./scope.js";
import { closeOpenScopes, stopTraining } from "./tensorflow.js";
import { Tracebacks } from "./traceback.js";
import { UnsetNames } from "./unset.js";
import { valueText } from "./value-text.js";

/** What the session needs of the other threads. */
export interface SessionLinks {
  send(message: FromSession): void;
  compileModule(specifier: string, fromFile: string | null): Promise<{ entry: string; modules: LocalModule[] } | null>;
}

const { setImmediate } = globalThis;

/** User code and its state. Everything here runs on the main thread. */
export class Session {
  private readonly scope = new Scope();
  private readonly unset = new UnsetNames(this.scope);
  private readonly tracebacks = new Tracebacks();
  private readonly linker: Linker;
  private readonly runtime: object;
  private readonly require: NodeJS.Require;
  private readonly groups = new ConsoleGroups();
  private requests = 0;
  private readonly inputs = new Map<number, { resolve(text: string): void; reject(error: Error): void }>();
  private latest = new Cell(0, "start");
  private running: Cell | undefined;

  constructor(
    private readonly folder: string,
    private readonly links: SessionLinks,
  ) {
    this.linker = new Linker(
      folder,
      packageFolder,
      (specifier, fromFile) => links.compileModule(specifier, fromFile),
      this.tracebacks,
      () => this.runtime,
      { tslab: displayApi as unknown as Namespace },
    );
    this.require = createRequire(join(folder, "cell.js"));
    this.runtime = {
      begin,
      pause,
      resume,
      iterate,
      load: this.linker.load.bind(this.linker),
      import: (specifier: string) => this.linker.import(specifier),
      meta: importMeta(join(folder, "cell.ts"), packageFolder),
    };
    this.tracebacks.install();
    guardTimers();
    this.groups.install();
    takeOverProcess({
      write: (name, text) => this.write(name, text),
      clear: () => this.clear(),
      uncaught: (error) => this.report("Uncaught exception outside the cell's own code:", error),
      rejected: (reason) => this.rejected(reason),
      waits: (waits) => this.links.send({ type: "waits", waits }),
    });
    offerHook({
      display: (message) => this.display(message),
      signal: () => this.cell.signal,
      stopsByItself: (within) => this.cell.patience.announce(within),
      input: (prompt, password) => this.input(prompt, password),
    });
  }

  receive(message: ToSession): void {
    if (message.type === "run") void this.run(message);
    else if (message.type === "ping") this.links.send({ type: "pong", ping: message.ping });
    else if (message.type === "interrupt") this.interrupt(message);
    else if (message.type === "input") {
      const waiting = this.inputs.get(message.request);
      this.inputs.delete(message.request);
      if (message.error !== undefined) waiting?.reject(new Error(message.error));
      else waiting?.resolve(message.value ?? "");
    }
  }

  /** What can follow the dot of an access. */
  members({ name, keys, typed }: MemberAccess): string[] {
    return membersOf(this.scope.value(name), keys, typed);
  }

  /** What the value at the end of a path is now, in a few lines; undefined where there is no more to say than of its type. */
  value({ name, keys }: ValuePath): string | undefined {
    return valueText(valueAt(this.scope.value(name), keys));
  }

  /** What a traceback says of a stack. */
  place(stack: readonly string[]): string[] {
    return this.tracebacks.place(stack);
  }

  private async run(request: RunRequest): Promise<void> {
    const cell = new Cell(request.cell, request.name, (ms) =>
      this.links.send({ type: "patience", cell: request.cell, ms }),
    );
    this.latest.pass();
    this.latest = this.running = cell;
    const outcome = await currentCell.run(cell, () => {
      tolerateUnwinding();
      this.groups.close();
      return this.evaluate(cell, request);
    });
    if (this.running === cell) this.running = undefined;
    try {
      this.links.send({ type: "done", cell: cell.id, outcome });
    } catch (error) {
      // The value's own representation holds what cannot be sent, such as a function.
      this.links.send({ type: "done", cell: cell.id, outcome: { status: "error", ...this.tracebacks.error(error) } });
    }
  }

  private async evaluate(cell: Cell, { compiled, source, name, expressions }: RunRequest): Promise<Outcome> {
    try {
      this.tracebacks.add(name, { map: compiled.map, source, prefixLines: 1 });
      this.scope.declare(compiled.names);
      this.linker.release(compiled.names);
      const body = this.scope.compile(compiled.code, name, { isAsync: compiled.hasAwait });
      const value = await this.settle(cell, body);
      await cell.race(displayApi.turns.flush());
      const data = value === undefined ? undefined : await cell.race(format(value));
      this.unset.ran(compiled.names);
      return { status: "ok", ...(data && { data }), expressions: await this.expressions(expressions) };
    } catch (thrown) {
      await turn();
      const error = cell.interrupted ? asInterrupt(thrown, cell.signal) : thrown;
      if (cell.interrupted) {
        this.cleanUp();
        displayApi.turns.release();
      }
      // A figure that was shown before the error may still be being drawn; it belongs before the error.
      await cell.race(displayApi.turns.flush()).catch(() => undefined);
      const shown = this.tracebacks.error(error);
      if (!cell.interrupted) shown.traceback.push(...this.unset.hints(source, compiled.names));
      this.unset.failed(compiled.names, name);
      return { status: "error", ...shown };
    }
  }

  /** Runs a cell's code to its end, with which all that it announced ends too. */
  private async settle(cell: Cell, body: ReturnType<Scope["compile"]>): Promise<unknown> {
    try {
      const value = await cell.race(this.call(body));
      await turn(); // in which promises may reject that the cell left behind: that is its error too
      if (cell.rejection) throw cell.rejection.reason;
      if (cell.signal.aborted) throw new KeyboardInterrupt();
      return value;
    } finally {
      cell.patience.end();
    }
  }

  private call(body: ReturnType<Scope["compile"]>): unknown {
    return body({
      [RUNTIME]: this.runtime,
      require: this.require,
      __filename: join(this.folder, "cell.ts"),
      __dirname: this.folder,
    });
  }

  private async expressions(sources: Record<string, string>): Promise<Record<string, object>> {
    const results: Record<string, object> = {};
    for (const [name, source] of Object.entries(sources)) {
      try {
        const body = this.scope.compile(`return ${source}`, `expression[${name}]`, { isAsync: true });
        results[name] = { status: "ok", data: await format(await this.call(body)), metadata: {} };
      } catch (error) {
        results[name] = { status: "error", ...this.tracebacks.error(error) };
      }
    }
    return results;
  }

  private interrupt({ cell, patient }: Extract<ToSession, { type: "interrupt" }>): void {
    if (this.latest.id !== cell) return;
    this.latest.interrupt({ patient });
    for (const input of this.inputs.values()) input.reject(new Error("The cell was interrupted"));
    this.inputs.clear();
    if (this.latest.interrupted) this.cleanUp();
    if (!patient) this.running = undefined; // what was cut off cannot say itself that it has ended
  }

  /** After an interrupt, when no user code is on the stack. */
  private cleanUp(): void {
    closeOpenScopes();
    this.scope.values().forEach(stopTraining);
  }

  /** The cell to which what happens now belongs. */
  private get cell(): Cell {
    return currentCell.getStore() ?? this.latest;
  }

  private display(message: DisplayMessage): void {
    const { cell } = this;
    // While a cell winds up, what it has shown may still say so: "stopped at 3 of 10".
    const isShown = !cell.silenced || (message.update && cell === this.running);
    // What the protocol cannot carry is the error of the cell, here where the cell can be told.
    const { length } = JSON.stringify(message);
    if (isShown) this.links.send({ type: "display", cell: cell.id, message, length });
  }

  private write(name: "stdout" | "stderr", text: string): void {
    const { cell } = this;
    if (text === "" || cell.silenced) return;
    displayApi.turns.say(() => this.links.send({ type: "stream", cell: cell.id, name, text }));
  }

  private clear(): void {
    const { cell } = this;
    if (!cell.silenced) displayApi.turns.say(() => this.links.send({ type: "clear", cell: cell.id }));
  }

  private input(prompt: string, password: boolean): Promise<string> {
    const request = ++this.requests;
    displayApi.turns.release(); // the question may be in it
    this.links.send({ type: "input", cell: this.cell.id, request, prompt, password });
    return new Promise((resolve, reject) => this.inputs.set(request, { resolve, reject }));
  }

  /** A promise that rejected without a handler: the error of its cell while that runs, a message afterwards. */
  private rejected(reason: unknown): void {
    const { cell } = this;
    if (cell.interrupted && (!cell.isLive || reason instanceof KeyboardInterrupt)) return;
    if (cell === this.running) cell.rejection ??= { reason };
    else this.report("Unhandled promise rejection after the cell had ended:", reason);
  }

  private report(title: string, error: unknown): void {
    this.write("stderr", `${title}\n${this.tracebacks.error(error).traceback.join("\n")}\n`);
  }
}

/** A turn of the event loop, in which an interrupt arrives that came while the cell kept the thread. */
function turn(): Promise<void> {
  return new Promise((done) => setImmediate(done));
}

/** An interrupted cell ends as such, whatever the code threw that was stopping; what went wrong meanwhile is the cause. */
function asInterrupt(thrown: unknown, { reason }: AbortSignal): unknown {
  if (thrown instanceof KeyboardInterrupt) return thrown;
  const isAbort = thrown instanceof Error && (thrown.name === "AbortError" || thrown.cause === reason);
  return new KeyboardInterrupt(isAbort ? undefined : { cause: thrown });
}
