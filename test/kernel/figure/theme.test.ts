import { describe, expect, it } from "vitest";
import { themed } from "../../../kernel/figure/theme.js";

describe("themed", () => {
  it("leaves room above the plot for every line of the title", () => {
    const top = (layout: Record<string, unknown>): number =>
      (themed(layout).template as { layout: { margin: { t: number } } }).layout.margin.t;
    expect(top({})).toBe(24);
    expect(top({ title: { text: "" } })).toBe(24);
    expect(top({ title: "Gains" })).toBe(56);
    expect(top({ title: { text: "<b>Gains</b><br>in points" } })).toBe(80);
    expect(top({ title: "a<br/>b<br>c" })).toBe(104);
  });

  it("leaves a template of the figure's own", () => {
    const layout = { title: "Gains", template: {} };
    expect(themed(layout)).toBe(layout);
  });
});
