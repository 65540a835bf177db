import { spawnSync } from "node:child_process";
import { afterEach, expect, test } from "vitest";
import { Examples, mocoAugmentation, stickers } from "../../../../src/data/index.js";
import { drawViews, makeViews } from "../../../../src/data/views/views.js";
import { ViewThreads } from "../../../../src/data/views/view-threads.js";
import { stream } from "../../../../src/random/index.js";

const normalization = { mean: [0.5, 0.4, 0.3], deviation: [0.2, 0.25, 0.3] };
const examples = Examples.of(stickers({ counts: 2 }));
const positions = Uint32Array.from([3, 0, 19, 3, 7, 12, 1]);
const how = (name: string) => ({ ...mocoAugmentation, blur: 0.5, stream: stream(4).split(name), normalization });
const made = (name: string, which = positions): Float32Array => makeViews(drawViews(examples, which, how(name)));

let threads: ViewThreads | undefined;
afterEach(() => threads?.close());

test.each([0, 1, 3, 40])("%d threads make the bits that one makes, in order", async (count) => {
  threads = new ViewThreads(count);
  const names = ["first", "second", "third"];
  const found = await Promise.all(names.map((name) => threads!.make(examples, positions, how(name))));
  expect(found).toEqual(names.map((name) => made(name)));
  // Fewer than there are threads.
  const few = positions.subarray(0, 2);
  expect(await threads.make(examples, few, how("fourth"))).toEqual(made("fourth", few));
});

test("what is wrong is said before a thread is asked", async () => {
  threads = new ViewThreads(2);
  await expect(threads.make(examples, [], how("a"))).rejects.toThrow(
    "views: expected one or more positions, found none",
  );
  const bad = { ...how("a"), normalization: { mean: [0], deviation: [1] } };
  await expect(threads.make(examples, positions, bad)).rejects.toThrow(RangeError);
});

test("a normalization need not be plain data", async () => {
  const { mean, deviation } = normalization;
  class Computed {
    readonly note = () => "cannot be sent to a thread";
    get mean() {
      return mean;
    }
    get deviation() {
      return deviation;
    }
  }
  threads = new ViewThreads(2);
  const found = await threads.make(examples, positions, { ...how("a"), normalization: new Computed() });
  expect(found).toEqual(made("a"));
});

test("what waits when threads are closed ends with an error, and they begin anew when they are asked again", async () => {
  threads = new ViewThreads(2);
  const waiting = threads.make(examples, positions, how("a"));
  threads.close();
  await expect(waiting).rejects.toThrow("A thread that makes views was closed");
  expect(await threads.make(examples, positions, how("b"))).toEqual(made("b"));
});

test("threads that have nothing to do keep no process from ending", () => {
  const code = `
    import { data, random } from "longtail";
    import { ViewThreads } from "./dist/src/data/views/view-threads.js";
    const examples = data.Examples.of(data.stickers({ counts: 2 }));
    const how = { stream: random.stream(1), normalization: data.CIFAR_NORMALIZATION };
    console.log((await new ViewThreads(2).make(examples, [0, 1, 2], how)).length);`;
  const { stdout, status } = spawnSync(process.execPath, ["--input-type=module", "-e", code], { timeout: 60_000 });
  expect([String(stdout), status]).toEqual([`${3 * 3072}\n`, 0]);
});
