import { repeat } from "../program.js";

/** Adds up the sums that threads hold as `sum0` and `sum1` over a workgroup's places, in the memory that `staged` was. */
export function totalOfSums(sizes: { places: number; block4: number; out4: number; threads: number }): string {
  const { places, block4, out4, threads } = sizes;
  const half = places * block4 * 4;
  const put = (sum: string, base: number): string =>
    repeat(4, (j) => `staged[${base}u + thread * 4u + ${j}u] = ${sum}[${j}];`, " ");
  return `workgroupBarrier();
  ${put("sum0", 0)} ${put("sum1", half)}
  workgroupBarrier();
  for (var t = thread; t < ${2 * block4}u; t += ${threads}u) {
    let which = t / ${block4}u; let of4 = t % ${block4}u; var sum = vec4f(0);
    for (var g = 0u; g < ${places}u; g++) {
      let begin = which * ${half}u + (g * ${block4}u + of4) * 4u; sum += vec4f(${repeat(4, (j) => `staged[begin + ${j}u]`, ", ")});
    }
    partial[(group.x * 2u + which) * ${out4}u + first4 + of4] = sum;
  }`;
}
