/** Fields of a `history_request` that matter here; sessions before this one are not kept. */
export interface HistoryRequest {
  hist_access_type?: "range" | "tail" | "search";
  output?: boolean;
  session?: number;
  start?: number;
  stop?: number | null;
  n?: number;
  pattern?: string;
  unique?: boolean;
}

/** `[session, line, input]`, or `[session, line, [input, output]]` where output was asked for. */
export type HistoryEntry = [number, number, string | [string, string | null]];

interface Line {
  line: number;
  input: string;
  output: string | null;
}

/** What was run in this session. */
export class History {
  private readonly lines: Line[] = [];

  add(line: number, input: string): void {
    this.lines.push({ line, input, output: null });
  }

  setOutput(line: number, output: string): void {
    const entry = this.lines.findLast((candidate) => candidate.line === line);
    if (entry) entry.output = output;
  }

  query({
    hist_access_type = "tail",
    output = false,
    session = 0,
    start = 0,
    stop,
    n,
    pattern,
    unique,
  }: HistoryRequest): HistoryEntry[] {
    let found = this.lines;
    if (hist_access_type === "range")
      // Session 0 is this one; numbers count from 1, negative ones backwards from it.
      found =
        session === 0 || session === 1
          ? found.filter(({ line }) => line >= start && (stop == null || line < stop))
          : [];
    if (hist_access_type === "search") {
      const glob = toRegExp(pattern ?? "*");
      found = found.filter(({ input }) => glob.test(input));
      if (unique)
        found = found.filter(({ input }, index) => !found.slice(index + 1).some((later) => later.input === input));
    }
    if (hist_access_type !== "range" && n != null && n > 0) found = found.slice(-n);
    return found.map(({ line, input, output: shown }) => [1, line, output ? [input, shown] : input]);
  }
}

/** A shell pattern: `*` any text, `?` one character. */
function toRegExp(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`, "s");
}
