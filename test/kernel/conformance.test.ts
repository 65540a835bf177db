import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { jupyterEnvironment, pythonWith, runCommand } from "./python.js";

const python = pythonWith("jupyter_kernel_test");
if (!python)
  console.log(
    "Skipped: Jupyter's conformance suite needs jupyter_kernel_test (apt install python3-jupyter-kernel-test, or pip)",
  );

it.skipIf(!python)("passes Jupyter's conformance suite, every test of it", { timeout: 120_000 }, async () => {
  const script = fileURLToPath(new URL("conformance.py", import.meta.url));
  const { stdout, stderr } = await runCommand(python!, [script], { env: jupyterEnvironment() });
  expect(stdout, stderr).toMatch(/\{"version"/);
  const report = JSON.parse(stdout.slice(stdout.indexOf('{"version"'))) as {
    version: string;
    outcomes: Record<string, string>;
    texts: string[];
  };
  console.log(`jupyter_kernel_test ${report.version}: ${Object.keys(report.outcomes).length} tests`);
  expect(report.texts).toEqual([]);
  expect(Object.keys(report.outcomes).length).toBeGreaterThanOrEqual(12);
  expect(new Set(Object.values(report.outcomes))).toEqual(new Set(["ok"]));
});
