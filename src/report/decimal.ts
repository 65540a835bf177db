/** A number with so many decimals, as it is printed: "−1.3" with a minus sign, and a rounded zero without. */
export function decimal(value: number, decimals: number): string {
  return value
    .toFixed(decimals)
    .replace(/^-(?=.*[1-9])/, "−")
    .replace(/^-/, "");
}
