import { Machine } from "./pickle/machine.js";
import { instructions } from "./pickle/opcodes.js";
import type { PickleValue } from "./pickle/value.js";

export { NumpyArray, NumpyType } from "./pickle/numpy.js";
export { PickleTuple, type PickleDict, type PickleValue } from "./pickle/value.js";

const STOP = ".".charCodeAt(0);

/**
 * Reads a pickle (https://peps.python.org/pep-3154/ and Python's pickletools), protocols 0 to 5, of dicts, lists, tuples,
 * numbers, texts, bytes and numpy's arrays of numbers. Nothing of Python is executed: a name of a module that data do not
 * need stops the reading. Arrays and bytes are views of `bytes`, except where protocols 0 to 2 escape them.
 * @param file what errors call it
 * @throws FileError
 */
export function unpickle(bytes: Uint8Array, file: string): PickleValue {
  const machine = new Machine(bytes, file);
  for (;;) {
    const code = machine.next();
    if (code === STOP) return machine.finish();
    const instruction = instructions[code];
    if (!instruction) {
      const found = `0x${code.toString(16).padStart(2, "0")}`;
      throw machine.refuse("a pickle's instruction for plain data", found);
    }
    instruction(machine);
  }
}
