#!/bin/sh
# Runs a script with all that lies in this folder (see bundle.mjs): ./run.sh test/bench/gpu/check.mjs [OPTION ...]
# Where Vulkan finds no GPU though nvidia-smi does: VK_DRIVER_FILES=$PWD/lib/nvidia-headless.json ./run.sh ...
cd "$(dirname "$0")" || exit
export LD_LIBRARY_PATH="$PWD/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
export LONGTAIL_DATASETS="${LONGTAIL_DATASETS:-$PWD/images}"
export HOME="${HOME:-$PWD}"
# The system's own C++ library, unless it has none or an old one.
bin/node -e 'require("./node_modules/webgpu/dist/linux-x64/dawn.node")' 2>/dev/null ||
  export LD_LIBRARY_PATH="$LD_LIBRARY_PATH:$PWD/lib/fallback"
driver=/usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json
if [ -z "$VK_DRIVER_FILES" ] && [ -f "$driver" ]; then export VK_DRIVER_FILES="$driver"; fi
exec bin/node "$@"
