/** The name that a cell like `name?` or `?name` asks about, as consoles of other kernels have it; undefined for other cells. */
export function helpSubject(code: string): string | undefined {
  const match = /^\s*(?:\?{1,2}\s*([\w$.]+)|([\w$.]+)\s*\?{1,2})\s*$/.exec(code);
  return match?.[1] ?? match?.[2];
}
