import { SCALES, type ScaleName } from "../experiment/index.js";
import { suggestion } from "../nearest.js";
import { text, UsageError, type Command } from "./command.js";

/** --scale, by default quick. @throws UsageError */
export function scaleNamed(values: Parameters<Command["run"]>[0]): ScaleName {
  const name = text(values, "scale") ?? "quick";
  if (Object.hasOwn(SCALES, name)) return name as ScaleName;
  throw new UsageError(`--scale: there is no scale "${name}". ${suggestion(name, Object.keys(SCALES))}`);
}
