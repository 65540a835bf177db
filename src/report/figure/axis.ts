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

/** The axis as Plotly wants it. */
export function plotlyAxis(caller: string, axis: Axis): Record<string, unknown> {
  refuseUnknown(caller, axis, ["title", "log", "range", "ticks", "format"]);
  const { title, log = false, range, ticks, format } = axis;
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

/** Where an annotation goes: on a logarithmic axis Plotly wants the exponent. */
export function annotationPlace(value: number, { log = false }: Axis): number {
  return significant(log ? Math.log10(value) : value);
}
