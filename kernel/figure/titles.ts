/** Data of the user's own, which plotly passes on as it is. */
const OWN = new Set(["customdata", "meta"]);

/** A copy of `part` of a figure in which every title that is a text is `{ text }`: plotly.js from 3.0 on draws no other. */
export function withTitles<T>(part: T): T {
  if (Array.isArray(part)) return (typeof part[0] === "object" ? part.map(withTitles) : part) as T;
  if (typeof part !== "object" || part === null) return part;
  const entries = Object.entries(part).map(([key, value]: [string, unknown]) => {
    if (key === "title" && typeof value === "string") return [key, { text: value }];
    return [key, OWN.has(key) ? value : withTitles(value)];
  });
  return Object.fromEntries(entries) as T;
}
