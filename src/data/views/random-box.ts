import type { Stream } from "../../random/index.js";
import type { Box } from "../images/resample.js";
import { between, type Range } from "./range.js";

/**
 * The box of torchvision's `RandomResizedCrop`: a share of the area, uniform in `scale`, and a width over height whose
 * logarithm is uniform in that of `ratio`; tried ten times until it fits, else the middle of the image in the nearest ratio.
 * @returns whole pixels
 */
export function randomBox(
  stream: Pick<Stream, "uniform" | "integer">,
  [height, width]: readonly [height: number, width: number],
  scale: Range,
  ratio: Range,
): Box {
  const logs = [Math.log(ratio[0]), Math.log(ratio[1])] as const;
  for (let attempt = 0; attempt < 10; attempt++) {
    const area = height * width * between(scale, stream.uniform());
    const shape = Math.exp(between(logs, stream.uniform()));
    const wide = roundHalfEven(Math.sqrt(area * shape));
    const high = roundHalfEven(Math.sqrt(area / shape));
    if (wide < 1 || wide > width || high < 1 || high > height) continue;
    const top = stream.integer(height - high + 1);
    const left = stream.integer(width - wide + 1);
    return { left, top, right: left + wide, bottom: top + high };
  }
  // An image as narrow as a few pixels may have no box of the ratio at all: then one pixel across.
  const wide = Math.max(1, Math.min(width, roundHalfEven(height * ratio[1])));
  const high = Math.max(1, Math.min(height, roundHalfEven(width / ratio[0])));
  const [left, top] = [Math.floor((width - wide) / 2), Math.floor((height - high) / 2)];
  return { left, top, right: left + wide, bottom: top + high };
}

/** As Python rounds, and thus torchvision. */
function roundHalfEven(value: number): number {
  const nearest = Math.round(value);
  return nearest - value === 0.5 && nearest % 2 === 1 ? nearest - 1 : nearest;
}
