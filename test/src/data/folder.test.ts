import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { setImmediate as warned } from "node:timers/promises";
import { afterAll, describe, expect, test } from "vitest";
import { FileError } from "../../../src/data/file-error.js";
import { folder, type FolderData, type FolderOptions } from "../../../src/data/folder.js";
import { encodePng, type Examples } from "../../../src/data/index.js";

const scratch = mkdtempSync(join(tmpdir(), "folder-"));
afterAll(() => rmSync(scratch, { recursive: true }));
let folders = 0;

/** A new folder with these files. */
function folderOf(files: Readonly<Record<string, Uint8Array | string>>): string {
  const path = join(scratch, `${folders++}`);
  mkdirSync(path);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), content);
  }
  return path;
}

/** A PNG of one colour, its value. */
const plain = (value: number, [height, width, channels] = [4, 4, 3]): Uint8Array =>
  encodePng({
    bytes: new Uint8Array(height * width * channels).fill(value),
    shape: [height, width, channels] as [number, number, 3],
  });
let value = 0;
/** Images of one class; no two of a folder are of one colour. */
function some(count: number, at: string): Record<string, Uint8Array> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`${at}/${i}.png`, plain(++value % 256)]));
}
const size = 4;
/** The colours of a set, which tell its images apart. */
const colours = (examples: Examples): number[] =>
  Array.from({ length: examples.length }, (_, i) => examples.image(i)[0]!);
const sets = ({ train, test, validation }: FolderData): number[][] =>
  [train, test, ...(validation ? [validation] : [])].map(colours);

async function failure(path: string, options: FolderOptions = { size }): Promise<Error> {
  const error: unknown = await folder(path, options).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(Error);
  return error as Error;
}

/** What is read, and what is warned of meanwhile. */
async function warningsOf(read: Promise<FolderData>): Promise<{ data: FolderData; warnings: Error[] }> {
  const warnings: Error[] = [];
  const listen = (warning: Error): void => void warnings.push(warning);
  process.on("warning", listen);
  const data = await read;
  await warned();
  process.off("warning", listen);
  return { data, warnings };
}

describe("one folder a class", () => {
  const path = folderOf({ ...some(20, "owl"), ...some(7, "cat"), ...some(2, "ant") });

  test("a fifth of each class is held back, one image at least", async () => {
    const data = await folder(path, { size });
    expect(data.name).toBe(path);
    expect(data.validation).toBeUndefined();
    for (const set of [data.train, data.test]) {
      expect(set.classes).toEqual(["ant", "cat", "owl"]);
      expect(set.shape).toEqual([4, 4, 3]);
    }
    expect([data.train.counts(), data.test.counts()]).toEqual([
      [1, 6, 16],
      [1, 1, 4],
    ]);
    const all = sets(data).flat();
    expect(new Set(all).size).toBe(29);
  });

  test.each<[FolderOptions, number[], number[], number[]?]>([
    [{ test: 0 }, [1, 6, 19], [1, 1, 1]],
    [{ test: 0.5 }, [1, 3, 10], [1, 4, 10]],
    [{ test: 0.99 }, [1, 1, 1], [1, 6, 19]],
  ])("%j", async (options, train, test) => {
    const data = await folder(path, { size, ...options });
    expect([data.train.counts(), data.test.counts()]).toEqual([train, test]);
  });

  test("validation comes from what is left: three sets without a common image", async () => {
    const own = folderOf({ ...some(20, "owl"), ...some(7, "cat"), ...some(3, "ant") });
    const options = { size, test: 0.3, validation: 0.25 };
    const data = await folder(own, options);
    expect([data.train, data.test, data.validation!].map((set) => set.counts())).toEqual([
      [1, 4, 10],
      [1, 2, 6],
      [1, 1, 4],
    ]);
    expect(new Set(sets(data).flat()).size).toBe(30);
    // Testing does not depend on it.
    expect(colours((await folder(own, { size, test: 0.3, seed: 0 })).test)).toEqual(colours(data.test));
    const most = await folder(own, { size, test: 0.99, validation: 0.99 });
    expect([most.train, most.test, most.validation!].map((set) => set.counts())).toEqual([
      [1, 1, 1],
      [1, 5, 18],
      [1, 1, 1],
    ]);
  });

  test("the seed chooses who is held back: the same seed, the same images", async () => {
    const options = { size, validation: 0.2 };
    const own = folderOf({ ...some(20, "owl"), ...some(20, "cat") });
    const [zero, one] = [sets(await folder(own, options)), sets(await folder(own, { ...options, seed: 1 }))];
    expect(sets(await folder(own, { ...options, seed: 0 }))).toEqual(zero);
    for (const [i, set] of one.entries()) expect(set).not.toEqual(zero[i]);
    expect(one.flat().sort()).toEqual(zero.flat().sort());
  });

  test("grey, see-through and odd-sized images are brought to one size, 32 unless said otherwise", async () => {
    const own = folderOf({
      ...{
        "a/grey.png": plain(90, [7, 3, 1]),
        "a/wide.png": plain(20, [1, 40, 3]),
        "a/clear.png": plain(0, [5, 5, 4]),
      },
      ...{ "b/1.png": plain(30, [33, 32, 3]), "b/2.png": plain(31, [1, 1, 3]) },
    });
    const data = await folder(own);
    expect(data.train.shape).toEqual([32, 32, 3]);
    const each = [data.train, data.test].flatMap((set) =>
      Array.from({ length: set.length }, (_, i) => [...new Set(set.image(i))]),
    );
    expect(each.flat().sort((a, b) => a - b)).toEqual([20, 30, 31, 90, 255]);
    const wide = await folder(own, { size: [2, 9] });
    expect(wide.test.shape).toEqual([2, 9, 3]);
  });

  test("a class with too few images", async () => {
    const own = folderOf({ ...some(2, "cat"), ...some(1, "dog") });
    const { message } = await failure(own);
    expect(message).toBe(
      `${own}: "dog" has 1 image to learn from and to hold some back; expected 2 or more. Add images, or give test images in ` +
        `folders of their own (train/, test/)`,
    );
    const three = folderOf({ ...some(2, "cat"), ...some(3, "dog") });
    expect((await failure(three, { size, validation: 0.1 })).message).toContain(
      '"cat" has 2 images to learn from and to hold some back; expected 3 or more',
    );
  });

  test("a single class, as where the folder's folder was meant, and none", async () => {
    const own = folderOf({ ...some(3, "animals/cat"), ...some(3, "animals/dog") });
    expect((await failure(own)).message).toBe(`${own}: expected folders of two or more classes, found only "animals"`);
    expect((await failure(folderOf({ "1.png": plain(1) }))).message).toMatch(
      /holds no folders\. Expected a folder for each/,
    );
    expect((await failure(join(scratch, "nowhere"))).message).toMatch(/Cannot read the folder .*nowhere: ENOENT/);
    const file = join(folderOf({ "1.png": plain(1) }), "1.png");
    expect((await failure(file)).message).toMatch(/Cannot read the folder .*1\.png: it is a file\. Expected a folder/);
    const alone = folderOf(some(3, "more"));
    expect((await failure(alone, { size, unlabeled: join(alone, "more") })).message).toMatch(/classes, found none$/);
  });

  test("a picture that cannot be read: an error that names it, or a warning", async () => {
    const own = folderOf({ ...some(3, "cat"), ...some(3, "dog"), "dog/broken.png": "no picture" });
    const error = await failure(own);
    expect(error).toBeInstanceOf(FileError);
    expect(error.message).toContain("broken.png");
    const warned = new Promise<Error>((resolve) => process.once("warning", resolve));
    const data = await folder(own, { size, bad: "skip" });
    expect([data.train.counts(), data.test.counts()]).toEqual([
      [2, 2],
      [1, 1],
    ]);
    const { name, message } = await warned;
    expect(name).toBe("DataWarning");
    expect(message).toMatch(/: 1 of 7 images are left out, the first because of .*broken\.png/);
    expect(data.skipped.map(({ file }) => file)).toEqual([join(own, "dog/broken.png")]);
  });

  test("files that may be pictures in other formats are warned of, once, and listed", async () => {
    const own = folderOf({
      ...{ ...some(4, "cat"), ...some(4, "dog"), "dog/a.webp": "x", "dog/old/b.BMP": "x", "dog/notes.txt": "x" },
      ...{ "cat/.DS_Store": "x", "dog/c": "x", "e.gif": "x", "more/f.heic": "x" },
      ...some(1, "more"),
    });
    const { data, warnings } = await warningsOf(folder(own, { size, unlabeled: join(own, "more") }));
    expect(warnings.map(({ name, message }) => [name, message])).toEqual([
      [
        "DataWarning",
        `${own}: files that are not named .jpg, .jpeg or .png are passed over. .gif: 1 of 1 files in no class; .bmp, .webp, ` +
          `no extension: 3 of 7 files of dog; .heic: 1 of 2 files of ${join(own, "more")}. Convert pictures among them to JPEG or PNG`,
      ],
    ]);
    const ignored = ["cat/.DS_Store", "dog/a.webp", "dog/c", "dog/notes.txt", "dog/old/b.BMP", "e.gif", "more/f.heic"];
    expect([...data.ignored].sort()).toEqual(ignored.map((file) => join(own, file)));
  });

  test("there is no warning of notes, hidden files and what is read", async () => {
    const own = folderOf({
      ...some(2, "cat"),
      ...some(2, "dog"),
      "dog/boxes.xml": "x",
      "readme.md": "x",
      ".git/x": "x",
    });
    writeFileSync(join(own, "dog/1.jfif"), plain(77));
    const { data, warnings } = await warningsOf(folder(own, { size }));
    expect([warnings, data.skipped, data.ignored.length]).toEqual([[], [], 3]);
    expect([...colours(data.train), ...colours(data.test)]).toContain(77);
  });

  test("where train and test are apart, the warning says whose files they are", async () => {
    const both = { ...some(2, "train/cat"), ...some(2, "train/dog"), ...some(2, "test/cat"), ...some(2, "test/dog") };
    const own = folderOf({ ...both, "train/cat/a.webp": "x", "test/cat/b.webp": "x" });
    const { warnings } = await warningsOf(folder(own, { size }));
    expect(warnings.length).toBe(1);
    expect(warnings[0]!.message).toContain(".webp: 1 of 3 files of train/cat; .webp: 1 of 3 files of test/cat.");
  });

  test("pictures are fitted and turned as the reader does, and the sets say how", async () => {
    const own = folderOf({ ...some(2, "cat"), ...some(2, "dog") });
    const [given, default_] = [await folder(own, { size, fit: "stretch", orientation: "stored" }), await folder(own)];
    for (const set of [given.train, given.test])
      expect(set.preprocessing).toEqual({ fit: "stretch", orientation: "stored" });
    expect(default_.test.preprocessing).toEqual({ fit: "cover", orientation: "exif" });
    expect((await failure(own, { fit: "contain" as never })).message).toContain('fit must be "cover" or "stretch"');
  });

  test("reading can be ended, and says how far it is", async () => {
    const reason = new Error("enough");
    expect(await failure(path, { size, signal: AbortSignal.abort(reason) })).toBe(reason);
    const seen: string[] = [];
    await folder(path, { size, onProgress: (done, total) => seen.push(`${done}/${total}`) });
    expect(seen.at(-1)).toBe("29/29");
  });
});

describe("copies of pictures that are tested or validated with are warned of", () => {
  const copies = (warnings: readonly Error[]): string[] =>
    warnings.map(({ message }) => message).filter((message) => message.includes("pixel for pixel"));

  test("held back from a class that holds each four times", async () => {
    const owls = Object.values(some(8, "owl")).flatMap((bytes, i) =>
      ["1", "2", "3", "4"].map((copy) => [`owl/${copy}/${i}.png`, bytes] as const),
    );
    const path = folderOf({ ...Object.fromEntries(owls), ...some(4, "cat") });
    const { data, warnings } = await warningsOf(folder(path, { size, validation: 0.2 }));
    const learned = new Set(colours(data.train));
    const found = [data.test, data.validation!].map((set) => colours(set).filter((colour) => learned.has(colour)));
    expect(found.map(({ length }) => length > 0)).toEqual([true, true]);
    const [message] = copies(warnings);
    expect(message).toContain(`${found[0]!.length} of ${data.test.length} test images, the first ${path}/owl/`);
    expect(message).toContain(`; ${found[1]!.length} of ${data.validation!.length} validation images, the first `);
    expect(message).toContain("What is measured on them is too good");
  });

  test("in the pool, under another name; not where the pool holds what is learned from", async () => {
    const [train, tested] = [some(3, "train/owl"), some(2, "test/owl")];
    const path = folderOf({ ...train, ...tested, ...some(1, "train/cat"), ...some(1, "test/cat") });
    const pool = folderOf({ ...some(3, "."), "copy.png": tested["test/owl/1.png"]! });
    const own = folderOf({ ...some(3, "."), "copy.png": train["train/owl/1.png"]! });
    const { warnings } = await warningsOf(folder(path, { size, unlabeled: pool }));
    expect(copies(warnings)).toEqual([
      expect.stringContaining(
        `1 of 3 test images, the first ${join(path, "test/owl/1.png")}, as ${join(pool, "copy.png")}. What`,
      ),
    ]);
    expect(copies((await warningsOf(folder(path, { size, unlabeled: own }))).warnings)).toEqual([]);
  });
});

describe("train and test", () => {
  const both = (): Record<string, Uint8Array> => ({
    ...{ ...some(2, "train/cat"), ...some(3, "train/dog"), ...some(1, "test/cat"), ...some(1, "test/dog") },
  });

  test.each(["val", "valid", "validation"])("and %s are the three sets, whole", async (name) => {
    const own = folderOf({ ...both(), ...some(2, `${name}/cat`), ...some(1, `${name}/dog`) });
    const data = await folder(own, { size });
    expect([data.train, data.test, data.validation!].map((set) => set.counts())).toEqual([
      [2, 3],
      [1, 1],
      [2, 1],
    ]);
    expect(new Set(sets(data).flat()).size).toBe(10);
    expect((await failure(own, { size, validation: 0.2 })).message).toBe(
      `${own}: expected no share for validation beside the folder ${join(own, name)}, found 0.2. Leave the option ` +
        `validation out, or move the folder away`,
    );
    // Unless it is the pool.
    const pooled = await folder(own, { size, unlabeled: join(own, name) });
    expect([pooled.validation, pooled.unlabeled!.length]).toEqual([undefined, 3]);
  });

  test("and validation must have the same classes, and be one folder", async () => {
    const less = folderOf({ ...both(), ...some(2, "val/cat") });
    expect((await failure(less)).message).toBe(
      `${less}: expected the same classes in "train" and "val"; "val" lacks "dog"`,
    );
    const two = folderOf({ ...both(), ...some(2, "val/cat"), ...some(2, "validation/cat") });
    expect((await failure(two)).message).toBe(`${two}: expected one folder for validation, found "val", "validation"`);
  });

  test("by other names are no classes", async () => {
    const parts = ["training", "testing"].flatMap((part) => ["a", "b"].map((name) => some(2, `${part}/${name}`)));
    const own = folderOf(Object.assign({}, ...parts, some(1, "pool")) as Record<string, Uint8Array>);
    expect((await failure(own, { size, unlabeled: join(own, "pool") })).message).toMatch(
      /"validation", with one folder a class in each; found "testing", "training", each with the folders "a", "b" and no image/,
    );
    // Classes may hold folders all the same: one in each, other ones, or beside images.
    for (const more of [some(1, "training/c"), some(1, "testing")]) {
      const classes = folderOf(Object.assign({}, ...parts, more) as Record<string, Uint8Array>);
      expect((await folder(classes, { size })).train.classes).toEqual(["testing", "training"]);
    }
    const tiny = folderOf({ ...some(2, "cat/images"), ...some(2, "dog/images") });
    expect((await folder(tiny, { size })).train.classes).toEqual(["cat", "dog"]);
  });

  test("are the two sets, whole, whatever their sizes", async () => {
    const own = folderOf({
      ...some(1, "train/cat"),
      ...some(5, "train/dog"),
      ...some(2, "test/cat"),
      ...some(1, "test/dog"),
    });
    const data = await folder(own, { size, test: 0.9 });
    expect([data.train.counts(), data.test.counts()]).toEqual([
      [1, 5],
      [2, 1],
    ]);
    expect(new Set(sets(data).flat()).size).toBe(9);
  });

  test("validation comes from train", async () => {
    const own = folderOf({
      ...some(8, "train/cat"),
      ...some(4, "train/dog"),
      ...some(1, "test/cat"),
      ...some(1, "test/dog"),
    });
    const { train, test: tested, validation } = await folder(own, { size, validation: 0.25 });
    expect([train, tested, validation!].map((set) => set.counts())).toEqual([
      [6, 3],
      [1, 1],
      [2, 1],
    ]);
    const tiny = folderOf({
      ...some(1, "train/cat"),
      ...some(4, "train/dog"),
      ...some(1, "test/cat"),
      ...some(1, "test/dog"),
    });
    expect((await failure(tiny, { size, validation: 0.25 })).message).toContain('"cat" has 1 image');
  });

  test("must have the same classes", async () => {
    const both = { ...some(2, "train/cat"), ...some(2, "train/dog"), ...some(2, "test/cat"), ...some(2, "test/dog") };
    const more = folderOf({ ...both, ...some(1, "test/owl") });
    expect((await failure(more)).message).toBe(
      `${more}: expected the same classes in "train" and "test"; "train" lacks "owl"`,
    );
    const less = folderOf({ ...both, ...some(1, "train/owl"), ...some(1, "train/ape") });
    expect((await failure(less)).message).toBe(
      `${less}: expected the same classes in "train" and "test"; "test" lacks "ape", "owl"`,
    );
    const other = folderOf(both);
    renameSync(join(other, "test", "cat"), join(other, "test", "Cat"));
    expect((await failure(other)).message).toContain('"test" lacks "cat", and "train" lacks "Cat"');
    const empty = folderOf({ ...both, "test/owl/readme.txt": "none yet" });
    expect((await failure(empty)).message).toMatch(/test.owl holds no image\. .*1 other file was passed over/);
  });

  test("names written with composed and with combining accents are the same class", async () => {
    const [composed, combining] = ["caf\u00e9", "cafe\u0301"];
    const own = folderOf({
      ...some(2, `train/${composed}`),
      ...some(2, "train/bar"),
      ...some(1, `test/${combining}`),
      ...some(1, "test/bar"),
    });
    const data = await folder(own, { size });
    expect([data.train.classes, data.test.classes]).toEqual([data.test.classes, ["bar", composed]]);
    expect(data.test.counts()).toEqual([1, 1]);
  });

  test("one without the other is no class", async () => {
    const own = folderOf({
      ...some(2, "train/cat"),
      ...some(2, "train/dog"),
      ...some(2, "val/cat"),
      ...some(2, "val/dog"),
    });
    expect((await failure(own)).message).toBe(
      `${own}: expected folders "train" and "test", or one folder a class; found "train" with classes in it, and no "test"`,
    );
    const vehicles = folderOf({ ...some(3, "train"), ...some(3, "tram") });
    expect((await folder(vehicles, { size })).train.classes).toEqual(["train", "tram"]);
  });
});

describe("images without labels", () => {
  test("are read from a folder of their own, however they lie in it, and kept apart from the rest", async () => {
    const own = folderOf({ ...some(5, "cat"), ...some(5, "dog") });
    const pool = folderOf({ ...some(3, "2021/may"), ...some(2, "."), "readme.txt": "found on the web" });
    const data = await folder(own, { size, unlabeled: pool, validation: 0.2 });
    const unlabeled = data.unlabeled!;
    expect([unlabeled.length, unlabeled.classes, [...unlabeled.labels]]).toEqual([5, ["unlabeled"], [0, 0, 0, 0, 0]]);
    expect(new Set([...sets(data).flat(), ...colours(unlabeled)]).size).toBe(15);
    const without = await folder(own, { size, validation: 0.2 });
    expect(without.unlabeled).toBeUndefined();
    expect(sets(without)).toEqual(sets(data));
  });

  test("may lie beside the classes, or beside train and test: their folder is no class", async () => {
    const flat = folderOf({ ...some(2, "cat"), ...some(2, "dog"), ...some(4, "unlabeled") });
    const { train, unlabeled } = await folder(flat, { size, unlabeled: join(flat, "unlabeled") });
    expect([train.classes, unlabeled!.length]).toEqual([["cat", "dog"], 4]);
    expect((await folder(flat, { size })).train.classes).toEqual(["cat", "dog", "unlabeled"]);
    const both = { ...some(2, "train/cat"), ...some(2, "train/dog"), ...some(2, "test/cat"), ...some(2, "test/dog") };
    const split = folderOf({ ...both, ...some(3, "unlabeled/new") });
    expect((await folder(split, { size, unlabeled: join(split, "unlabeled") })).unlabeled!.length).toBe(3);
  });

  test("a folder that is not there, or holds no image, is an error that names it", async () => {
    const own = folderOf({ ...some(2, "cat"), ...some(2, "dog"), "empty/readme.txt": "none yet" });
    const missing = join(own, "more");
    expect((await failure(own, { size, unlabeled: missing })).message).toBe(
      `${missing}: expected a folder of unlabeled images, found none`,
    );
    const empty = join(own, "empty");
    expect((await failure(own, { size, unlabeled: empty })).message).toBe(
      `${empty} holds no image. Expected unlabeled .jpg, .jpeg or .png files in it (1 other file was passed over)`,
    );
    const bad = folderOf({ "1.png": "x", "2.png": "x" });
    const good = folderOf({ ...some(2, "cat"), ...some(2, "dog") });
    expect((await failure(good, { size, bad: "skip", unlabeled: bad })).message).toMatch(
      /: expected unlabeled images that can be read, found none of 2, the first because of .*1\.png, byte 0/,
    );
  });

  test("of which one is tested or validated with are refused, by whatever path", async () => {
    const own = folderOf({ ...some(2, "cat"), ...some(2, "dog") });
    const more = folderOf(some(2, "."));
    expect((await folder(own, { size, unlabeled: join(more, "..", basename(more)) })).unlabeled!.length).toBe(2);
    symlinkSync(join(own, "cat"), join(more, "linked"));
    for (const [unlabeled, found] of [
      [own, "4 of 4"],
      [more, "2 of 4"],
    ] as const) {
      const { message } = await failure(own, { size, unlabeled });
      expect(message).toContain(
        `${unlabeled}: expected unlabeled images of which none is tested or validated with, found ${found}`,
      );
      expect(message).toMatch(/the first .*(cat|linked).0\.png\. Choose a folder without them$/);
    }
    const apart = folderOf({
      ...{ ...some(4, "train/cat"), ...some(4, "train/dog"), ...some(2, "test/cat"), ...some(2, "test/dog") },
    });
    const train = join(apart, "train");
    expect((await folder(apart, { size, unlabeled: train })).unlabeled!.length).toBe(8);
    expect((await failure(apart, { size, unlabeled: train, validation: 0.5 })).message).toContain("found 4 of 8");
    expect((await failure(apart, { size, unlabeled: join(apart, "test") })).message).toContain("found 4 of 4");
  });
});

test.each<[unknown, object, string]>([
  ["", {}, 'path must be a text (got "")'],
  [undefined, {}, "path must be a text (got undefined)"],
  ["x", { test: 1 }, "test must be a number in [0, 1) (got 1)"],
  ["x", { test: "0.2" }, "test must be a number in [0, 1)"],
  ["x", { validation: -0.1 }, "validation must be a number in [0, 1)"],
  ["x", { seed: 1e300 }, "seed must be a safe integer"],
  ["x", { vaildation: 0.1 }, "Did you mean validation?"],
])("%j, %j is refused", async (path, options, message) => {
  const error = await failure(path as string, options);
  expect(error).toBeInstanceOf(RangeError);
  expect(error.message).toContain(message);
});

test("what the reader refuses", async () => {
  const own = folderOf({ ...some(2, "cat"), ...some(2, "dog") });
  expect((await failure(own, { size: 0 })).message).toContain("size must be a whole number from 1 to 4096");
  expect((await failure(own, { bad: "ignore" as never })).message).toContain('bad must be "error" or "skip"');
});
