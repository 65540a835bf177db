import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { formatNotebook, parseNotebook, readNotebook, tags, writeNotebook } from "../../kernel/notebook.js";

const reference = fileURLToPath(new URL("../fixtures/notebooks/format/as-nbformat-writes-it.ipynb", import.meta.url));
const text = readFileSync(reference, "utf8");
const json = (): Record<string, never> => JSON.parse(text) as Record<string, never>;

/** The reference notebook with the value at `path` replaced (or, with undefined, removed). */
function broken(path: (string | number)[], value: unknown): string {
  const notebook = json();
  let place: Record<string | number, unknown> = notebook;
  for (const key of path.slice(0, -1)) place = place[key] as Record<string | number, unknown>;
  place[path.at(-1)] = value;
  return JSON.stringify(notebook);
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "notebook-test-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("format", () => {
  it("is nbformat's, to the byte", () => {
    expect(formatNotebook(parseNotebook(text))).toBe(text);
  });

  it("has every text in memory as one string", () => {
    const { cells } = parseNotebook(text);
    const all = cells.at(-1);
    const stream = all.cell_type === "code" ? all.outputs[0] : undefined;
    expect(stream).toMatchObject({ output_type: "stream", text: all.source });
    expect(all.source).toMatch(/^a\nb\r\nc\rd/);
  });

  it("gives cells of older notebooks ids, always the same", () => {
    const old = json() as unknown as { nbformat_minor: number; cells: { id?: string }[] };
    old.nbformat_minor = 4;
    for (const cell of old.cells) delete cell.id;
    old.cells.push(old.cells[0]!);
    const once = parseNotebook(JSON.stringify(old));
    expect(once.nbformat_minor).toBe(5);
    const ids = once.cells.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}$/);
    expect(parseNotebook(JSON.stringify(old)).cells.map(({ id }) => id)).toEqual(ids);
  });

  it("keeps the first of two equal ids", () => {
    const ids = parseNotebook(broken(["cells", 1, "id"], "markdown")).cells.map(({ id }) => id);
    expect(ids[0]).toBe("markdown");
    expect(ids[1]).not.toBe("markdown");
  });

  it("writes no half of a surrogate pair, which Python could read and not write", () => {
    const notebook = parseNotebook(broken(["cells", 1, "source"], "\ud83d and 😀"));
    expect(parseNotebook(formatNotebook(notebook)).cells[1]!.source).toBe("\ufffd and 😀");
  });

  it("finds tags", () => {
    expect(
      parseNotebook(text)
        .cells.map((cell) => tags(cell))
        .flat(),
    ).toEqual(["parameters"]);
  });
});

describe("errors name the place, what was expected and what was found", () => {
  it.each([
    [["nbformat"], 3, /nb: nbformat: expected 4 .*, found 3/],
    [["nbformat_minor"], "5", /nbformat_minor: expected null or a count of 0 or more, found "5"/],
    [["metadata"], [], /nb: metadata: expected an object, found a list of 0/],
    [["cells"], {}, /nb: cells: expected a list, found an object/],
    [["cells", 2], null, /cells\[2\]: expected an object, found null/],
    [
      ["cells", 0, "cell_type"],
      "heading",
      /cells\[0\]\.cell_type: expected "code", "markdown" or "raw", found "heading"/,
    ],
    [["cells", 0, "id"], "two words", /cells\[0\]\.id: expected 1 to 64 letters, digits, - or _, found "two words"/],
    [["cells", 0, "metadata"], undefined, /cells\[0\]\.metadata: expected an object, found nothing/],
    [["cells", 0, "source"], ["a", 1], /cells\[0\]\.source\[1\]: expected a string, found 1/],
    [["cells", 4, "metadata", "tags"], "x", /cells\[4\]\.metadata\.tags: expected a list, found "x"/],
    [["cells", 5, "outputs"], undefined, /cells\[5\]\.outputs: expected a list, found nothing/],
    [["cells", 5, "execution_count"], -1, /cells\[5\]\.execution_count: expected null or a count .* found -1/],
    [["cells", 5, "outputs", 0, "output_type"], "pyout", /outputs\[0\]\.output_type: expected "stream", .* "pyout"/],
    [["cells", 5, "outputs", 0, "text"], 7, /outputs\[0\]\.text: expected a string or a list of strings, found 7/],
    [["cells", 5, "outputs", 2, "data", "text/html"], {}, /data\["text\/html"\]: expected a string .* found an object/],
    [["cells", 5, "outputs", 4, "traceback"], "x", /outputs\[4\]\.traceback: expected a list, found "x"/],
    [["cells", 1, "attachments", "a.png"], 1, /attachments\["a\.png"\]: expected an object, found 1/],
  ])("%j = %j", (path, value, message) => {
    expect(() => parseNotebook(broken(path, value), "nb")).toThrow(message);
  });

  it("not JSON at all", () => {
    expect(() => parseNotebook("<html>", "page.ipynb")).toThrow(/^page\.ipynb: expected a notebook in JSON: .*</);
    expect(() => parseNotebook("[1]", "nb")).toThrow("nb: expected an object, found a list of 1");
  });

  it("any damage gives a notebook that writes and reads again, or an error that names the file", () => {
    const paths: (string | number)[][] = [];
    const walk = (value: unknown, path: (string | number)[]): void => {
      if (path.length) paths.push(path);
      if (Array.isArray(value)) value.forEach((item, i) => walk(item, [...path, i]));
      else if (typeof value === "object" && value !== null)
        for (const [key, item] of Object.entries(value)) walk(item, [...path, key]);
    };
    walk(json(), []);
    let refused = 0;
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.option(fc.jsonValue(), { nil: undefined }), (path, value) => {
        const damaged = broken(path, value);
        let notebook;
        try {
          notebook = parseNotebook(damaged, "nb.ipynb");
        } catch (error) {
          refused++;
          expect((error as Error).message).toMatch(/^nb\.ipynb: (.*: )?expected .*, found .+/);
          return;
        }
        const written = formatNotebook(notebook);
        expect(formatNotebook(parseNotebook(written))).toBe(written);
      }),
      { numRuns: 2000 },
    );
    expect(refused).toBeGreaterThan(100);
  });

  it("any bytes", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.json()), (garbage) => {
        expect(() => parseNotebook(garbage, "nb.ipynb")).toThrow(/^nb\.ipynb: .*expected/);
      }),
    );
  });
});

describe("files", () => {
  it("come back as they were written", async () => {
    const path = join(folder, "deep", "er", "copy.ipynb");
    await writeNotebook(path, await readNotebook(reference));
    expect(readFileSync(path, "utf8")).toBe(text);
  });

  it("are replaced whole, keep their permissions, and leave nothing beside them", async () => {
    const path = join(folder, "n.ipynb");
    writeFileSync(path, "old");
    chmodSync(path, 0o640);
    await writeNotebook(path, parseNotebook(text));
    expect(readdirSync(folder)).toEqual(["n.ipynb"]);
    if (process.platform !== "win32") expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  it("are left alone when writing fails", async () => {
    const path = join(folder, "n.ipynb");
    const notebook = parseNotebook(text);
    notebook.metadata = { huge: 1n };
    await expect(writeNotebook(path, notebook)).rejects.toThrow(/BigInt/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("that do not exist are an error", async () => {
    await expect(readNotebook(join(folder, "none.ipynb"))).rejects.toThrow(/ENOENT.*none\.ipynb/);
  });
});
