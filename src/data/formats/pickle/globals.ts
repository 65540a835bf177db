import { NumpyArray, NumpyType, numpyTypes } from "./numpy.js";
import {
  describe,
  PickleGlobal,
  PickleTuple,
  setItem,
  textOf,
  type PickleDict,
  type PickleValue,
  type Refuse,
} from "./value.js";

/** numpy's own bound, before numpy 2. */
const MOST_DIMENSIONS = 32;

/** A name that only stands as an argument, or whose objects come ready-made. */
function nameOnly(name: string): PickleGlobal {
  return new PickleGlobal(name, (_, refuse) => {
    throw refuse("a name that data are made by", `a call of ${name}`);
  });
}

const ndarray = nameOnly("numpy.ndarray");

/** An empty array, which BUILD fills. */
const reconstruct = new PickleGlobal("numpy.core.multiarray._reconstruct", ([type], refuse) => {
  if (type !== ndarray) throw refuse("numpy.ndarray to be made", describe(type));
  return new NumpyArray([0], NumpyType.of("u1")!, new Uint8Array(0));
});

const dtype = new PickleGlobal("numpy.dtype", ([code], refuse) => {
  const text = textOf(code) ?? "";
  const type = NumpyType.of(text);
  const found = `numpy.dtype ${/^\w{1,9}$/.test(text) ? text : describe(code)}`;
  if (!type) throw refuse(`numbers of a type among ${numpyTypes}`, found);
  return type;
});

/** An array of protocol 5. */
const fromBuffer = new PickleGlobal("numpy.core.numeric._frombuffer", ([bytes, type, shape, order], refuse) => {
  const array = new NumpyArray([], NumpyType.of("u1")!, new Uint8Array(0));
  fill(array, [shape, type, textOf(order) === "F", bytes], refuse);
  return array;
});

const scalar = new PickleGlobal("numpy.core.multiarray.scalar", ([type, bytes], refuse) => {
  if (!(type instanceof NumpyType)) throw refuse("a numpy.dtype", describe(type));
  const array = new NumpyArray([], type, new Uint8Array(0));
  fill(array, [new PickleTuple([]), type, false, bytes], refuse);
  return [...array][0]!;
});

/** How Python 3 writes bytes in protocols below 3: as text whose code points are the bytes. */
const encode = new PickleGlobal("_codecs.encode", ([text, encoding], refuse) => {
  if (typeof text !== "string" || !/^latin-?1$/.test(textOf(encoding) ?? ""))
    throw refuse("a text to be encoded in latin1", `${describe(text)} in ${describe(encoding)}`);
  // Buffer.from would keep the low byte of what is no Latin-1.
  if (/[\u0100-\uffff]/.test(text)) throw refuse("a text of code points to 255", "others");
  return Buffer.from(text, "latin1");
});

const empty = new PickleGlobal("bytes", (args, refuse) => {
  if (args.length > 0) throw refuse("bytes()", `bytes of ${args.length} arguments`);
  return new Uint8Array(0);
});

const orderedDict = new PickleGlobal("collections.OrderedDict", ([pairs = []], refuse) => {
  const dict: PickleDict = new Map();
  if (!Array.isArray(pairs)) throw refuse("a list of pairs", describe(pairs));
  for (const pair of pairs) {
    const items = pair instanceof PickleTuple ? pair.items : pair;
    if (!Array.isArray(items) || items.length !== 2) throw refuse("a pair", describe(pair));
    setItem(dict, items[0] as PickleValue, items[1] as PickleValue, refuse);
  }
  return dict;
});

/** By module and name; numpy 2 has renamed `core` to `_core`, Python 3 `__builtin__` to `builtins`. */
export const globals: ReadonlyMap<string, PickleGlobal> = new Map([
  ...["core", "_core"].flatMap((core): [string, PickleGlobal][] => [
    [`numpy.${core}.multiarray._reconstruct`, reconstruct],
    [`numpy.${core}.multiarray.scalar`, scalar],
    [`numpy.${core}.numeric._frombuffer`, fromBuffer],
  ]),
  ["numpy.ndarray", ndarray],
  ["numpy.dtype", dtype],
  ["_codecs.encode", encode],
  ["__builtin__.bytes", empty],
  ["builtins.bytes", empty],
  ["collections.OrderedDict", orderedDict],
]);

/** What BUILD does: gives an object its state. */
export function build(target: PickleValue | undefined, state: PickleValue, refuse: Refuse): void {
  if (!(state instanceof PickleTuple)) throw refuse("a state that is a tuple", describe(state));
  // The version of an array's state, 1, has been there since 2005.
  if (target instanceof NumpyArray && state.items.length === 5) fill(target, state.items.slice(1), refuse);
  else if (target instanceof NumpyType) order(target, state.items, refuse);
  else throw refuse("an array or a dtype to be given its state", `${describe(target)}, ${describe(state)}`);
}

function order(type: NumpyType, state: readonly PickleValue[], refuse: Refuse): void {
  const [, mark, ...more] = state;
  const sign = textOf(mark) ?? "";
  if (![3, 4].includes(state[0] as number) || !(type.size === 1 ? /^[|<>=]$/ : /^[<>]$/).test(sign))
    throw refuse(
      "the state of a dtype of one number, version 3 or 4",
      `(${describe(state[0])}, ${describe(mark)}, ...)`,
    );
  if (more.slice(0, 3).some((part) => part !== null)) throw refuse("a dtype of one number", "a dtype of several");
  type.littleEndian = sign !== ">";
}

/** Gives an array its shape, type and numbers once they fit one another. */
function fill(array: NumpyArray, state: readonly (PickleValue | undefined)[], refuse: Refuse): void {
  const [shape, type, fortran, bytes] = state;
  const lengths = shape instanceof PickleTuple ? shape.items : [];
  const good = lengths.length <= MOST_DIMENSIONS && lengths.every((n) => Number.isSafeInteger(n) && (n as number) >= 0);
  if (!(shape instanceof PickleTuple) || !good || !(type instanceof NumpyType) || !(bytes instanceof Uint8Array))
    throw refuse("an array's shape, dtype and bytes", state.map(describe).join("; "));
  const numbers = lengths as number[];
  const wanted = numbers.reduce((product, length) => product * length, type.size);
  if (bytes.length !== wanted)
    throw refuse(`${wanted} bytes for [${numbers.join(", ")}] of ${String(type)}`, `${bytes.length} bytes`);
  if (fortran === true && numbers.filter((length) => length !== 1).length > 1)
    throw refuse("an array in C order", "Fortran order", "Save numpy.ascontiguousarray(array) in Python.");
  Object.assign(array, { shape: numbers, type, bytes });
}
