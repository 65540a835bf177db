/** A network has lost itself: its loss or its outputs are NaN or infinite. */
export class DivergenceError extends Error {
  override readonly name = "DivergenceError";
}
