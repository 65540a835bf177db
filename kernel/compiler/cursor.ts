/**
 * The protocol counts a cursor position in Unicode code points, JavaScript in UTF-16 code units: they differ after the
 * first character outside the Basic Multilingual Plane.
 */
export function toCodeUnits(text: string, codePoints: number): number {
  let units = 0;
  let points = 0;
  for (const character of text) {
    if (points++ >= codePoints) break;
    units += character.length;
  }
  return units;
}

/** The inverse of `toCodeUnits`. A position inside a surrogate pair counts as after it. */
export function toCodePoints(text: string, codeUnits: number): number {
  return [...text.slice(0, codeUnits)].length;
}
