import { build, globals } from "./globals.js";
import type { Machine } from "./machine.js";
import { longNumber, quotedBytes, rawUnicode, textFloat, textInteger, utf8 } from "./literal.js";
import { describe, PickleGlobal, PickleTuple, setItem, textOf, type PickleDict, type PickleValue } from "./value.js";

type Opcode = (machine: Machine) => void;

const isList = (value: PickleValue): value is PickleValue[] => Array.isArray(value);
const isDict = (value: PickleValue): value is PickleDict => value instanceof Map;

function append(m: Machine, items: readonly PickleValue[]): void {
  const list = m.expect(m.top(), isList, "a list to append to");
  for (const item of items) list.push(item);
}

function setItems(m: Machine, dict: PickleDict, items: readonly PickleValue[]): PickleDict {
  if (items.length % 2 > 0) throw m.refuse("a value for each key", `${items.length} keys and values`);
  for (let i = 0; i < items.length; i += 2) setItem(dict, items[i]!, items[i + 1]!, m.refuse);
  return dict;
}

function global(m: Machine, module: string, name: string): void {
  const full = `${module}.${name}`;
  const known = globals.get(full);
  if (known) return m.push(known);
  // What is no name is not repeated.
  const found = /^[\w.]{1,80}$/.test(full) ? `the global ${full}` : "another global";
  const advice = "Nothing of Python is executed: other objects must be saved as arrays, lists and dicts.";
  throw m.refuse("numpy arrays, numbers, texts, lists and dicts", found, advice);
}

function reduce(m: Machine): void {
  const args = m.pop();
  const callable = m.pop();
  if (!(callable instanceof PickleGlobal) || !(args instanceof PickleTuple))
    throw m.refuse("a global and a tuple of arguments", `${describe(callable)} and ${describe(args)}`);
  m.push(callable.call(args.items, m.refuse));
}

/** Every instruction of protocols 0 to 5 that data need, by its code as a character (Python's pickletools names them). */
const opcodes: Readonly<Record<string, Opcode>> = {
  // Protocols 0 and 1.
  "(": (m) => m.mark(),
  "0": (m) => void (m.atMark() ? m.popMark() : m.pop()),
  "1": (m) => void m.popMark(),
  "2": (m) => m.push(m.top()),
  F: (m) => m.push(textFloat(m.line(), m.refuse)),
  I: (m) => m.push(textInteger(m.line(), m.refuse)),
  J: (m) => m.push(m.signed32()),
  K: (m) => m.push(m.unsigned(1)),
  L: (m) => m.push(textInteger(m.line().replace(/L$/, ""), m.refuse)),
  M: (m) => m.push(m.unsigned(2)),
  N: (m) => m.push(null),
  R: reduce,
  S: (m) => m.push(quotedBytes(m.line(), m.refuse)),
  T: (m) => m.push(m.counted(4)),
  U: (m) => m.push(m.counted(1)),
  V: (m) => m.push(rawUnicode(m.line(), m.refuse)),
  X: (m) => m.push(utf8(m.counted(4), m.refuse)),
  a: (m) => append(m, [m.pop()]),
  b: (m) => {
    const state = m.pop();
    build(m.top(), state, m.refuse);
  },
  c: (m) => global(m, m.line(), m.line()),
  d: (m) => m.push(setItems(m, new Map(), m.popMark())),
  "}": (m) => m.push(new Map()),
  e: (m) => append(m, m.popMark()),
  g: (m) => m.recall(Number(textInteger(m.line(), m.refuse))),
  h: (m) => m.recall(m.unsigned(1)),
  j: (m) => m.recall(m.unsigned(4)),
  l: (m) => m.push(m.popMark()),
  "]": (m) => m.push([]),
  p: (m) => m.remember(Number(textInteger(m.line(), m.refuse))),
  q: (m) => m.remember(m.unsigned(1)),
  r: (m) => m.remember(m.unsigned(4)),
  s: (m) => {
    const entry = m.popMany(2);
    setItems(m, m.expect(m.top(), isDict, "a dict to set an entry of"), entry);
  },
  t: (m) => m.push(new PickleTuple(m.popMark())),
  ")": (m) => m.push(new PickleTuple([])),
  u: (m) => {
    const entries = m.popMark();
    setItems(m, m.expect(m.top(), isDict, "a dict to set entries of"), entries);
  },
  G: (m) => m.push(m.float64()),
  // Protocol 2.
  "\x80": (m) => m.protocol(),
  "\x85": (m) => m.push(new PickleTuple(m.popMany(1))),
  "\x86": (m) => m.push(new PickleTuple(m.popMany(2))),
  "\x87": (m) => m.push(new PickleTuple(m.popMany(3))),
  "\x88": (m) => m.push(true),
  "\x89": (m) => m.push(false),
  "\x8a": (m) => m.push(longNumber(m.counted(1), m.refuse)),
  "\x8b": (m) => m.push(longNumber(m.counted(4), m.refuse)),
  // Protocol 3.
  B: (m) => m.push(m.counted(4)),
  C: (m) => m.push(m.counted(1)),
  // Protocol 4.
  "\x8c": (m) => m.push(utf8(m.counted(1), m.refuse)),
  "\x8d": (m) => m.push(utf8(m.counted(8), m.refuse)),
  "\x8e": (m) => m.push(m.counted(8)),
  "\x93": (m) => {
    const parts = m.popMany(2);
    const [module, name] = parts.map(textOf);
    if (module === undefined || name === undefined)
      throw m.refuse("a module and a name", parts.map(describe).join(" and "));
    global(m, module, name);
  },
  "\x94": (m) => m.remember(m.memoSize),
  "\x95": (m) => m.frame(),
  // Protocol 5.
  "\x96": (m) => m.push(m.counted(8)),
};

/** The instruction of each code, if it is one. */
export const instructions: readonly (Opcode | undefined)[] = Array.from(
  { length: 256 },
  (_, code) => opcodes[String.fromCharCode(code)],
);
