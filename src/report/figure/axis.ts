import { significant } from "../../show/number.js";
import { refuseUnknown } from "../../options.js";

/** One axis of a figure. Titles are plain text with Unicode symbols, not LaTeX, which few viewers typeset in figures. */
export interface Axis {
  readonly title: string;
  /** Logarithmic? Default false. Values <= 0 are then left out. */
  readonly log?: boolean;
  /** Lowest and highest value shown; default: what the data need. */
  readonly range?: readonly [low: number, high: number];
  /** Where ticks stand; default: chosen by Plotly. */
  readonly ticks?: readonly number[];
  /** d3 format of the tick labels, ".0%" for instance; default: chosen by Plotly. */
  readonly format?: string;
}

/** The axis as Plotly wants it. @param values the data: a logarithmic axis that holds few powers of ten has other ticks too */
export function plotlyAxis(
  caller: string,
  axis: Axis,
  values: readonly (number | null)[] = [],
): Record<string, unknown> {
  refuseUnknown(caller, axis, ["title", "log", "range", "ticks", "format"]);
  const { title, log = false, range, format } = axis;
  const ticks = axis.ticks ?? (log ? ticksBetweenDecades(range ?? extent(values)) : undefined);
  if (log && range?.some((end) => end <= 0)) {
    throw new RangeError(`${caller}: a logarithmic axis needs a range above 0 (got ${range.join(" to ")})`);
  }
  return {
    title: { text: title },
    // Decades only: the digits 2 and 5 between them say nothing without their power.
    // Plotly writes powers of ten a quarter larger than other ticks.
    ...(log && { type: "log", tickfont: { size: 10 }, ...(ticks === undefined && { dtick: decades(range) }) }),
    ...(range && { range: range.map((end) => (log ? significant(Math.log10(end)) : end)) }),
    ...(ticks && { tickvals: [...ticks] }),
    ...(format !== undefined && { tickformat: format }),
  };
}

function decades(range: Axis["range"]): number {
  return range ? Math.max(1, Math.ceil(Math.log10(range[1] / range[0]) / 8)) : 1;
}

/** The smallest and the largest of the values that a logarithmic axis shows. */
function extent(values: readonly (number | null)[]): [low: number, high: number] {
  const shown = values.filter((value) => value !== null && value > 0 && value < Infinity) as number[];
  return [shown.reduce((a, b) => Math.min(a, b), Infinity), shown.reduce((a, b) => Math.max(a, b), 0)];
}

/** 1, 2 and 5 times powers of ten, also a little beyond the ends, where at least two of them but fewer powers lie within. */
function ticksBetweenDecades([low, high]: readonly [low: number, high: number]): number[] | undefined {
  if (!(low < high)) return undefined;
  const isWithin = (tick: number): boolean => tick >= low && tick <= high;
  const powers = Array.from({ length: 4 }, (_, i) => 10 ** (Math.floor(Math.log10(low)) + i - 1));
  const ticks = powers.flatMap((power) => [power, 2 * power, 5 * power]).map((tick) => significant(tick));
  return powers.filter(isWithin).length < 2 && ticks.filter(isWithin).length >= 2 && high < powers[3]!
    ? ticks
    : undefined;
}

/** Where an annotation goes: on a logarithmic axis Plotly wants the exponent. @param digits that the axis' numbers keep */
export function annotationPlace(value: number, { log = false }: Axis, digits: number): number {
  return log ? significant(Math.log10(value)) : significant(value, digits);
}
