import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { KernelClient } from "../kernel/client.js";
import { ownKernel } from "../kernel/kernelspec.js";

/** What the README says can be done. */

const path = fileURLToPath(new URL("../README.md", import.meta.url));
const readme = readFileSync(path, "utf8");
const { scripts } = JSON.parse(readFileSync(join(dirname(path), "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};

describe("the README", () => {
  it("links to files that exist", () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map((match) => match[1]!);
    expect(links.length).toBeGreaterThan(3);
    expect(links.filter((link) => !existsSync(join(dirname(path), link)))).toEqual([]);
  });

  it("names scripts that exist", () => {
    const named = [...readme.matchAll(/npm (?:run )?(start|test|lab|bench|build|unit|lint|format)\b/g)].map(
      (match) => match[1]!,
    );
    expect(named).toEqual(expect.arrayContaining(["start", "test", "lab"]));
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it("shows library code that runs and gives the numbers beside it", async () => {
    const code = /```ts\n([^]*?)```/.exec(readme)![1]!;
    const kernel = await KernelClient.start({ ...ownKernel(), cwd: dirname(path) });
    try {
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
    } finally {
      await kernel.shutdown();
    }
  });

  it("shows code for data that runs (with pictures drawn on the spot for what must be downloaded)", async () => {
    const code = [...readme.matchAll(/```ts\n([^]*?)```/g)][1]![1]!;
    const here = code
      .replace(
        'await data.load("cifar10")',
        "data.stickers({ counts: [5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50] })",
      )
      .replace(/^.*readImageFolder.*$/m, "")
      .replace("images.shape;", "shapes.push(images.shape);");
    expect(here).not.toContain("await data.");
    const kernel = await KernelClient.start({ ...ownKernel(), cwd: dirname(path) });
    try {
      const reply = await kernel.execute(`const shapes: number[][] = [];\n${here}`, {
        userExpressions: { it: "JSON.stringify([labeled.counts(), stickers.labels.length, shapes[0]])" },
      });
      expect(reply.status, reply.evalue).toBe("ok");
      const { it } = reply.user_expressions as { it: { data: Record<string, string> } };
      expect(it.data["text/plain"]).toContain("[[5000,2997,1796,1077,645,387,232,139,83,50],12406,[128,32,32,3]]");
    } finally {
      await kernel.shutdown();
    }
  });
});
