import { entry, repeat } from "../program.js";

/**
 * Subgroup matrices (WGSL's experimental extension; tensor cores): the threads of a subgroup multiply two small matrices of
 * float16 together, and add the products to one of float32.
 */
export interface MatrixShape {
  /** Rows of the left factor and of the sum. */
  readonly m: number;
  /** Columns of the right factor and of the sum. */
  readonly n: number;
  /** Columns of the left factor, rows of the right. */
  readonly k: number;
  /** Threads of a subgroup. */
  readonly lanes: number;
  /** Of the GPU's largest subgroup, where subgroups differ in size: a shader then asks for `lanes`, its threads are a multiple. */
  readonly widest?: number;
}

/** What a device says of itself, as Dawn has it. */
export interface MatrixConfig {
  readonly componentType: string;
  readonly resultComponentType: string;
  readonly M: number;
  readonly N: number;
  readonly K: number;
}

/**
 * The largest shape of float16 summed in float32, for each size of subgroups that there may be, from the largest on: which of
 * them multiply such matrices, a GPU does not say.
 * @param least threads of the smallest subgroup
 * @param most threads of the largest subgroup
 * @param isFree whether a shader may ask for the size of its subgroups; else there is none where they differ
 */
export function matrixShapesOf(
  configs: Iterable<MatrixConfig>,
  { least, most, isFree }: { readonly least: number; readonly most: number; readonly isFree: boolean },
): MatrixShape[] {
  const [best] = [...configs]
    .filter((one) => one.componentType === "f16" && one.resultComponentType === "f32")
    .sort((a, b) => b.M * b.N * b.K - a.M * a.N * a.K || b.M - a.M);
  if (!best) return [];
  const shape = { m: best.M, n: best.N, k: best.K };
  if (least === most) return [{ ...shape, lanes: most }];
  const shapes: MatrixShape[] = [];
  if (isFree) for (let lanes = most; lanes >= least; lanes /= 2) shapes.push({ ...shape, lanes, widest: most });
  return shapes;
}

/** The head of a shader that multiplies matrices. Subgroups take the same way each, but not all of a workgroup the same. */
export const matrixHead = ({ widest }: MatrixShape): string =>
  "diagnostic(off, chromium.subgroup_matrix_uniformity);\n" +
  `enable f16;\nenable subgroups;\nenable chromium_experimental_subgroup_matrix;\n${widest ? "enable subgroup_size_control;\n" : ""}`;

/** The head of its entry point. */
export const matrixEntry = (threads: number, { lanes, widest }: MatrixShape): string =>
  entry(threads, widest ? ` @subgroup_size(${lanes})` : "");

/** Whether a workgroup of so many threads has whole subgroups only, whatever their size. */
export const isWhole = (threads: number, { lanes, widest = lanes }: MatrixShape): boolean => threads % widest === 0;

/** Numbers of float16 between rows in workgroup memory: rows then begin in different banks, at multiples of 16 bytes. */
export const pitchOf = (numbers: number): number => numbers + 8;

/** Text that rounds four numbers and puts them into workgroup memory of single ones. */
export const putFour = (memory: string, at: string, value: string): string =>
  `{ let v4 = vec4h(${value}); let to = ${at}; ${repeat(4, (j) => `${memory}[to + ${j}u] = v4[${j}];`, " ")} }`;

type Order = "row_major" | "col_major";

/** The words of WGSL for matrices of a shape. */
export function matrixWords({ m, n, k }: MatrixShape) {
  const left = `subgroup_matrix_left<f16, ${k}, ${m}>`;
  const right = `subgroup_matrix_right<f16, ${n}, ${k}>`;
  return {
    sum: `subgroup_matrix_result<f32, ${n}, ${m}>`,
    left: (memory: string, at: string, pitch: number, order: Order = "row_major") =>
      `subgroupMatrixLoad<${left}, ${order}>(&${memory}, ${at}, ${pitch}u)`,
    right: (memory: string, at: string, pitch: number, order: Order = "row_major") =>
      `subgroupMatrixLoad<${right}, ${order}>(&${memory}, ${at}, ${pitch}u)`,
    multiply: (sum: string, a: string, b: string) => `${sum} = subgroupMatrixMultiplyAccumulate(${a}, ${b}, ${sum});`,
    store: (memory: string, at: string, sum: string, pitch: number) =>
      `subgroupMatrixStore<row_major>(&${memory}, ${at}, ${sum}, ${pitch}u);`,
  };
}

/**
 * Pixels in a line: where rows of a 3 x 3 convolution's input lie behind one another with their margin, the input of all
 * pixels for one tap is one matrix, whose rows are as far apart as its pixels. The margin's own sums are for nothing. With a
 * stride, pixels of the same remainder have a plane of their own.
 */
export function line(width: number, step: number, rows: number, length: number) {
  const margin = Math.floor(2 / step);
  const columns = width + margin;
  /** Pixels of a plane that hold something. */
  const filled = (rows + margin) * columns;
  return {
    columns,
    filled,
    /** Planes by rows and by columns. */
    planes: Math.min(step, 3),
    /** Pixels of a plane: `length` from the first on are read, and further ones by the last tap. */
    plane: Math.max(filled, length + margin * columns + margin),
    /** Of the tap (ky, kx), in pixels: text, as is what it is made of. */
    offset: (ky: string, kx: string, plane: number) =>
      step === 1
        ? `(${ky} * ${columns}u + ${kx})`
        : `(((${ky} % ${step}u) * ${Math.min(step, 3)}u + ${kx} % ${step}u) * ${plane}u + (${ky} / ${step}u) * ${columns}u + ${kx} / ${step}u)`,
  };
}
