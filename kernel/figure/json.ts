/**
 * A copy of `value` that JSON can hold, as plotly reads it: typed arrays become plain ones, NaN and infinities null (a gap),
 * dates ISO strings, big integers numbers; functions, symbols and undefined are left out.
 *
 * @throws TypeError when the value contains itself.
 */
export function toPlainJson(value: unknown): unknown {
  return copy(value, []);
}

function copy(value: unknown, path: readonly object[]): unknown {
  switch (typeof value) {
    case "number":
      return Number.isFinite(value) ? value : null;
    case "bigint":
      return Number(value);
    case "string":
    case "boolean":
      return value;
    case "object":
      return value === null ? null : copyObject(value, path);
    default:
      return undefined;
  }
}

function copyObject(value: object, path: readonly object[]): unknown {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Float32Array) return Array.from(value, shortestSingle);
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return Array.from(value as unknown as ArrayLike<number | bigint>, (item) => copy(item, path));
  }
  if (path.includes(value)) throw new TypeError("a figure cannot be shown: its data or layout contains itself");
  const inner = [...path, value];
  // In arrays a value that JSON lacks keeps its place, as a gap.
  if (Array.isArray(value)) return Array.from(value as unknown[], (item) => copy(item, inner) ?? null);
  const entries = Object.entries(value).map(([key, item]) => [key, copy(item, inner)] as const);
  return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
}

/** The shortest decimal that is the same single-precision number: 0.1, not 0.10000000149011612. */
function shortestSingle(value: number): number | null {
  if (!Number.isFinite(value)) return null;
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(9));
}
