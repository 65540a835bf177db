/** A Plotly figure as plain data: what a notebook draws, and what any Plotly page draws. */
export interface Figure {
  readonly data: Record<string, unknown>[];
  readonly layout: Record<string, unknown>;
}
