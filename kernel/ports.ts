import type { CompiledCell } from "./compiler/service.js";
import type { CellError } from "./compiler/diagnostics.js";
import type { DisplayMessage, MimeBundle } from "./mime.js";

/**
 * How a cell ended. `expressions`: one entry a requested user expression, in the protocol's shape. `page`: text for the pager,
 * where the cell asked for help.
 */
export type Outcome =
  | { status: "ok"; data?: MimeBundle; expressions: Record<string, object>; page?: string }
  | ({ status: "error" } & CellError);

/** A compiled cell on its way to the thread that runs it. */
export interface RunRequest {
  readonly type: "run";
  /** Number of the request, unique in the life of the kernel. */
  readonly cell: number;
  /** Name in stack traces, `cell[3]`. */
  readonly name: string;
  readonly source: string;
  readonly compiled: CompiledCell;
  /** User expressions, compiled. */
  readonly expressions: Record<string, string>;
}

/** From the sockets' thread to the thread that runs user code. */
export type ToSession =
  | RunRequest
  /** Are you there? Unanswered while user code keeps the thread. */
  | { readonly type: "ping"; readonly ping: number }
  /** The cell was interrupted: nothing of it may run on. `patient`: except where it stops by itself. */
  | { readonly type: "interrupt"; readonly cell: number; readonly patient: boolean }
  | { readonly type: "input"; readonly request: number; readonly value?: string; readonly error?: string }
  | { readonly type: "exit" };

/** From the thread that runs user code to the sockets' thread. `cell` 0: no cell has run yet. */
export type FromSession =
  | { readonly type: "stream"; readonly cell: number; readonly name: "stdout" | "stderr"; readonly text: string }
  /** `length`: of the message in JSON. */
  | { readonly type: "display"; readonly cell: number; readonly message: DisplayMessage; readonly length: number }
  /** The cell's outputs so far are to disappear. */
  | { readonly type: "clear"; readonly cell: number }
  | {
      readonly type: "input";
      readonly cell: number;
      readonly request: number;
      readonly prompt: string;
      readonly password: boolean;
    }
  /** How long the cell may take from now on to stop by itself when it is interrupted, in ms; 0: it does not. */
  | { readonly type: "patience"; readonly cell: number; readonly ms: number }
  /** Whether the thread waits for a child process from now on, and hears of nothing. */
  | { readonly type: "waits"; readonly waits: boolean }
  | { readonly type: "done"; readonly cell: number; readonly outcome: Outcome }
  /** A Ctrl-C has reached the process itself. */
  | { readonly type: "interrupt" }
  | { readonly type: "pong"; readonly ping: number };
