import { SourceMap, type SourceMapPayload } from "node:module";
import { inspect } from "node:util";
import type { CellError } from "../compiler/diagnostics.js";

/** A compiled script: where its lines come from. */
interface Origin {
  readonly map: string;
  readonly source: string;
  /** Lines that stand before the user's first line in the mapped source. */
  readonly prefixLines: number;
  parsed?: SourceMap;
}

/** A line of a stack; `own`: of the user's code, with the line of source that it points into. */
interface Frame {
  readonly text: string;
  readonly own: boolean;
  readonly excerpt: string[];
}

const FRAME = /^(\s+at (?:async )?)(.+):(\d+):(\d+)(\)?)$/;
/** Where the name of a file may begin in a frame: at once, or behind the function's name. Both names may have parentheses. */
const BEFORE_FILE = /^|\(/g;
const INTERNAL =
  /node:(internal|vm|events|async_hooks)\b|[\\/]kernel[\\/](session|compiler|wire|main|rpc|display|turns|format)\b/;

/** Turns what a cell threw into the protocol's error, with positions of the cell as it was typed. */
export class Tracebacks {
  private readonly origins = new Map<string, Origin>();
  /** Stacks as V8 gave them, of errors whose `stack` was read. */
  private readonly originals = new WeakMap<Error, { stack: string; shown: string }>();

  /** Errors that user code prints or shows have the same frames as those it throws: of the cell as it was typed, none of the kernel. */
  install(): void {
    Error.prepareStackTrace = (error, sites: readonly { toString(): string }[]) => {
      const head = describeHead(error);
      const frames = sites.map((site) => `    at ${site.toString()}`);
      const stack = [head, ...frames].join("\n");
      const shown = [head, ...this.visible(frames).map((frame) => frame.text)].join("\n");
      if (isError(error)) this.originals.set(error, { stack, shown });
      return shown;
    };
  }

  add(filename: string, origin: Origin): void {
    this.origins.set(filename, origin);
  }

  /** Never throws itself, whatever was thrown. */
  error(thrown: unknown): CellError {
    try {
      if (isError(thrown)) {
        const name = String(thrown.name || "Error");
        return { ename: name, evalue: String(thrown.message), traceback: this.describe(thrown) };
      }
    } catch {
      // A proxy or a getter that throws: shown as any other value.
    }
    const text = valueText(thrown);
    return { ename: "Thrown", evalue: text, traceback: [`Thrown: ${text}`] };
  }

  /** Where in the user's code a stack is, as an error that comes from there shows it; of what that called there may be much. */
  place(stack: readonly string[]): string[] {
    return withExcerpt(this.visible(stack).filter(({ own }) => own));
  }

  private describe(error: Error, depth = 0): string[] {
    const { stack } = error;
    const original = this.originals.get(error);
    const { head, frames } = split(error, original?.shown === stack ? original?.stack : stack);
    const shown = this.visible(frames);
    const lines = [...head, ...withExcerpt(shown), ...properties(error)];
    if (error instanceof AggregateError && depth < 4)
      for (const inner of error.errors) lines.push("Including:", ...this.nested(inner, depth));
    if (error.cause !== undefined && depth < 4) lines.push("Caused by:", ...this.nested(error.cause, depth));
    return lines;
  }

  private visible(frames: readonly string[]): Frame[] {
    // The user's own files come first: they may lie in a folder that is called as one of ours.
    const mapped = frames.map((line) => this.mapFrame(line)).filter(({ own, text }) => own || !INTERNAL.test(text));
    // Below the cell's own code stands only what called it.
    const last = mapped.findLastIndex((frame) => frame.own);
    return last < 0 ? mapped : mapped.slice(0, last + 1);
  }

  private nested(value: unknown, depth: number): string[] {
    const lines = isError(value) ? this.describe(value, depth + 1) : [valueText(value)];
    return lines.map((line) => `  ${line}`);
  }

  private mapFrame(text: string): Frame {
    const [, at, place = "", line, column, after] = FRAME.exec(text) ?? [];
    const start = [...place.matchAll(BEFORE_FILE)]
      .map((before) => before.index + before[0].length)
      .find((index) => this.origins.has(place.slice(index)));
    if (start === undefined) return { text, own: false, excerpt: [] };
    const origin = this.origins.get(place.slice(start))!;
    const original = originalPosition(origin, Number(line), Number(column));
    if (!original) return { text, own: true, excerpt: [] };
    const source = origin.source.split(/\r?\n/)[original.line - 1];
    const number = String(original.line);
    const gap = (source ?? "").slice(0, original.column - 1).replace(/[^\t]/g, " ");
    const excerpt =
      source === undefined ? [] : ["", `  ${number} | ${source}`, `  ${" ".repeat(number.length)} | ${gap}^`, ""];
    return { text: `${at}${place}:${original.line}:${original.column}${after}`, own: true, excerpt };
  }
}

/** Frames below the innermost line of source that one of them points into. */
function withExcerpt(frames: readonly Frame[]): string[] {
  const excerpt = frames.find((frame) => frame.excerpt.length > 0)?.excerpt ?? [];
  return [...excerpt, ...frames.map(({ text }) => text)];
}

function originalPosition(origin: Origin, line: number, column: number): { line: number; column: number } | undefined {
  if (!origin.map) return undefined;
  origin.parsed ??= new SourceMap(JSON.parse(origin.map) as SourceMapPayload);
  const entry = origin.parsed.findEntry(line - 1, column - 1);
  if (!("originalLine" in entry)) return undefined;
  return { line: entry.originalLine + 1 - origin.prefixLines, column: entry.originalColumn + 1 };
}

/** As V8 begins a stack; a `name` or `message` may be a getter that throws. */
function describeHead(error: Error): string {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return "Error";
  }
}

/** Getters and proxies can keep even `inspect` from looking at a value. */
function valueText(value: unknown): string {
  try {
    return inspect(value);
  } catch {
    return "[a value that cannot be inspected]";
  }
}

/** What an error says beside its message, as Node shows it: a code, a status. Values of any kind may be in it. */
function properties(error: Error): string[] {
  const told = ["stack", "message", "name", "cause", ...(error instanceof AggregateError ? ["errors"] : [])];
  try {
    const own = Object.entries(error).filter(([key]) => !told.includes(key));
    if (own.length === 0) return [];
    const shown = Object.fromEntries(own);
    const text = inspect(shown, { depth: 2, maxArrayLength: 20, maxStringLength: 1000, breakLength: 100 });
    return text.split("\n").slice(0, 50);
  } catch {
    return []; // a getter that throws
  }
}

function isError(value: unknown): value is Error {
  return (
    value instanceof Error || (typeof value === "object" && value !== null && "stack" in value && "message" in value)
  );
}

/** The lines of a stack, message and frames apart: a message may have several lines, some looking like frames. */
function split(error: Error, stack: string | undefined): { head: string[]; frames: string[] } {
  const lines = String(stack ?? `${error.name}: ${error.message}`).split("\n");
  const messageLines = String(error.message).split("\n").length;
  const start = lines.findIndex((line, index) => index >= messageLines && /^\s+at /.test(line));
  return start < 0 ? { head: lines, frames: [] } : { head: lines.slice(0, start), frames: lines.slice(start) };
}
