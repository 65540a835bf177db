/** No wait is longer, in milliseconds, whatever the server asks for. */
const LONGEST = 120_000;

/**
 * Waits before the n-th try in a row (n = 1, 2, ...): twice as long each time, up to 30 times the first delay, less a
 * random part of up to a half, so that many that were thrown out at once do not come back at once.
 * @param delay milliseconds before the first one
 * @param least milliseconds that the server asks for
 * @returns milliseconds
 */
export function backOff(n: number, delay: number, least = 0, random: () => number = Math.random): number {
  const wait = Math.min(delay * 2 ** (n - 1), delay * 30) * (1 - random() / 2);
  return Math.min(Math.max(wait, least), LONGEST);
}
