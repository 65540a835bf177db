import { fileURLToPath } from "node:url";
import type { KernelCommand } from "../../kernel/launch.js";

/** Command of the kernel that misbehaves on request; see fake-kernel.mjs for what its cells and flags can say. */
export function fakeKernel(...flags: string[]): KernelCommand {
  const script = fileURLToPath(new URL("fake-kernel.mjs", import.meta.url));
  return { argv: [process.execPath, script, "{connection_file}", ...flags] };
}
