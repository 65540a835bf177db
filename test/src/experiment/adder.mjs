/** Adds records to a store, as one of several processes do: node adder.mjs STORE NAME COUNT. All processes add "shared" too. */
import { experiment } from "../../../dist/src/index.js";

const [folder, name, count] = process.argv.slice(2);
const store = new experiment.RunStore(folder);
const RECORD = { status: "done", device: "none", images: [], filling: "x".repeat(20_000) };
for (let i = 0; i < Number(count); i++)
  for (const id of [`${name}-${i}`, "shared"])
    await store.add({ ...RECORD, run: { id, series: id, label: id, seed: 0 }, by: name });
