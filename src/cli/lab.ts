import { openLab } from "../../kernel/lab.js";
import type { Command } from "./command.js";
import { notebooksFolder } from "./workbook.js";

export const labCommand: Command = {
  help: `Usage: longtail lab [JUPYTER OPTIONS...]

Opens the notebooks in JupyterLab with the TypeScript kernel registered for this session: an installed JupyterLab (or
classic Notebook), else one in a private virtual environment that is made for it, which needs Python 3 and the network.

Examples:
  longtail lab
  longtail lab --no-browser --port 9000`,
  options: {},
  passThrough: true,
  run: (_values, args) => openLab({ notebooks: notebooksFolder(), args, log: console.log }),
};
