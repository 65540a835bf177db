import { constants } from "node:buffer";
import type { Refuse } from "./value.js";

/** Whole numbers of more than this many bytes, or digits, are no data. */
const LONGEST = { bytes: 16, digits: 39 };

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A `str` of Python 3. */
export function utf8(bytes: Uint8Array, refuse: Refuse): string {
  if (bytes.length > constants.MAX_STRING_LENGTH) {
    const advice = "Save it with pickle protocol 4, where arrays are bytes and not text.";
    throw refuse(`a text of at most ${constants.MAX_STRING_LENGTH} bytes`, `${bytes.length} bytes`, advice);
  }
  try {
    return decoder.decode(bytes);
  } catch {
    throw refuse("UTF-8", "other bytes");
  }
}

/** A whole number in two's complement, the lowest byte first. */
export function longNumber(bytes: Uint8Array, refuse: Refuse): number | bigint {
  if (bytes.length > LONGEST.bytes) throw refuse(`a number of at most ${LONGEST.bytes} bytes`, `${bytes.length} bytes`);
  const value = bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return plain(BigInt.asIntN(8 * bytes.length, value));
}

/** "00" and "01" are False and True. */
export function textInteger(line: string, refuse: Refuse): number | bigint | boolean {
  if (line === "00" || line === "01") return line === "01";
  if (!/^-?\d+$/.test(line) || line.length > LONGEST.digits) throw refuse("a whole number", quoted(line));
  return plain(BigInt(line));
}

const SPECIAL = new Map([
  ["nan", NaN],
  ["inf", Infinity],
  ["-inf", -Infinity],
]);

export function textFloat(line: string, refuse: Refuse): number {
  const special = SPECIAL.get(line);
  if (special !== undefined) return special;
  if (!/^-?\d+(\.\d*)?(e[+-]?\d+)?$/.test(line)) throw refuse("a number", quoted(line));
  return Number(line);
}

const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", "\\": "\\", "'": "'", '"': '"' };

/** A `str` of Python 2 as its repr: in quotes, with escapes. */
export function quotedBytes(line: string, refuse: Refuse): Uint8Array {
  const [, , body] = /^(['"])(.*)\1$/s.exec(line) ?? [];
  if (body === undefined) throw refuse("a text in quotes", quoted(line));
  const text = body.replace(/\\(x[0-9a-f]{2}|.?)/gs, (whole, escape: string) => {
    const character = escape.length === 3 ? String.fromCharCode(parseInt(escape.slice(1), 16)) : escapes[escape];
    if (character === undefined) throw refuse("an escape of Python's repr", quoted(whole));
    return character;
  });
  return Buffer.from(text, "latin1");
}

/** Latin-1, where \uXXXX and \UXXXXXXXX stand for other code points. */
export function rawUnicode(line: string, refuse: Refuse): string {
  return line.replace(/\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|)/g, (whole, escape: string) => {
    const code = parseInt(escape.slice(1), 16);
    if (!(code <= 0x10ffff)) throw refuse("\\u or \\U and a code point", quoted(whole));
    return String.fromCodePoint(code);
  });
}

function plain(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}...` : text);
}
