// What the other threads of crew.test.ts do: count each item, and fail, die or wait at those that the test names.
import { help } from "../../../../dist/src/data/images/crew.js";
import { FileError } from "../../../../dist/src/data/file-error.js";

help(({ counts, helped, bad, fatal, exits, slow, slowItem }) => (item) => {
  Atomics.add(counts, item, 1);
  Atomics.add(helped, 0, 1);
  if (item === slowItem) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
  if (slow) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, slow);
  if (bad.includes(item)) throw new FileError({ file: "f", offset: item, expected: "a", found: "b", advice: "Do c." });
  if (fatal.includes(item)) throw new TypeError(`item ${item}`);
  if (exits.includes(item)) process.exit(3);
});
