import fc from "fast-check";
import { expect, test } from "vitest";
import { ConfusionMatrix } from "../../../src/eval/index.js";
import { Scoreboard, type Score } from "../../../src/train/scoreboard.js";

const classes = ["a", "b"];
/** Of twenty images of one class. */
function score(epoch: number, accuracy: number): Score {
  const right = Math.round(20 * accuracy);
  return {
    epoch,
    confusion: new ConfusionMatrix({
      classes,
      counts: [
        [right, 20 - right],
        [0, 0],
      ],
    }),
  };
}

test("last, best and selected are kept apart; the first of equals stays", () => {
  const board = new Scoreboard(classes);
  const [a, b, c, d] = [score(0, 0.5), score(1, 0.7), score(2, 0.7), score(3, 0.6)];
  board.add(a, 0.4);
  expect(board.read()).toEqual({ last: a, best: a, selected: a });
  board.add(b, 0.4);
  expect(board.read()).toEqual({ last: b, best: b, selected: a });
  board.add(c, 0.9);
  board.add(d, 0.9);
  expect(board.read()).toEqual({ last: d, best: b, selected: c });
});

test("mean recalls that differ by rounding alone are equal: the first stays", () => {
  const board = new Scoreboard(classes);
  const thirds = [0.1 + 0.2, 0.3, 0.1 + 0.2 + 1e-13, 0.3 + 1e-9];
  thirds.forEach((recall, epoch) => board.add(score(epoch, 0), recall));
  expect(board.read().selected?.epoch).toBe(3);
  const equals = new Scoreboard(classes);
  [0.3, 0.1 + 0.2, 0.3].forEach((recall, epoch) => equals.add(score(epoch, 0), recall));
  expect(equals.read().selected?.epoch).toBe(0);
});

test("without a validation set none is selected, and before the first epoch there is nothing to read", () => {
  const board = new Scoreboard(classes);
  expect(() => board.read()).toThrow("No epoch was evaluated yet");
  board.add(score(0, 0));
  expect(board.read()).toEqual({ last: score(0, 0), best: score(0, 0) });
  expect("selected" in board.read()).toBe(false);
});

test("a mean recall of 0 on the validation set counts", () => {
  const board = new Scoreboard(classes);
  board.add(score(0, 0), 0);
  expect(board.read().selected?.epoch).toBe(0);
});

const epochs = fc.array(fc.record({ accuracy: fc.constantFrom(0, 0.25, 0.5, 1), held: fc.constantFrom(0, 0.5, 1) }), {
  minLength: 1,
  maxLength: 12,
});

test("saved as JSON and restored at any epoch, it ends the same", () => {
  fc.assert(
    fc.property(epochs, fc.boolean(), fc.nat(), (list, validated, at) => {
      const [whole, parts] = [new Scoreboard(classes), { now: new Scoreboard(classes) }];
      list.forEach(({ accuracy, held }, epoch) => {
        if (epoch === at % (list.length + 1)) {
          const saved = JSON.parse(JSON.stringify(parts.now.save())) as unknown;
          parts.now = new Scoreboard(classes);
          parts.now.add(score(99, 1), 1); // what it held before is gone
          parts.now.restore(saved);
        }
        for (const board of [whole, parts.now]) board.add(score(epoch, accuracy), validated ? held : undefined);
      });
      expect(parts.now.read()).toEqual(whole.read());
      const first = (of: (one: (typeof list)[number]) => number): number =>
        list.findIndex((one) => of(one) === Math.max(...list.map(of)));
      expect(whole.read().best.epoch).toBe(first(({ accuracy }) => accuracy));
      expect(whole.read().selected?.epoch).toBe(validated ? first(({ held }) => held) : undefined);
      expect(whole.read().last.epoch).toBe(list.length - 1);
    }),
  );
});

test("of thousands of classes it is saved without the zeros, and what was saved with them is read", () => {
  const many = Array.from({ length: 5000 }, (_, c) => `class ${c}`);
  const board = new Scoreboard(many);
  board.add({ epoch: 0, confusion: new ConfusionMatrix({ classes: many, rows: many.map((_, c) => ({ [c]: 2 })) }) }, 1);
  expect(JSON.stringify(board.save(), undefined, 2).length).toBeLessThan(2e6);

  const [one, old] = [score(3, 0.5), new Scoreboard(classes)];
  old.restore(JSON.parse(JSON.stringify({ scores: { last: one, best: one }, validation: null })));
  expect(old.read()).toEqual({ last: one, best: one });
});

test("what was saved takes the names that the classes have now", () => {
  const [before, after] = [new Scoreboard(classes), new Scoreboard(["a", "renamed"])];
  before.add(score(0, 0.5), 0.5);
  after.restore(JSON.parse(JSON.stringify(before.save())));
  const { last, best, selected } = after.read();
  for (const { confusion } of [last, best, selected!]) {
    expect(confusion.classes).toEqual(["a", "renamed"]);
    expect(confusion.counts).toEqual(score(0, 0.5).confusion.counts);
  }
});
