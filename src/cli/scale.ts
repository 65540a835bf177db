import type { ScaleName } from "../experiment/index.js";
import { suggestion } from "../nearest.js";
import { text, UsageError, type Command } from "./command.js";

export const SCALE_NAMES: readonly ScaleName[] = ["quick", "standard", "paper"];

/** --scale, by default quick. @throws UsageError */
export function scaleNamed(values: Parameters<Command["run"]>[0]): ScaleName {
  const given = text(values, "scale") ?? "quick";
  const name = SCALE_NAMES.find((one) => one === given);
  if (name === undefined)
    throw new UsageError(`--scale: there is no scale "${given}". ${suggestion(given, SCALE_NAMES)}`);
  return name;
}
