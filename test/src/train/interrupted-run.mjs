/**
 * Runs for interruption.test.ts, in a process of their own: node interrupted-run.mjs CASE FOLDER. They send themselves Ctrl-C, so that
 * it always comes at the same moment.
 */
import { data, train } from "../../../dist/src/index.js";

const [name, folder] = process.argv.slice(2);
const stickers = (options) => data.Examples.of(data.stickers(options));
const set = { train: stickers({ counts: 4 }), test: stickers({ counts: 1, split: "test" }) };
const ctrlC = () => process.kill(process.pid, "SIGINT");
const fit = (more = {}) => train.fit({ data: set, model: "small", epochs: 3, batchSize: 16, progress: false, ...more });
const steps = [];
const atStep =
  (step, action, run = 0) =>
  (event) => {
    if (event.type === "step" && steps.push(run) && steps.filter((one) => one === run).length === step) action();
  };
const count = () => process.listenerCount("SIGINT");

const CASES = {
  async plain() {
    process.on("exit", () => console.log(`${steps.length} steps`));
    await fit({ folder, onEvent: atStep(2, ctrlC) });
    console.log("trained");
  },
  async twice() {
    const first = atStep(2, ctrlC);
    await fit({
      folder,
      onEvent(event) {
        first(event);
        if (event.type === "checkpoint") {
          ctrlC();
          console.log("still here");
        }
      },
    });
  },
  async listener() {
    process.on("SIGINT", () => console.log("mine"));
    await fit({ onEvent: atStep(2, ctrlC) });
    console.log(`${steps.length} steps, ${count()} listener`);
  },
  async parallel() {
    const during = [];
    const onEvent = atStep(2, () => {
      during.push(count());
      ctrlC();
    });
    const both = await Promise.allSettled([fit({ onEvent }), fit({ onEvent: atStep(0, () => undefined, 1) })]);
    console.log(both.map(({ reason }) => `${reason?.name}: ${reason?.message}`).join("; "));
    console.log(
      `${during} during, ${count()} after, ${Math.max(...[0, 1].map((run) => steps.filter((one) => one === run).length))} steps`,
    );
  },
  async again() {
    const counts = [count()];
    for (let run = 0; run < 3; run++) await fit({ epochs: 1, onEvent: atStep(1, () => counts.push(count()), run) });
    const stopped = fit({ onEvent: atStep(2, ctrlC, 3) });
    counts.push(await stopped.catch((error) => error.name), count());
    await fit({ epochs: 0 }).catch(() => counts.push(count()));
    (await fit({ epochs: 1 })).dispose();
    console.log([...counts, count()].join(" "));
  },
};
await CASES[name]();
