import { install } from "../backend/tensorflow/install.js";
import { text, UsageError, type Command } from "./command.js";

export const deviceInstallCommand: Command = {
  help: `Usage: longtail device install tensorflow [options]

Makes the TensorFlow of a Python a device: compiles the addon of @tensorflow/tfjs-node against the library in that package, and
puts it into the user's cache (longtail/tensorflow in XDG_CACHE_HOME or ~/.cache; delete that folder to remove it). On NVIDIA
GPUs, as new as that TensorFlow knows them, and on CPUs. Linux; needs a C++ compiler (g++, clang++ or CXX) and the npm registry.
Does not install TensorFlow itself:

  python3 -m venv tensorflow
  tensorflow/bin/pip install "tensorflow[and-cuda]"       (without a GPU: tensorflow-cpu)

Options:
      --python PROGRAM      a Python that has TensorFlow (default: python3)
      --tensorflow FOLDER   the folder of the package itself, site-packages/tensorflow

Examples:
  longtail device install tensorflow --python tensorflow/bin/python
  LONGTAIL_DEVICE=tensorflow longtail workbook`,
  options: { python: { type: "string" }, tensorflow: { type: "string" } },
  positionals: true,
  async run(values, names) {
    if (names.length !== 1 || names[0] !== "tensorflow")
      throw new UsageError(`Expected what to install, tensorflow; found ${names.join(" ") || "nothing"}`);
    const [python, tensorflow] = [text(values, "python"), text(values, "tensorflow")];
    if (python !== undefined && tensorflow !== undefined)
      throw new UsageError("Expected --python or --tensorflow, found both");
    const { folder, version, gpu } = await install({ python, tensorflow, onStep: (line) => console.log(line) });
    console.log(
      `Installed in ${folder}: TensorFlow ${version}, ${gpu ? "on the GPU" : "on the CPU (it found no GPU)"}`,
    );
    return 0;
  },
};
