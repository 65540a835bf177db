import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { fileURLToPath } from "node:url";
import { readNotebook } from "../../kernel/notebook.js";
import { runNotebook } from "../../kernel/run.js";
import { essence } from "./executed.js";

const fixtures = fileURLToPath(new URL("../fixtures/notebooks", import.meta.url));

it.each(readdirSync(fixtures).filter((name) => name.endsWith(".ipynb")))(
  "the kernel of this package gives %s the outputs it was committed with",
  async (name) => {
    const out = mkdtempSync(join(tmpdir(), "run-test-"));
    onTestFinished(() => rmSync(out, { recursive: true }));
    const path = join(fixtures, name);
    const { notebook } = await runNotebook(path, { out: `${out}/` });
    expect(essence(notebook)).toEqual(essence(await readNotebook(path)));
  },
);
