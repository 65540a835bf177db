import { install, isOurs, uninstall } from "../../kernel/install.js";
import { listKernels } from "../../kernel/kernelspec.js";
import { text, type Command } from "./command.js";

const where = {
  name: { type: "string" },
  prefix: { type: "string" },
  user: { type: "boolean" },
  "sys-prefix": { type: "boolean" },
} as const;

const WHERE_HELP = `      --name NAME          name of the kernelspec (default: longtail)
      --user               for this user (the default)
      --prefix DIR         below DIR/share/jupyter
      --sys-prefix         in the active Python environment (venv or conda)`;

function place(values: Parameters<Command["run"]>[0]) {
  const name = text(values, "name");
  const prefix = text(values, "prefix");
  return {
    ...(name !== undefined && { name }),
    ...(prefix !== undefined && { prefix }),
    sysPrefix: values["sys-prefix"] === true,
  };
}

/** Where it was put, as the command line that removes it says so. */
function given(values: Parameters<Command["run"]>[0]): string {
  const prefix = text(values, "prefix");
  if (prefix !== undefined) return ` --prefix ${/^[\w.,:/-]+$/.test(prefix) ? prefix : `"${prefix}"`}`;
  return values["sys-prefix"] === true ? " --sys-prefix" : "";
}

export const installCommand: Command = {
  help: `Usage: longtail kernel install [options]

Registers the TypeScript kernel with Jupyter. Python is not needed for it.

Options:
${WHERE_HELP}
      --display-name TEXT  what the user interface calls it

Examples:
  longtail kernel install
  longtail kernel install --sys-prefix --name ts --display-name "TypeScript"`,
  options: { ...where, "display-name": { type: "string" } },
  async run(values) {
    const displayName = text(values, "display-name");
    const { name, folder, warnings } = await install({
      ...place(values),
      ...(displayName !== undefined && { displayName }),
    });
    console.log(`Wrote ${folder}`);
    for (const warning of warnings) console.log(`Note: ${warning}`);
    console.log(`Next: open Jupyter and choose the kernel, or run: jupyter lab`);
    console.log(
      `To remove it: longtail kernel uninstall${name === "longtail" ? "" : ` --name ${name}`}${given(values)}`,
    );
    return 0;
  },
};

export const uninstallCommand: Command = {
  help: `Usage: longtail kernel uninstall [options]

Removes a kernelspec that "longtail kernel install" wrote, and no other.

Options:
${WHERE_HELP}

Examples:
  longtail kernel uninstall
  longtail kernel uninstall --sys-prefix --name ts`,
  options: where,
  async run(values) {
    const { folder } = await uninstall(place(values));
    console.log(`Removed ${folder}`);
    return 0;
  },
};

export const listCommand: Command = {
  help: `Usage: longtail kernel list

Lists the kernels that Jupyter finds here; those that longtail wrote are marked with *.

Example:
  longtail kernel list`,
  options: {},
  async run() {
    const kernels = await listKernels();
    const widest = Math.max(0, ...kernels.map(({ name }) => name.length));
    for (const { name, folder, spec } of kernels)
      console.log(`${isOurs(spec) ? "*" : " "} ${name.padEnd(widest)}  ${folder}`);
    if (kernels.length === 0) console.log("No kernels found. To register this one: longtail kernel install");
    return 0;
  },
};
