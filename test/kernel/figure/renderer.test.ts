import { execFileSync } from "node:child_process";
import { afterEach, describe, expect, it } from "vitest";
import { figureJson } from "../../../kernel/figure/figure.js";
import { FigureRenderer } from "../../../kernel/figure/renderer.js";

const figure = (text: string) => figureJson({ data: [{ y: [1, 2] }], layout: { title: { text } } });

let renderer: FigureRenderer;
afterEach(() => renderer.close());

describe("FigureRenderer", () => {
  it("draws several figures at a time, each to its caller", async () => {
    renderer = new FigureRenderer();
    const titles = ["one", "two", "three"];
    const drawn = await Promise.all(titles.map((title) => renderer.draw(figure(title))));
    titles.forEach((title, i) => expect(drawn[i]).toContain(`aria-label="${title}"`));
  });

  it("gives up after its time, says so, and draws the next figure with a new thread", async () => {
    renderer = new FigureRenderer({ timeout: 1 });
    await expect(renderer.draw(figure("late"))).rejects.toThrow("took longer than 0.001 s");
    const patient = new FigureRenderer();
    expect(await patient.draw(figure("next"))).toContain("<svg");
    await patient.close();
  });

  it("rejects what is pending when it is closed, and starts again afterwards", async () => {
    renderer = new FigureRenderer();
    const pending = renderer.draw(figure("pending"));
    const rejected = expect(pending).rejects.toThrow("closed");
    await renderer.close();
    await rejected;
    expect(await renderer.draw(figure("again"))).toContain("<svg");
  });

  it("keeps the process alive while it draws and not a moment longer", () => {
    renderer = new FigureRenderer();
    const compiled = new URL("../../../dist/kernel/figure/renderer.js", import.meta.url).href;
    const script = `import { FigureRenderer } from ${JSON.stringify(compiled)};
      const svg = await new FigureRenderer().draw({ data: [{ y: [1] }], layout: {} });
      console.log(svg.slice(0, 4));`;
    const out = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
      encoding: "utf8",
      timeout: 50_000,
    });
    expect(out).toBe("<svg\n");
  });
});
