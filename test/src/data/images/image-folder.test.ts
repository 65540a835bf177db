import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { FileError } from "../../../../src/data/file-error.js";
import { readImageFolder, type ImageFolderOptions } from "../../../../src/data/images/image-folder.js";
import { checkImageSet, imageAt } from "../../../../src/data/image-set.js";
import { boxOf, resample } from "../../../../src/data/images/resample.js";
import { encodePng } from "../../../../src/data/images/png.js";
import { readImageFiles } from "../../../../src/data/images/image-files.js";
import { fromBase64, imageFile, reference, unpack } from "./images.js";

const scratch = mkdtempSync(join(tmpdir(), "image-folder-"));
afterAll(() => rmSync(scratch, { recursive: true }));
let folders = 0;

/** A new folder with these files. */
function folderOf(files: Readonly<Record<string, Uint8Array | string>>): string {
  const folder = join(scratch, `${folders++}`);
  mkdirSync(folder);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

const bytesOf = (name: Parameters<typeof imageFile>[0]): Uint8Array => imageFile(name).bytes;
const [jpg, png, grey] = [bytesOf("420.jpg"), bytesOf("rgb.png"), bytesOf("grey.png")];
/** A PNG of one colour. */
const plain = (value: number, side = 4): Uint8Array =>
  encodePng({ bytes: new Uint8Array(3 * side * side).fill(value), shape: [side, side, 3] });
const size = [9, 11] as const;

async function failure(outcome: Promise<unknown>): Promise<Error> {
  const error = await outcome.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(Error);
  return error as Error;
}

describe("a folder of images", () => {
  test("is a set, sorted by class and path, of all that are JPEG or PNG", async () => {
    const folder = folderOf({
      "dog/b.JPG": jpg,
      "dog/a.png": png,
      "dog/old/c.jpeg": grey,
      "dog/old/.hidden.jpg": "x",
      "cat/10.jpg": jpg,
      "cat/9.Png": grey,
      "cat/notes.txt": "x",
      "Zebra/1.jpeg": png,
      ".git/x.jpg": "x",
      "readme.md": "x",
      "loose.jpg": jpg,
    });
    const set = await readImageFolder(folder, { size });
    checkImageSet(set);
    expect(set.classes).toEqual(["Zebra", "cat", "dog"]);
    expect(set.files).toEqual(["Zebra/1.jpeg", "cat/10.jpg", "cat/9.Png", "dog/a.png", "dog/b.JPG", "dog/old/c.jpeg"]);
    expect([...set.labels]).toEqual([0, 1, 1, 2, 2, 2]);
    expect([set.name, set.shape, set.skipped]).toEqual([folder, [6, 9, 11, 3], []]);
    expect([...set.ignored].sort()).toEqual([
      ...[".git", "cat/notes.txt", "dog/old/.hidden.jpg", "loose.jpg", "readme.md"],
    ]);
    expect([set.preprocessing, set.folder]).toEqual([{ fit: "cover", orientation: "exif" }, folder]);
    const expected = ["rgb.png", "420.jpg", "grey.png", "rgb.png", "420.jpg", "grey.png"] as const;
    expected.forEach((name, image) => expect(imageAt(set, image)).toEqual(imageFile(name).picture.rgb));
  });

  test("has the classes that are asked for, in their order", async () => {
    const folder = folderOf({ "a/1.png": plain(1), "b/1.png": plain(2), "c/1.png": plain(3) });
    const set = await readImageFolder(folder, { size: 1, classes: ["c", "a"], name: "some" });
    expect([set.name, set.classes, [...set.labels]]).toEqual(["some", ["c", "a"], [0, 1]]);
    expect([...set.bytes]).toEqual([3, 3, 3, 1, 1, 1]);
  });

  test("has one size, stretched or covered", async () => {
    const folder = folderOf({ "a/1.png": png });
    const { picture } = imageFile("rgb.png");
    for (const fit of ["cover", "stretch"] as const)
      for (const size of [
        [5, 5],
        [3, 8],
      ] as const) {
        for (const set of [
          await readImageFolder(folder, { size, fit }),
          readImageFiles([join(folder, "a/1.png")], { size, fit }),
        ]) {
          expect([set.shape, set.preprocessing!.fit]).toEqual([[1, ...size, 3], fit]);
          expect(set.bytes).toEqual(resample(picture, size, boxOf(picture, size, fit)));
        }
      }
    const [covered, default_] = [
      await readImageFolder(folder, { size: 5, fit: "cover" }),
      await readImageFolder(folder, { size: 5 }),
    ];
    expect(default_.bytes).toEqual(covered.bytes);
  });

  test("reads JPEGs of any usual name", async () => {
    const folder = folderOf({ "a/1.jfif": jpg, "a/2.jpe": jpg, "a/3.JFIF": jpg, "a/4.jp2": "x", "a/5.jpeg2": "x" });
    const { files, ignored } = await readImageFolder(folder, { size: 1 });
    expect([files, ignored]).toEqual([
      ["a/1.jfif", "a/2.jpe", "a/3.JFIF"],
      ["a/4.jp2", "a/5.jpeg2"],
    ]);
  });

  test.each([
    ["exif", "upright"],
    ["stored", "stored"],
  ] as const)("with EXIF data is read %s", async (orientation, pixels) => {
    const { file, width, height, ...known } = reference.oriented["JPEG 6 MM"];
    const folder = folderOf({ "a/1.jpg": fromBase64(file) });
    const size = orientation === "exif" ? ([height, width] as const) : ([width, height] as const);
    for (const set of [
      await readImageFolder(folder, { size, orientation }),
      readImageFiles([join(folder, "a/1.jpg")], { size, orientation }),
      ...(orientation === "exif" ? [await readImageFolder(folder, { size })] : []),
    ]) {
      expect(set.bytes).toEqual(unpack(known[pixels]));
      expect(set.preprocessing).toEqual({ fit: "cover", orientation });
    }
  });

  test("is the same on any number of threads, and says how far it is", async () => {
    const files = Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`${i % 3}/${i}.png`, plain(i)]));
    const folder = folderOf(files);
    const one = await readImageFolder(folder, { size: 2, threads: 1 });
    expect(new Set(one.bytes).size).toBe(150);
    for (const threads of [2, 4]) {
      const told: number[][] = [];
      const set = await readImageFolder(folder, { size: 2, threads, onProgress: (...of) => told.push(of) });
      expect(set).toEqual(one);
      expect(told.at(-1)).toEqual([150, 150]);
    }
  });

  test("follows links, though not in circles", async () => {
    const elsewhere = folderOf({ "1.png": plain(7) });
    const folder = folderOf({ "a/0.png": plain(6) });
    symlinkSync(elsewhere, join(folder, "b"));
    symlinkSync(join(elsewhere, "1.png"), join(folder, "a/1.png"));
    expect((await readImageFolder(folder, { size: 1 })).files).toEqual(["a/0.png", "a/1.png", "b/1.png"]);
    symlinkSync("..", join(folder, "a/up"));
    expect((await failure(readImageFolder(folder, { size: 1 }))).message).toMatch(
      /a is a link to a folder that it lies in/,
    );
  });
});

describe("a bad image", () => {
  const files = (): Record<string, Uint8Array | string> => ({
    ...Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`a/${String(i).padStart(3, "0")}.png`, plain(i)])),
    "a/040.png": plain(40).subarray(0, 50),
    "a/070.png": fromBase64(reference.refused["image.webp"]),
    "b/1.jpg": "",
    "b/2.jpg": jpg,
  });

  test.each([1, 3])("is an error that names it, on %d threads", async (threads) => {
    const folder = folderOf(files());
    const error = await failure(readImageFolder(folder, { size: 4, threads }));
    expect(error).toBeInstanceOf(FileError);
    expect((error as FileError).file).toBe(join(folder, "a/040.png"));
  });

  test.each([1, 3])("may be left out, and is listed, on %d threads", async (threads) => {
    const folder = folderOf(files());
    const set = await readImageFolder(folder, { size: 4, threads, bad: "skip" });
    checkImageSet(set);
    expect(set.shape).toEqual([101 - 2, 4, 4, 3]);
    expect(set.skipped.map(({ file }) => file)).toEqual(
      ["a/040.png", "a/070.png", "b/1.jpg"].map((path) => join(folder, path)),
    );
    expect(set.skipped.map(({ found }) => found).slice(1)).toEqual(["a WebP image", "an empty file"]);
    set.files.slice(0, -1).forEach((path, image) => {
      expect(imageAt(set, image)).toEqual(new Uint8Array(48).fill(Number(path.slice(2, 5))));
    });
    expect(set.files.at(-1)).toBe("b/2.jpg");
    expect([set.labels.at(-2), set.labels.at(-1)]).toEqual([0, 1]);
  });

  test("that leads nowhere is an error", async () => {
    const folder = folderOf({ "a/1.png": plain(1) });
    symlinkSync("nowhere.png", join(folder, "a/2.png"));
    expect((await failure(readImageFolder(folder, { size: 1 }))).message).toMatch(
      /2\.png, byte 0: expected a file that can be read, found ENOENT/,
    );
  });

  test("that is larger than it may be is refused, with the option that allows it", async () => {
    const folder = folderOf({ "a/1.png": plain(1, 20), "a/2.png": new Uint8Array(2 ** 20 + 8 * 400 + 1) });
    const small = await failure(readImageFolder(folder, { size: 1, maxPixels: 399 }));
    expect(small.message).toMatch(/1\.png, byte 16: expected an image of at most 399 pixels, found 20 x 20.*maxPixels/);
    const long = await failure(readImageFolder(folder, { size: 1, maxPixels: 400 }));
    expect(long.message).toMatch(/2\.png, byte 0: expected a file of at most 1051776 bytes, found 1051777.*maxPixels/);
  });

  test("of which a class has nothing else is an error, though it may be left out", async () => {
    const folder = folderOf({ "a/1.png": plain(1), "b/1.png": "x" });
    expect((await failure(readImageFolder(folder, { size: 1, bad: "skip" }))).message).toContain(
      'no image of the class "b"',
    );
  });
});

describe("a folder of another layout is an error that says so:", () => {
  test.each([
    ["not there", () => join(scratch, "nowhere"), "Cannot read the folder"],
    ["a file", () => join(folderOf({ x: "" }), "x"), "x: it is a file. Expected a folder for each class"],
    ["empty", () => folderOf({}), "holds no folders. Expected a folder for each class"],
    ["images without classes", () => folderOf({ "1.jpg": jpg, "2.jpg": jpg }), "holds no folders"],
    [
      "images without classes, counted",
      () => folderOf({ "1.jpg": jpg, "2.jpg": jpg }),
      "2 other files were passed over",
    ],
    ["a class without images", () => folderOf({ "a/1.jpg": jpg, "b/1.txt": "" }), "b holds no image"],
    ["a class without images, counted", () => folderOf({ "b/1.gif": "" }), "1 other file was passed over"],
  ])("%s", async (_, make, text) => {
    expect((await failure(readImageFolder(make(), { size: 8 }))).message).toContain(text);
  });

  test("a class that is not there", async () => {
    const folder = folderOf({ "cat/1.jpg": jpg, "dog/1.jpg": jpg });
    const error = await failure(readImageFolder(folder, { size: 8, classes: ["cat", "dgo"] }));
    expect(error.message).toContain('holds no class "dgo"; the classes there are cat, dog');
  });
});

test.each([
  [{}, "size"],
  [{ size: 0 }, "size"],
  [{ size: [8, 8, 3] }, "size"],
  [{ size: 8, fit: "contain" }, "fit"],
  [{ size: 8, orientation: "EXIF" }, 'orientation must be "exif" or "stored"'],
  [{ size: 8, bad: "ignore" }, "bad"],
  [{ size: 8, maxPixels: 1e9 }, "maxPixels"],
  [{ size: 8, threads: 65 }, "threads"],
  [{ size: 8, sizes: 8 }, 'no parameter "sizes"'],
])("there are no options like %j", async (options, text) => {
  const error = await failure(readImageFolder("nowhere", options as unknown as ImageFolderOptions));
  expect(error).toBeInstanceOf(RangeError);
  expect(error.message).toContain(text);
});

test("reading may be given up", async () => {
  const files = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`a/${i}.png`, plain(i, 300)]));
  const abort = new AbortController();
  const onProgress = (): void => abort.abort(new Error("enough"));
  const error = await failure(
    readImageFolder(folderOf(files), { size: 8, threads: 2, signal: abort.signal, onProgress }),
  );
  expect(error.message).toBe("enough");
});
