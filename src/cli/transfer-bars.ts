import type { GetProgress } from "../data/download/get.js";
import { progress, type Progress } from "../show/progress.js";

const MEGA = 1e6;

/** Shows downloads as bars of what is still to come, so that speed and remaining time are those of now. */
export class TransferBars {
  #bar: Progress | undefined;
  #of: string | undefined;

  update({ set, file, start, done, total }: GetProgress): void {
    if (total === undefined) return;
    const of = `${set} ${file} ${start}`;
    if (of !== this.#of) {
      this.stop();
      const resumed = start > 0 ? ` from ${(start / MEGA).toFixed(2)} MB on` : "";
      const label = `${set}: ${file}${resumed}`;
      this.#bar = progress((total - start) / MEGA, { label, unit: "MB", rate: "MB/s" });
      this.#of = of;
    }
    this.#bar?.update((done - start) / MEGA);
    if (done === total) this.#bar?.done();
  }

  stop(): void {
    this.#bar?.stop();
    this.#bar = this.#of = undefined;
  }
}
