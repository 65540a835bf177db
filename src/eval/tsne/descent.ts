/** Where a descent stands, and how it moves: all [count, 2]. */
export class Descent {
  private readonly steps: Float64Array;
  private readonly gains: Float64Array;

  constructor(
    readonly positions: Float64Array,
    private readonly learningRate: number,
  ) {
    this.steps = new Float64Array(positions.length);
    this.gains = new Float64Array(positions.length).fill(1);
  }

  /**
   * Gradient descent with momentum and one gain a coordinate, which grows while the gradient keeps its sign (Jacobs 1988, as
   * in van der Maaten and Hinton 2008).
   */
  move(gradient: Float64Array, momentum: number): void {
    const { positions, steps, gains, learningRate } = this;
    for (let at = 0; at < positions.length; at++) {
      const turned = gradient[at]! * steps[at]! >= 0;
      gains[at] = Math.max(0.01, turned ? gains[at]! * 0.8 : gains[at]! + 0.2);
      steps[at] = momentum * steps[at]! - learningRate * gains[at]! * gradient[at]!;
      positions[at]! += steps[at]!;
    }
  }
}
