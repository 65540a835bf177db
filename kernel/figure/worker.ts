/** Entry of the thread that draws figures: one request in, one answer out, in order. */
import { parentPort } from "node:worker_threads";
import { drawSvg } from "./draw.js";
import type { FigureJson } from "./figure.js";

export interface DrawRequest {
  readonly id: number;
  readonly figure: FigureJson;
}

export type DrawAnswer =
  { readonly id: number; readonly svg: string } | { readonly id: number; readonly error: string };

let queue = Promise.resolve();

parentPort?.on("message", ({ id, figure }: DrawRequest) => {
  queue = queue.then(async () => {
    parentPort?.postMessage(await answer(id, figure));
  });
});

async function answer(id: number, figure: FigureJson): Promise<DrawAnswer> {
  try {
    return { id, svg: await drawSvg(figure) };
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}
