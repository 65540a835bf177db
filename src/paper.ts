/**
 * The published numbers of "Rethinking the Value of Labels for Improving Class-Imbalanced Learning" (Yang & Xu, NeurIPS 2020,
 * arXiv 2006.07529): top-1 test error in %, single numbers without spread. What is not known is not here: of the appendix, only
 * the amounts of D_U are.
 */

/** Table 1: semi-supervised learning, ResNet-32. */
export interface SemiSupervisedError {
  readonly method: "CE" | "LDAM-DRW";
  readonly rho: number;
  /** Undefined: without D_U. */
  readonly rhoU?: number;
  readonly error: number;
}

/** Table 2: self-supervised pre-training by rotation, ResNet-32. */
export interface SelfSupervisedError {
  readonly set: "CIFAR-10-LT" | "CIFAR-100-LT";
  readonly method: string;
  readonly ssp: boolean;
  readonly rho: number;
  readonly error: number;
}

/** Tables 3 and 4: large data sets. */
export interface LargeScaleError {
  readonly method: string;
  readonly ssp: boolean;
  readonly backbone: "ResNet-10" | "ResNet-50";
  readonly error: number;
  /** Whether the authors ran another paper's code for it (marked in the tables). */
  readonly reproduced: boolean;
}

type Table1Row = readonly [method: "CE" | "LDAM-DRW", rho: number, without: number, rhoU: readonly number[]];

/** The four with D_U@5x are those of rho_U = 1, rho / 2, rho, 2 rho. */
function semiSupervised(rows: readonly Table1Row[]): SemiSupervisedError[] {
  return rows.flatMap(([method, rho, without, errors]) => [
    { method, rho, error: without },
    ...[1, rho / 2, rho, 2 * rho].map((rhoU, i) => ({ method, rho, rhoU, error: errors[i]! })),
  ]);
}

/** Table 1a, CIFAR-10-LT. */
export const table1a: readonly SemiSupervisedError[] = semiSupervised([
  ["CE", 100, 29.64, [17.48, 18.42, 18.74, 20.06]],
  ["CE", 50, 25.19, [16.79, 16.88, 18.36, 19.94]],
  ["CE", 10, 13.61, [10.22, 10.48, 10.86, 11.04]],
  ["LDAM-DRW", 100, 22.97, [14.96, 15.18, 15.33, 15.55]],
  ["LDAM-DRW", 50, 19.06, [14.33, 14.7, 14.93, 15.24]],
  ["LDAM-DRW", 10, 11.84, [8.72, 8.24, 8.68, 8.97]],
]);

/** Table 1b, SVHN-LT. */
export const table1b: readonly SemiSupervisedError[] = semiSupervised([
  ["CE", 100, 19.98, [13.02, 13.73, 14.65, 15.04]],
  ["CE", 50, 17.5, [13.07, 13.36, 13.16, 14.54]],
  ["CE", 10, 11.46, [10.01, 10.2, 10.06, 10.71]],
  ["LDAM-DRW", 100, 16.66, [11.32, 11.7, 11.92, 12.78]],
  ["LDAM-DRW", 50, 14.59, [10.98, 11.14, 11.26, 11.51]],
  ["LDAM-DRW", 10, 10.27, [8.94, 9.08, 8.7, 9.35]],
]);

/** Of CIFAR-10-LT, then of CIFAR-100-LT, at rho 100, 50, 10. */
const TABLE2: readonly (readonly [method: string, ssp: boolean, cifar10: number[], cifar100: number[]])[] = [
  ["CE", false, [29.64, 25.19, 13.61], [61.68, 56.15, 44.29]],
  ["CB-CE", false, [27.63, 21.95, 13.23], [61.44, 55.45, 42.88]],
  ["CB-CE", true, [23.47, 19.6, 11.57], [56.94, 52.91, 41.94]],
  ["Focal", false, [29.62, 23.29, 13.34], [61.59, 55.68, 44.22]],
  ["CB-Focal", false, [25.43, 20.73, 12.9], [60.4, 54.83, 42.01]],
  ["CB-Focal", true, [22.9, 18.74, 11.75], [57.03, 53.12, 41.16]],
  ["CE-DRW", false, [24.94, 21.1, 13.57], [59.49, 55.31, 43.78]],
  ["CE-DRS", false, [25.53, 21.39, 13.73], [59.62, 55.46, 43.95]],
  ["CE-DRW", true, [23.04, 19.93, 12.66], [57.21, 53.57, 41.77]],
  ["LDAM", false, [26.65, 23.18, 13.04], [60.4, 55.03, 43.09]],
  ["LDAM-DRW", false, [22.97, 19.06, 11.84], [57.96, 53.85, 41.29]],
  ["LDAM-DRW", true, [22.17, 17.87, 11.47], [56.57, 52.89, 41.09]],
];

/** Table 2, in its order: method by method, CIFAR-10-LT before CIFAR-100-LT, rho 100, 50, 10. */
export const table2: readonly SelfSupervisedError[] = TABLE2.flatMap(([method, ssp, cifar10, cifar100]) =>
  [["CIFAR-10-LT", cifar10] as const, ["CIFAR-100-LT", cifar100] as const].flatMap(([set, errors]) =>
    [100, 50, 10].map((rho, i) => ({ set, method, ssp, rho, error: errors[i]! })),
  ),
);

/** CE with SSP, which only the authors' README has. */
export const readme: readonly SelfSupervisedError[] = (
  [
    ["CIFAR-10-LT", [26.5, 21.8, 12.28]],
    ["CIFAR-100-LT", [59.6, 54.96, 42.93]],
  ] as const
).flatMap(([set, errors]) => [100, 50, 10].map((rho, i) => ({ set, method: "CE", ssp: true, rho, error: errors[i]! })));

type LargeRow = readonly [method: string, backbone: LargeScaleError["backbone"], without: number, withSsp: number];

function largeScale(rows: readonly LargeRow[], reproduced: readonly string[]): LargeScaleError[] {
  return rows.flatMap(([method, backbone, without, withSsp]) => [
    { method, ssp: false, backbone, error: without, reproduced: reproduced.includes(`${method}, ${backbone}`) },
    { method, ssp: true, backbone, error: withSsp, reproduced: false },
  ]);
}

/** Table 3, ImageNet-LT. */
export const table3: readonly LargeScaleError[] = largeScale(
  [
    ["CE (Uniform)", "ResNet-10", 65.2, 64.1],
    ["CE (Uniform)", "ResNet-50", 61.6, 54.4],
    ["CE (Balanced)", "ResNet-10", 62.9, 61.6],
    ["CE (Balanced)", "ResNet-50", 59.7, 52.4],
    ["OLTR", "ResNet-10", 64.4, 62.3],
    ["OLTR", "ResNet-50", 62.6, 53.9],
    ["cRT", "ResNet-10", 58.2, 56.8],
    ["cRT", "ResNet-50", 52.7, 48.7],
  ],
  ["OLTR, ResNet-50"],
);

/** Table 4, iNaturalist 2018. */
export const table4: readonly LargeScaleError[] = largeScale(
  [
    ["CE (Uniform)", "ResNet-50", 39.3, 35.6],
    ["CE (Balanced)", "ResNet-50", 36.5, 34.1],
    ["cRT", "ResNet-50", 34.8, 31.9],
    ["LDAM-DRW", "ResNet-50", 35.4, 33.7],
  ],
  ["LDAM-DRW, ResNet-50"],
);

/**
 * Figures 2 and 3: CIFAR-10-LT, CE, rho = 50. Of their points only the baseline and one that Table 1a repeats are known as
 * numbers; the text says that D_U helps from a relevance of 60 % on, and, at 60 %, up to rho_U = 50.
 */
export const figures = { baseline: 25.19, fullyRelevant: 18.36, helpsFrom: 0.6, helpsUpTo: 50 } as const;

/** Appendix E.3, CIFAR-10-LT, CE, rho = rho_U = 50: amounts of D_U, as the authors' issue 9 quotes them. */
export const amounts: readonly { readonly multiple: number; readonly error: number }[] = [
  { multiple: 0, error: 25.19 },
  { multiple: 0.5, error: 21.75 },
  { multiple: 1, error: 20.35 },
  { multiple: 5, error: 18.36 },
  { multiple: 10, error: 16.88 },
];
