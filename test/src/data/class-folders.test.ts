import { expect, test } from "vitest";
import { requireFolderNames } from "../../../src/data/class-folders.js";
import { CLASS_COUNT } from "../../../src/data/emblems/classes.js";
import * as names from "../../../src/data/formats/class-names.js";
import { emblems, stickers } from "../../../src/data/index.js";

const asked = (...classes: string[]) => {
  return () => requireFolderNames("saveFolder", classes);
};

test.each([
  ["", "it is empty"],
  ["a/b", 'no folder\'s name has "/" on every system'],
  ["what?", 'no folder\'s name has "?" on every system'],
  ["a\tb", 'no folder\'s name has "\\t" on every system'],
  ["a\u0000b", 'no folder\'s name has "\\u0000" on every system'],
  ["a\u007fb", "on every system"],
  ["..", "Windows drops a dot or a space at the end"],
  ["etc.", "Windows drops a dot or a space at the end"],
  ["cat ", "Windows drops a dot or a space at the end"],
  ["con", "Windows keeps it for a device"],
  ["Aux", "Windows keeps it for a device"],
  ["nul.old", "Windows keeps it for a device"],
  ["LPT1", "Windows keeps it for a device"],
])("%j cannot be a folder everywhere", (name, why) => {
  expect(asked("dog", name)).toThrow(RangeError);
  expect(asked("dog", name)).toThrow(
    `saveFolder: expected classes whose names a folder can have, found ${JSON.stringify(name)}: `,
  );
  expect(asked("dog", name)).toThrow(`${why}. Examples.relabel gives`);
});

test.each([
  ["Cat", "cat"],
  ["cat", "cat"],
  ["ÄRGER", "ärger"],
  ["caf\u00e9", "cafe\u0301"],
])("%j and %j would be one folder", (one, other) => {
  expect(asked(one, "dog", other)).toThrow(
    `expected classes whose names differ in more than case, found ${JSON.stringify(one)} and ${JSON.stringify(other)}`,
  );
  expect(asked(one, "dog")).not.toThrow();
  expect(asked("dog", other)).not.toThrow();
});

test("names that only resemble those are folders", () => {
  const classes = ["console", "my con", "com", "com10x", "lpt-1", ".hidden", "v1.5", "two words", "猫", "n° 1", "a'b"];
  expect(asked(...classes)).not.toThrow();
});

const builtIn: [string, readonly string[]][] = [
  ["CIFAR-10", names.cifar10Classes],
  ["CIFAR-100", names.cifar100Classes],
  ["CIFAR-100's coarse classes", names.cifar100CoarseClasses],
  ["SVHN and MNIST", names.digitClasses],
  ["emblems", emblems({ counts: Array.from({ length: CLASS_COUNT }, () => 1), size: 32 }).classes],
  ["stickers", stickers({ counts: 1 }).classes],
];
test.each(builtIn)("classes of %s are folders", (_, classes) => {
  expect(classes.length).toBeGreaterThan(9);
  expect(asked(...classes)).not.toThrow();
});
