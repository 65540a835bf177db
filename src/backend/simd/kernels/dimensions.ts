/** One dimension of a loop: how often, and how many numbers each operand goes on by. */
export interface Dimension {
  readonly size: number;
  readonly steps: readonly number[];
}

/** Fewest dimensions that run over the same numbers in the same order: those of size 1 go, neighbours that lie alike merge. */
export function merged(dimensions: readonly Dimension[]): Dimension[] {
  const result: Dimension[] = [];
  for (const { size, steps } of dimensions) {
    if (size === 1) continue;
    const outer = result.at(-1);
    if (outer && outer.steps.every((step, operand) => step === steps[operand]! * size))
      result[result.length - 1] = { size: outer.size * size, steps };
    else result.push({ size, steps });
  }
  return result;
}

/** Exactly `count` dimensions, with such of size 1 in front. @returns undefined where there are more already */
export function padded(dimensions: readonly Dimension[], count: number): Dimension[] | undefined {
  if (dimensions.length > count) return undefined;
  const operands = dimensions[0]?.steps.length ?? 0;
  const single = { size: 1, steps: new Array<number>(operands).fill(0) };
  return [...new Array<Dimension>(count - dimensions.length).fill(single), ...dimensions];
}

/** How many numbers a tensor goes on by in each dimension of the shape that it is broadcast to: 0 where it repeats. */
export function broadcastSteps(shape: readonly number[], to: readonly number[]): number[] {
  const steps = new Array<number>(to.length).fill(0);
  const lead = to.length - shape.length;
  for (let i = shape.length - 1, step = 1; i >= 0; step *= shape[i--]!) if (shape[i] !== 1) steps[lead + i] = step;
  return steps;
}

/** How many numbers a tensor of a shape goes on by in each dimension. */
export function strides(shape: readonly number[]): number[] {
  const steps = new Array<number>(shape.length).fill(1);
  for (let i = shape.length - 2; i >= 0; i--) steps[i] = steps[i + 1]! * shape[i + 1]!;
  return steps;
}
