import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { writeAtomic } from "./atomic.js";
import { wellFormedJson } from "./json.js";
import type { MimeBundle } from "./mime.js";

/** Metadata as Jupyter keeps it: known keys are described in the nbformat documentation, unknown ones are kept. */
export type Metadata = Record<string, unknown>;

export interface StreamOutput {
  output_type: "stream";
  name: string;
  text: string;
}
export interface DisplayOutput {
  output_type: "display_data";
  data: MimeBundle;
  metadata: Metadata;
}
export interface ResultOutput {
  output_type: "execute_result";
  execution_count: number | null;
  data: MimeBundle;
  metadata: Metadata;
}
export interface ErrorOutput {
  output_type: "error";
  ename: string;
  evalue: string;
  traceback: string[];
}
export type Output = StreamOutput | DisplayOutput | ResultOutput | ErrorOutput;

interface BaseCell {
  /** 1 to 64 of `a-z A-Z 0-9 - _`, unique in the notebook. */
  id: string;
  metadata: Metadata;
  source: string;
}
export interface CodeCell extends BaseCell {
  cell_type: "code";
  execution_count: number | null;
  outputs: Output[];
}
export interface TextCell extends BaseCell {
  cell_type: "markdown" | "raw";
  attachments?: Record<string, MimeBundle>;
}
export type Cell = CodeCell | TextCell;

/** A notebook of format 4.5 or later, with every text as one string (files keep lists of lines). */
export interface Notebook {
  nbformat: 4;
  nbformat_minor: number;
  metadata: Metadata;
  cells: Cell[];
}

/** Reads and checks a notebook. @throws an Error that names the file, the place in it, what was expected and found */
export async function readNotebook(path: string): Promise<Notebook> {
  return parseNotebook(await readFile(path, "utf8"), path);
}

/** Writes a notebook whole or not at all. */
export async function writeNotebook(path: string, notebook: Notebook): Promise<void> {
  await writeAtomic(path, formatNotebook(notebook));
}

/** The tags of a cell. */
export function tags(cell: Cell): readonly string[] {
  const value = cell.metadata["tags"];
  return Array.isArray(value) ? value.filter((tag): tag is string => typeof tag === "string") : [];
}

/** @param name what errors call the notebook, e.g. its path */
export function parseNotebook(text: string, name = "notebook"): Notebook {
  const problem = (at: string, expected: string, found: unknown): Error =>
    new Error(`${name}: ${at ? `${at}: ` : ""}expected ${expected}, found ${describe(found)}`);

  function object(value: unknown, at: string): Record<string, unknown> {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw problem(at, "an object", value);
    return value as Record<string, unknown>;
  }
  function list(value: unknown, at: string): unknown[] {
    if (!Array.isArray(value)) throw problem(at, "a list", value);
    return value;
  }
  function string(value: unknown, at: string): string {
    if (typeof value !== "string") throw problem(at, "a string", value);
    return value;
  }
  function lines(value: unknown, at: string): string {
    if (typeof value === "string") return value;
    if (!Array.isArray(value)) throw problem(at, "a string or a list of strings", value);
    return value.map((line, i) => string(line, `${at}[${i}]`)).join("");
  }
  function count(value: unknown, at: string): number | null {
    if (value === null || value === undefined) return null;
    if (!Number.isInteger(value) || (value as number) < 0) throw problem(at, "null or a count of 0 or more", value);
    return value as number;
  }
  function bundle(value: unknown, at: string): MimeBundle {
    const entries = Object.entries(object(value, at));
    return Object.fromEntries(
      entries.map(([type, data]) => [type, isJson(type) ? data : lines(data, `${at}[${JSON.stringify(type)}]`)]),
    );
  }
  function output(value: unknown, at: string): Output {
    const fields = object(value, at);
    const type = fields["output_type"];
    const shown = (): { data: MimeBundle; metadata: Metadata } => ({
      data: bundle(fields["data"], `${at}.data`),
      metadata: object(fields["metadata"] ?? {}, `${at}.metadata`),
    });
    switch (type) {
      case "stream":
        return {
          output_type: type,
          name: string(fields["name"], `${at}.name`),
          text: lines(fields["text"], `${at}.text`),
        };
      case "display_data":
        return { output_type: type, ...shown() };
      case "execute_result":
        return {
          output_type: type,
          execution_count: count(fields["execution_count"], `${at}.execution_count`),
          ...shown(),
        };
      case "error":
        return {
          output_type: type,
          ename: string(fields["ename"], `${at}.ename`),
          evalue: string(fields["evalue"], `${at}.evalue`),
          traceback: list(fields["traceback"], `${at}.traceback`).map((line, i) =>
            string(line, `${at}.traceback[${i}]`),
          ),
        };
      default:
        throw problem(`${at}.output_type`, '"stream", "display_data", "execute_result" or "error"', type);
    }
  }
  function cell(value: unknown, at: string): Cell {
    const fields = object(value, at);
    const type = fields["cell_type"];
    const metadata = object(fields["metadata"], `${at}.metadata`);
    const names = metadata["tags"] === undefined ? [] : list(metadata["tags"], `${at}.metadata.tags`);
    names.forEach((tag, i) => string(tag, `${at}.metadata.tags[${i}]`));
    const id = fields["id"] === undefined ? "" : string(fields["id"], `${at}.id`);
    if (fields["id"] !== undefined && !/^[\w-]{1,64}$/.test(id))
      throw problem(`${at}.id`, "1 to 64 letters, digits, - or _", id);
    const base = { id, metadata, source: lines(fields["source"], `${at}.source`) };
    if (type === "code") {
      const outputs = list(fields["outputs"], `${at}.outputs`).map((item, i) => output(item, `${at}.outputs[${i}]`));
      const execution_count = count(fields["execution_count"], `${at}.execution_count`);
      return { cell_type: type, ...base, execution_count, outputs };
    }
    if (type !== "markdown" && type !== "raw") throw problem(`${at}.cell_type`, '"code", "markdown" or "raw"', type);
    if (fields["attachments"] === undefined) return { cell_type: type, ...base };
    const attachments = Object.entries(object(fields["attachments"], `${at}.attachments`)).map(
      ([file, data]) => [file, bundle(data, `${at}.attachments[${JSON.stringify(file)}]`)] as const,
    );
    return { cell_type: type, ...base, attachments: Object.fromEntries(attachments) };
  }

  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new Error(`${name}: expected a notebook in JSON: ${(error as Error).message}`, { cause: error });
  }
  const fields = object(value, "");
  if (fields["nbformat"] !== 4)
    throw problem("nbformat", "4 (older ones: jupyter nbconvert --to notebook --nbformat 4)", fields["nbformat"]);
  const minor = count(fields["nbformat_minor"], "nbformat_minor");
  if (minor === null) throw problem("nbformat_minor", "a count of 0 or more", fields["nbformat_minor"]);
  const metadata = object(fields["metadata"], "metadata");
  const cells = list(fields["cells"], "cells").map((item, i) => cell(item, `cells[${i}]`));
  giveIds(cells);
  return { nbformat: 4, nbformat_minor: Math.max(minor, 5), metadata, cells };
}

/** Ids for cells that have none (format 4.4 and older) or someone else's: always the same for the same notebook. */
function giveIds(cells: Cell[]): void {
  const taken = new Set<string>();
  for (const cell of cells) {
    for (let n = 0; cell.id === "" || taken.has(cell.id); n++)
      cell.id = createHash("sha256").update(`${n}\n${cell.cell_type}\n${cell.source}`).digest("hex").slice(0, 8);
    taken.add(cell.id);
  }
}

/**
 * A notebook as nbformat writes it, so that a notebook saved here and in Jupyter differs only where it was changed: keys
 * in alphabetical order, one space of indentation, texts as lists of lines, a newline at the end.
 */
export function formatNotebook(notebook: Notebook): string {
  const { orig_nbformat: _, orig_nbformat_minor: _minor, signature: _signature, ...metadata } = notebook.metadata;
  const cells = notebook.cells.map((cell) => {
    const { trusted: _trusted, ...kept } = cell.metadata;
    const base = { ...cell, metadata: kept, source: splitLines(cell.source) };
    if (cell.cell_type === "code") return { ...base, outputs: cell.outputs.map(formatOutput) };
    if (!cell.attachments) return base;
    const attachments = Object.entries(cell.attachments).map(([file, data]) => [file, formatBundle(data)] as const);
    return { ...base, attachments: Object.fromEntries(attachments) };
  });
  return `${wellFormedJson(sorted({ ...notebook, metadata, cells }), 1)}\n`;
}

function formatOutput(output: Output): object {
  if (output.output_type === "stream") return { ...output, text: splitLines(output.text) };
  return output.output_type === "error" ? output : { ...output, data: formatBundle(output.data) };
}

/** As nbformat does: texts, SVG and JavaScript as lists of lines, base64 and JSON as they are. */
function formatBundle(data: MimeBundle): MimeBundle {
  const multiline = (type: string): boolean =>
    type.startsWith("text/") || type === "image/svg+xml" || type === "application/javascript";
  return Object.fromEntries(
    Object.entries(data).map(([type, value]) => [
      type,
      multiline(type) && typeof value === "string" ? splitLines(value) : value,
    ]),
  );
}

/** What ends a line for Python's `splitlines(keepends=True)`, by which nbformat splits texts. */
const LINE_ENDS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029";
const LINE = new RegExp(`[^${LINE_ENDS}]*(?:\r\n|[${LINE_ENDS}])|[^${LINE_ENDS}]+$`, "g");

function splitLines(text: string): string[] {
  return text.match(LINE) ?? [];
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, sorted(item)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isJson(type: string): boolean {
  return /^application\/(.*\+)?json$/.test(type);
}

function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
