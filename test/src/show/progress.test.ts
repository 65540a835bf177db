import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { progress, track } from "../../../src/show/progress.js";

interface Shown {
  html: string;
  text: string;
  id: string;
  update: boolean;
}

const HOOK = Symbol.for("longtail.kernel");
let shown: Shown[] = [];

/** A kernel that keeps what is displayed; each call is a new cell. */
function newCell(): void {
  const { signal } = new AbortController();
  (globalThis as Record<symbol, unknown>)[HOOK] = {
    signal,
    display: (data: Record<string, string>, { id, update }: Shown) =>
      shown.push({ html: data["text/html"] ?? "", text: data["text/plain"] ?? "", id, update }),
  };
}

beforeEach(() => {
  shown = [];
  vi.useFakeTimers({ toFake: ["performance"] });
});

afterEach(() => {
  delete (globalThis as Record<symbol, unknown>)[HOOK];
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("in a notebook", () => {
  beforeEach(newCell);

  test("one output renews itself and ends without times", () => {
    const bar = progress(200, { label: "Simulating", unit: "trials" });
    vi.advanceTimersByTime(10_000);
    bar.update(50);
    bar.done();
    expect(shown.map(({ update }) => update)).toEqual([false, true, true]);
    expect(new Set(shown.map(({ id }) => id)).size).toBe(1);
    expect(shown[1]?.text).toContain("25 % · 50 of 200 trials · 5/s · 0:10 elapsed · 0:30 left");
    expect(shown[1]?.html).toContain('<progress value="0.25" max="1">');
    expect(shown[2]?.text).toBe(`Simulating ▕${"█".repeat(24)}▏ 200 trials · done`);
    expect(shown[2]?.html).toContain('<progress value="1" max="1"></progress> 200 trials · done');
  });

  test("says what is counted in a second, if that has a name", () => {
    const bar = progress(200, { unit: "MB", rate: "MB/s" });
    vi.advanceTimersByTime(10_000);
    bar.update(50);
    expect(shown[1]?.text).toContain("25 % · 50 of 200 MB · 5 MB/s · 0:10 elapsed");
    bar.done();
  });

  test("draws at most ten times a second", () => {
    const bar = progress(1000);
    for (let done = 1; done <= 1000; done++) {
      vi.advanceTimersByTime(1);
      bar.update(done);
    }
    bar.done();
    expect(shown.length).toBe(12); // at the beginning, ten times, at the end
  });

  test("bars inside bars are drawn below the outer one, in its output, and vanish", () => {
    const outer = progress(2, { label: "Outer" });
    for (let i = 0; i < 2; i++) {
      const inner = progress(1, { label: "Inner" });
      vi.advanceTimersByTime(200);
      inner.update(0.5);
      expect(
        shown
          .at(-1)
          ?.text.split("\n")
          .map((line) => line.slice(0, 5)),
      ).toEqual(["Outer", "Inner"]);
      inner.done();
      outer.update(i + 1);
    }
    outer.done();
    expect(new Set(shown.map(({ id }) => id)).size).toBe(1);
    expect(shown.at(-1)?.text).toMatch(/^Outer [^\n]* 2 · done$/);
  });

  test("an outer bar that ends first leaves the inner one an output of its own", () => {
    const outer = progress(1, { label: "Outer" });
    const inner = progress(1, { label: "Inner" });
    outer.done();
    inner.done();
    const last = new Map(shown.map(({ id, text }) => [id, text]));
    expect([...last.values()].map((text) => text.slice(0, 5))).toEqual(["Outer", "Inner"]);
  });

  test("a bar left over by a cell that failed does not draw into the next", () => {
    progress(10, { label: "Left over" });
    newCell();
    progress(10, { label: "Next" }).done();
    expect(shown.at(-1)?.text).toContain("Next");
    expect(shown.at(-1)?.text).not.toContain("Left over");
    expect(shown.at(-1)?.id).not.toBe(shown[0]?.id);
  });

  test("label and unit are escaped", () => {
    progress(1, { label: "<i>", unit: "<b>" }).done();
    expect(shown.at(-1)?.html).toContain("&lt;i&gt;");
    expect(shown.at(-1)?.html).toContain("1 &lt;b&gt;");
  });

  test("wrong counts change nothing but the bar", () => {
    const bar = progress(10);
    bar.update(NaN);
    expect(bar.count).toBe(0);
    bar.update(-5);
    expect(bar.count).toBe(0);
    bar.update(50);
    expect(bar.count).toBe(10);
    bar.done();
    bar.update(3);
    bar.stop();
    expect([bar.count, bar.state]).toEqual([10, "done"]);
  });

  test("nothing to do is done", () => {
    progress(0).done();
    expect(shown.at(-1)?.text).toContain("0 · done");
  });
});

describe("track", () => {
  beforeEach(newCell);

  test("passes the items on and counts them", () => {
    expect([...track([3, 1, 2], { unit: "items" })]).toEqual([3, 1, 2]);
    expect(shown.at(-1)?.text).toContain("3 items · done");
    expect([...track(new Set("ab"))]).toEqual(["a", "b"]);
  });

  test("says where a loop stopped that threw", () => {
    expect(() => {
      for (const item of track([1, 2, 3, 4])) if (item === 3) throw new Error("no");
    }).toThrow("no");
    expect(shown.at(-1)?.text).toContain("stopped at 2 of 4");
  });

  test("says where a loop stopped that was left", () => {
    for (const item of track([1, 2, 3, 4])) if (item === 2) break;
    expect(shown.at(-1)?.text).toContain("stopped at 1 of 4");
  });
});

describe("outside a notebook", () => {
  test("a log gets a line at the beginning, then every ten seconds, then the last", () => {
    const lines: string[] = [];
    vi.spyOn(process.stderr, "write").mockImplementation((text) => lines.push(String(text)) > 0);
    const bar = progress(100, { label: "Counting" });
    for (let done = 1; done <= 100; done++) {
      vi.advanceTimersByTime(250);
      bar.update(done);
    }
    bar.done();
    expect(lines.map((line) => line.replace(/^.*▏ /, "").replace(/ of .*\n/, ""))).toEqual([
      "0 % · 0",
      "40 % · 40",
      "80 % · 80",
      "100 · done\n",
    ]);
    expect(lines.every((line) => line.endsWith("\n") && !line.includes("\r"))).toBe(true);
  });

  test.each([
    ["xterm", true],
    ["dumb", false],
  ])("a terminal (TERM=%s) gets one line that renews itself: %s", async (name, renews) => {
    const { isTTY } = process.stderr;
    let text = "";
    vi.spyOn(process.stderr, "write").mockImplementation((part) => (text += String(part)) !== "");
    vi.stubEnv("TERM", name);
    vi.resetModules();
    process.stderr.isTTY = true;
    try {
      const { progress } = await import("../../../src/show/progress.js");
      progress(2).done();
    } finally {
      process.stderr.isTTY = isTTY;
      vi.unstubAllEnvs();
    }
    expect(text.includes("\x1b[2K")).toBe(renews);
    expect(text.endsWith("▏ 2 · done\n")).toBe(true);
  });

  test("a log gets what was said last, though nothing follows, and no more after the end", () => {
    vi.useFakeTimers({ toFake: ["performance", "setTimeout", "clearTimeout"] });
    const lines: string[] = [];
    vi.spyOn(process.stderr, "write").mockImplementation((text) => lines.push(String(text)) > 0);
    const bar = progress(100, { label: "Counting" });
    bar.update(1);
    bar.note("waiting for a worker");
    vi.advanceTimersByTime(60_000);
    expect(lines.length).toBe(2);
    expect(lines[1]).toMatch(/1 % · 1 of 100 .*· waiting for a worker\n$/);
    bar.note("going on");
    bar.note("");
    bar.stop();
    vi.advanceTimersByTime(60_000);
    expect(lines.length).toBe(4);
    expect(lines[3]).toMatch(/stopped at 1 of 100\n$/);
  });
});

test("refuses totals that are no numbers, and unknown options", () => {
  expect(() => progress(NaN)).toThrow("total must be a finite number >= 0 (got NaN)");
  expect(() => progress(-1)).toThrow("(got -1)");
  expect(() => progress(1, { name: "x" } as object)).toThrow('no option "name"; the options are label, unit');
});
