import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodePng } from "../src/data/index.js";
import { KernelClient } from "../kernel/client.js";
import { ownKernel } from "../kernel/kernelspec.js";

/** What the README says can be done. */

const path = fileURLToPath(new URL("../README.md", import.meta.url));
const readme = readFileSync(path, "utf8");
const { scripts } = JSON.parse(readFileSync(join(dirname(path), "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};

let kernel: KernelClient;
beforeAll(async () => {
  kernel = await KernelClient.start({ ...ownKernel(), cwd: dirname(path) });
});
afterAll(() => kernel.shutdown());

describe("the README", () => {
  it("links to files that exist", () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map((match) => match[1]!);
    expect(links.length).toBeGreaterThan(3);
    expect(links.filter((link) => !existsSync(join(dirname(path), link)))).toEqual([]);
  });

  it("names scripts that exist", () => {
    const named = [...readme.matchAll(/npm (?:run )?(start|test:long|test|lab|bench|build|unit|lint|format)\b/g)].map(
      (match) => match[1]!,
    );
    expect(named).toEqual(expect.arrayContaining(["start", "test", "test:long", "lab"]));
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it("shows library code that runs and gives the numbers beside it", async () => {
    const code = /```ts\n([^]*?)```/.exec(readme)![1]!;
    const reply = await kernel.execute(`${code}\ntheory.theorem1.bound(mixture)`);
    expect(reply.status, reply.evalue).toBe("ok");
    const claims = [...code.matchAll(/^(theory\.[^;]+);\s*\/\/\s*(\{.*\})$/gm)];
    expect(claims.length).toBe(2);
    for (const [, call, claim] of claims) {
      const numbers = [...claim!.matchAll(/(\w+): ([\d.]+)/g)].map(([, name, value]) => ({ name, value }));
      for (const { name, value } of numbers) {
        const digits = value!.split(".")[1]?.length ?? 0;
        const check = `(${call} as any).${name} ?? (${call} as any).terms?.${name}`;
        const { user_expressions } = await kernel.execute("", { userExpressions: { it: check } });
        const shown = (user_expressions as { it: { data: Record<string, string> } }).it.data["text/plain"];
        expect(Math.abs(Number(shown) - Number(value)), `${name} of ${call}`).toBeLessThanOrEqual(
          0.5 * 10 ** -digits + 1e-12,
        );
      }
    }
  });

  it("shows code for data that runs (with pictures drawn on the spot)", { timeout: 180_000 }, async () => {
    const code = [...readme.matchAll(/```ts\n([^]*?)```/g)][1]![1]!;
    const here = code
      .replace('await data.load("cifar10")', "data.stickers({ counts: [500, 299, 179, 107, 64, 38, 23, 13, 8, 5] })")
      .replace("head: 5000", "head: 500")
      .replace(/^.*readImageFolder.*$/m, "")
      .replace("images.shape;", "shapes.push(images.shape);");
    expect(here).not.toContain("await data.");
    const reply = await kernel.execute(`const shapes: number[][] = [];\n${here}`, {
      userExpressions: { it: "JSON.stringify([labeled.counts(), stickers.labels.length, shapes[0]])" },
    });
    expect(reply.status, reply.evalue).toBe("ok");
    const { it } = reply.user_expressions as { it: { data: Record<string, string> } };
    expect(it.data["text/plain"]).toContain("[[500,299,179,107,64,38,23,13,8,5],1236,[128,32,32,3]]");
  });

  it("shows code for training that runs (on a few pictures, for an epoch)", { timeout: 180_000 }, async () => {
    const code = [...readme.matchAll(/```ts\n([^]*?)```/g)][2]![1]!;
    const folder = mkdtempSync(join(tmpdir(), "longtail-readme-"));
    const changes: [from: string | RegExp, to: string][] = [
      ["rho: 100, rhoU: 100", "head: 12, rho: 3, rhoU: 3, multiple: 1, testImages: 2"],
      [/epochs: 40/g, "epochs: 1"],
      ["runs/base", join(folder, "base")],
      ['save("mine.classifier")', `save(${JSON.stringify(join(folder, "mine.classifier"))})`],
      ['data.folder("my-images"),', `data.folder(${JSON.stringify(join(folder, "mine"))}), model: "small", epochs: 1,`],
    ];
    const here = changes.reduce((text, [from, to]) => {
      expect(text.split(from).length - 1, String(from)).toBeGreaterThan(0);
      return text.replace(from, to);
    }, code);
    const picture = encodePng({ bytes: new Uint8Array(3072).fill(99), shape: [32, 32, 3] });
    for (const name of ["cat/1", "cat/2", "cat/3", "dog/1", "dog/2"]) {
      mkdirSync(dirname(join(folder, "mine", name)), { recursive: true });
      writeFileSync(join(folder, "mine", `${name}.png`), picture);
    }
    try {
      const reply = await kernel.execute(here, {
        userExpressions: {
          it: "[base, withUnlabeled.final, withPretraining, mine].map((fit) => fit.last.confusion.total)",
        },
      });
      expect(reply.status, reply.evalue).toBe("ok");
      const { it } = reply.user_expressions as { it: { data: Record<string, string> } };
      expect(it.data["text/plain"]).toBe("[ 20, 20, 20, 2 ]");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("shows code for a table of the paper that runs (at a toy scale)", { timeout: 180_000 }, async () => {
    const code = [...readme.matchAll(/```ts\n([^]*?)```/g)][3]![1]!;
    const folder = mkdtempSync(join(tmpdir(), "longtail-readme-"));
    const toy = `{
      name: "toy", description: "a few pictures", evaluateEvery: 1, withUnlabeled: {},
      sets: { cifar10: { name: "plain-stickers", head: 20, testImages: 2 } },
      recipe: { model: "tiny", epochs: 1, batchSize: 32 },
    }`;
    const changes: [from: string, to: string][] = [
      ['{ scale: "quick", seeds: 3 }', `{ scale: ${toy}, seeds: 1, jobs: 1, store: ${JSON.stringify(folder)} }`],
      ["rho: [100]", "rho: [10]"],
    ];
    const here = changes.reduce((text, [from, to]) => {
      expect(text).toContain(from);
      return text.replace(from, to);
    }, code);
    try {
      const reply = await kernel.execute(here, {
        userExpressions: { it: "[trial.toString(), results.records.length, results.cells().length].join()" },
      });
      expect(reply.status, reply.evalue).toBe("ok");
      const { it } = reply.user_expressions as { it: { data: Record<string, string> } };
      expect(it.data["text/plain"]).toContain("CIFAR-10-LT, ρ = 100: LDAM-DRW + D_U@5x, ρ_U = 100,10,10");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
