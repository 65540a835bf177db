import { Bindings, forEach, gridOf, repeat, type Program } from "../program.js";

export interface SgdPlan {
  /** Numbers of each parameter. */
  readonly sizes: readonly number[];
  readonly momentum: number;
  readonly decay: number;
  readonly nesterov: boolean;
}

/** One step of stochastic gradient descent over several parameters, in place; `rate` holds the learning rate. */
export function sgdStep({ sizes, momentum, decay, nesterov }: SgdPlan): Program & { readonly grid: [number, number] } {
  const bindings = new Bindings().read("rate", "f32");
  sizes.forEach((_, j) =>
    bindings.write(`parameter${j}`, "f32").read(`gradient${j}`, "f32").write(`velocity${j}`, "f32"),
  );
  const starts = sizes.map((_, j) => sizes.slice(0, j).reduce((a, b) => a + b, 0));
  const all = sizes.reduce((a, b) => a + b, 0);
  const grid = gridOf(all);
  const program = bindings.program(`
${forEach(grid)}
  ${repeat(
    sizes.length,
    (j) => `if (i >= ${starts[j]}u && i < ${starts[j]! + sizes[j]!}u) {
    let at = i - ${starts[j]}u; let slope = gradient${j}[at] + ${decay} * parameter${j}[at];
    let velocity = ${momentum} * velocity${j}[at] + slope; velocity${j}[at] = velocity;
    parameter${j}[at] -= rate[0] * ${nesterov ? `(slope + ${momentum} * velocity)` : "velocity"};
  }`,
  )}
}`);
  return { ...program, grid };
}
