import { formatNumber, progress, type Progress } from "../../show/index.js";
import type { Observer } from "../events.js";

/** A bar over all steps of a run, with what the last epoch found. @param label what is trained */
export function progressBar(label: string): Observer {
  let bar: Progress | undefined;
  let before = 0;
  const offsets: number[] = [];
  return async (event) => {
    if (event.type === "begin") {
      let total = 0;
      for (let epoch = 0; epoch < event.epochs; epoch++) {
        offsets[epoch] = total;
        total += event.stepsIn(epoch);
      }
      offsets[event.epochs] = total;
      before = offsets[event.at.epoch]! + event.at.step;
      bar = progress(total, { label, unit: "steps", done: before });
    }
    if (event.type === "step") bar?.update(offsets[event.at.epoch]! + event.at.step);
    if (event.type === "evaluate") bar?.note(`epoch ${event.epoch + 1}: evaluating`);
    if (event.type === "epoch") {
      const { epoch, loss, metrics } = event.record;
      const found = Object.entries(metrics).map(([name, value]) => `${name} ${formatNumber(value)}`);
      bar?.note([`epoch ${epoch + 1}: loss ${formatNumber(loss)}`, ...found].join(", "));
    }
    if (event.type === "end") {
      if (event.finished) bar?.done();
      else bar?.stop();
    }
    return Promise.resolve();
  };
}
