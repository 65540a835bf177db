import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { RUNTIME } from "../compiler/names.js";
import { packageFolder } from "../compiler/folders.js";
import type { LocalModule } from "../compiler/modules.js";
import { createDisplay } from "../display.js";
import type { DisplayMessage, MimeBundle } from "../mime.js";
import type { FromSession, Outcome, RunRequest, ToSession } from "../ports.js";
import { Cell, currentCell, guardTimers, iterate, pause, resume, tolerateUnwinding } from "./cancellation.js";
import { Linker, type Namespace } from "./linker.js";
import { Scope } from "./scope.js";
import { Tracebacks } from "./traceback.js";

/** What the session needs of the other threads. */
export interface SessionLinks {
  send(message: FromSession): void;
  compileModule(specifier: string, fromFile: string | null): Promise<{ entry: string; modules: LocalModule[] } | null>;
}

const { setImmediate } = globalThis;

/** User code and its state. Everything here runs on the main thread. */
export class Session {
  private readonly scope = new Scope();
  private readonly tracebacks = new Tracebacks();
  private readonly linker: Linker;
  private readonly runtime: object;
  private readonly require: NodeJS.Require;
  private readonly inputs = new Map<number, { resolve(text: string): void; reject(error: Error): void }>();
  private latest = new Cell(0, "start");
  private running: Cell | undefined;

  constructor(
    private readonly folder: string,
    private readonly links: SessionLinks,
  ) {
    const display = createDisplay((message) => this.display(message));
    this.linker = new Linker(
      folder,
      packageFolder,
      (specifier, fromFile) => links.compileModule(specifier, fromFile),
      this.tracebacks,
      () => this.runtime,
      { tslab: display as unknown as Namespace },
    );
    this.require = createRequire(join(folder, "cell.js"));
    this.runtime = {
      pause,
      resume,
      iterate,
      load: this.linker.load.bind(this.linker),
      import: (specifier: string) => this.linker.import(specifier),
      meta: { url: pathToFileURL(join(folder, "cell.ts")).href, dirname: folder, filename: join(folder, "cell.ts") },
    };
    guardTimers();
    this.captureStreams();
    this.survive();
    this.offerHook();
  }

  receive(message: ToSession): void {
    if (message.type === "run") void this.run(message);
    else if (message.type === "ping") this.links.send({ type: "pong", ping: message.ping });
    else if (message.type === "interrupt") this.interrupt(message.cell);
    else if (message.type === "input") {
      const waiting = this.inputs.get(message.request);
      this.inputs.delete(message.request);
      if (message.error !== undefined) waiting?.reject(new Error(message.error));
      else waiting?.resolve(message.value ?? "");
    }
  }

  /** For a Ctrl-C that reaches the process itself. */
  interruptLatest(): void {
    if (this.running) this.interrupt(this.running.id);
  }

  private async run(request: RunRequest): Promise<void> {
    const cell = new Cell(request.cell, request.name);
    this.latest = this.running = cell;
    const outcome = await currentCell.run(cell, () => {
      tolerateUnwinding();
      return this.evaluate(cell, request);
    });
    if (this.running === cell) this.running = undefined;
    this.links.send({ type: "done", cell: cell.id, outcome });
  }

  private async evaluate(cell: Cell, { compiled, source, name, expressions }: RunRequest): Promise<Outcome> {
    try {
      this.tracebacks.add(name, { map: compiled.map, source, prefixLines: 1 });
      this.scope.declare(compiled.names);
      const body = this.scope.compile(compiled.code, name, { isAsync: compiled.hasAwait });
      const value = await cell.race(this.call(body));
      // Promises that the cell left behind may reject in this turn of the event loop: that is the cell's error too.
      await new Promise((done) => setImmediate(done));
      if (cell.rejection) throw cell.rejection.reason;
      const data = value === undefined ? undefined : await cell.race(format(value));
      return { status: "ok", ...(data && { data }), expressions: await this.expressions(expressions) };
    } catch (error) {
      return { status: "error", ...this.tracebacks.error(error) };
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

  private interrupt(id: number): void {
    if (this.latest.id !== id) return;
    this.latest.interrupt();
    for (const input of this.inputs.values()) input.reject(new Error("The cell was interrupted"));
    this.inputs.clear();
    this.scope.values().forEach(stopTraining);
  }

  private display(message: DisplayMessage): void {
    const cell = currentCell.getStore() ?? this.latest;
    if (!cell.interrupted) this.links.send({ type: "display", cell: cell.id, message });
  }

  private write(name: "stdout" | "stderr", text: string): void {
    const cell = currentCell.getStore() ?? this.latest;
    if (!cell.interrupted) this.links.send({ type: "stream", cell: cell.id, name, text });
  }

  private captureStreams(): void {
    for (const name of ["stdout", "stderr"] as const) {
      process[name].write = (chunk: string | Uint8Array, encoding?: unknown, callback?: unknown): boolean => {
        this.write(name, typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8"));
        const done = typeof encoding === "function" ? encoding : callback;
        if (typeof done === "function") process.nextTick(done as () => void);
        return true;
      };
    }
  }

  /** A kernel outlives what would end a program. */
  private survive(): void {
    const report = (title: string, error: unknown): void =>
      this.write("stderr", `${title}\n${this.tracebacks.error(error).traceback.join("\n")}\n`);
    process.on("uncaughtException", (error) => report("Uncaught exception outside the cell's own code:", error));
    process.on("unhandledRejection", (reason) => {
      const cell = currentCell.getStore() ?? this.latest;
      if (cell.interrupted) return;
      if (cell === this.running) cell.rejection ??= { reason };
      else report("Unhandled promise rejection after the cell had ended:", reason);
    });
    process.removeAllListeners("warning");
    process.on("warning", (warning) => {
      // "Experimental" is about what the kernel uses of Node, not about the user's code.
      if (warning.name !== "ExperimentalWarning") this.write("stderr", `${warning.name}: ${warning.message}\n`);
    });
    process.exit = (code?: number | string | null): never => {
      throw Object.assign(
        new Error(`process.exit(${code ?? ""}) was called; the kernel goes on. Restart it to end it.`),
        {
          name: "SystemExit",
        },
      );
    };
  }

  /** What libraries use to show progress, to stop in an orderly way, and to ask, without importing this package. */
  private offerHook(): void {
    const session = this;
    let requests = 0;
    const hook = {
      display: (
        data: MimeBundle,
        { metadata = {}, id, update = false }: Partial<Omit<DisplayMessage, "data">> = {},
      ): void => session.display({ data, metadata, update, ...(id !== undefined && { id }) }),
      get signal(): AbortSignal {
        return (currentCell.getStore() ?? session.latest).signal;
      },
      input: (prompt = "", { password = false }: { password?: boolean } = {}): Promise<string> => {
        const cell = currentCell.getStore() ?? session.latest;
        const request = ++requests;
        session.links.send({ type: "input", cell: cell.id, request, prompt, password });
        return new Promise((resolve, reject) => session.inputs.set(request, { resolve, reject }));
      },
    };
    Object.defineProperty(globalThis, Symbol.for("longtail.kernel"), { value: hook });
  }
}

/** A Keras-style model (or the one that a sequential model wraps) whose `fit` was cut off would refuse to train again. */
function stopTraining(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  if ("isTraining" in value && "stopTraining" in value && value.isTraining === true)
    Object.assign(value, { stopTraining: true, isTraining: false });
  if ("model" in value && value.model !== value) stopTraining(value.model);
}

/** Formatters load with the first value that is shown. */
async function format(value: unknown): Promise<MimeBundle> {
  return (await import("../format/index.js")).format(value);
}
