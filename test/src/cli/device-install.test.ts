import { expect, test } from "vitest";
import { deviceInstallCommand } from "../../../src/cli/device-install.js";
import { parse } from "../../../src/cli/command.js";

const run = (...args: string[]): Promise<number> => {
  const { values, positionals } = parse(deviceInstallCommand, args);
  return Promise.resolve(deviceInstallCommand.run(values, positionals));
};

test("says what it can install", async () => {
  await expect(run()).rejects.toThrow("Expected what to install, tensorflow; found nothing");
  await expect(run("pytorch")).rejects.toThrow("Expected what to install, tensorflow; found pytorch");
});

test("takes TensorFlow from a Python or from a folder, not both", async () => {
  await expect(run("tensorflow", "--python", "a", "--tensorflow", "b")).rejects.toThrow(
    "Expected --python or --tensorflow, found both",
  );
  expect(() => parse(deviceInstallCommand, ["tensorflow", "--pyton", "a"])).toThrow("--python");
});
