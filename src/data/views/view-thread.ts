import { parentPort } from "node:worker_threads";
import { makeViews, type DrawnViews } from "./views.js";

/** A thread that makes the views that it is sent. */
parentPort!.on("message", (drawn: DrawnViews) => {
  const values = makeViews(drawn);
  parentPort!.postMessage(values, [values.buffer as ArrayBuffer]);
});
