import { tried } from "../backend/device.js";
import { table } from "../report/table.js";
import type { Command } from "./command.js";

export const deviceCommand: Command = {
  help: `Usage: longtail device

Lists what TensorFlow.js can compute on here, best first, tries it, and says what to install for the rest.
The first that is available, and not only on request, is used; LONGTAIL_DEVICE=NAME chooses another.
LONGTAIL_PRECISION=half lets a GPU (webgpu) multiply in half precision in training.
"longtail device install tensorflow" makes a device of the TensorFlow of a Python.

Examples:
  longtail device
  LONGTAIL_DEVICE=cpu longtail workbook`,
  options: {},
  async run() {
    const devices = await tried();
    console.log(String(table(devices, { columns: ["name", "title", "available"] })));
    for (const { name, onRequest, reason, install } of devices) {
      if (onRequest !== undefined) console.log(`\n${name}: ${onRequest}`);
      if (reason !== undefined) console.log(`\n${name}: ${reason}`);
      if (install !== undefined) console.log(`  to install it: ${install}`);
    }
    return 0;
  },
};
