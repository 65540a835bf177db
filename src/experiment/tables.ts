import * as paper from "../paper.js";
import { check, optional, type Rule } from "../options.js";
import { percent } from "../show/number.js";
import { Grid, type GridCell } from "./grid.js";
import { PRETRAINER_NAMES } from "./pretrainer-name.js";
import {
  cifar100LT,
  cifar10LT,
  drs,
  drw,
  focal,
  labels,
  ldam,
  meanTeacher,
  reweight,
  ssp,
  svhnLT,
  unlabeled,
  vat,
  type Part,
  type Trial,
} from "./trial.js";

const RHOS = [100, 50, 10];

export interface TableOptions {
  /** Which of the imbalance ratios 100, 50, 10. Default all. */
  readonly rho?: readonly number[];
}

const someRhos: Rule = {
  range: `an array of one or more of ${RHOS.join(", ")}`,
  accepts: (v) => Array.isArray(v) && v.length > 0 && v.every((rho) => RHOS.includes(rho as number)),
};

const someNumbers: Rule = {
  range: "an array of one or more numbers",
  accepts: (v) => Array.isArray(v) && v.length > 0 && v.every((one) => typeof one === "number"),
};

function rhosOf(name: string, options: TableOptions): readonly number[] {
  check(name, options, { rho: optional(someRhos) });
  return RHOS.filter((rho) => (options.rho ?? RHOS).includes(rho));
}

const METHODS: Readonly<Record<string, readonly Part[]>> = {
  CE: [],
  "CB-CE": [reweight],
  Focal: [focal],
  "CB-Focal": [focal, reweight],
  "CE-DRW": [drw],
  "CE-DRS": [drs],
  LDAM: [ldam],
  "LDAM-DRW": [ldam, drw],
};

/** Table 1: with and without D_U@5x of four imbalances. */
function table1(
  name: string,
  set: (options: { rho: number }) => Trial,
  published: readonly paper.SemiSupervisedError[],
  options: TableOptions,
): Grid {
  const cells = rhosOf(name, options).flatMap((rho) =>
    (["CE", "LDAM-DRW"] as const).flatMap((method): GridCell[] => {
      const base = set({ rho }).with(...METHODS[method]!);
      const known = published.filter((one) => one.method === method && one.rho === rho);
      const paperBaseline = known.find(({ rhoU }) => rhoU === undefined)!.error;
      const place = { group: `ρ = ${rho}`, row: method };
      const columns = [1, rho / 2, rho, 2 * rho].map((rhoU, i) => ({
        ...place,
        column: `+ D_U@5x, ρ_U = ${["1", "ρ/2", "ρ", "2ρ"][i]!}`,
        trial: base.with(unlabeled({ rhoU })),
        ...{ baseline: base, paperBaseline, paper: known.find((one) => one.rhoU === rhoU)!.error },
      }));
      return [{ ...place, column: "without D_U", trial: base, paper: paperBaseline }, ...columns];
    }),
  );
  return new Grid(name, `Table ${name.slice(5)}: ${set({ rho: 100 }).set.split(",")[0]!} with unlabelled data`, cells);
}

/** CIFAR-10-LT with D_U. @throws RangeError for an unknown option or ratio */
export function table1a(options: TableOptions = {}): Grid {
  return table1("table1a", cifar10LT, paper.table1a, options);
}

/** SVHN-LT with D_U. */
export function table1b(options: TableOptions = {}): Grid {
  return table1("table1b", svhnLT, paper.table1b, options);
}

const TABLE2_ROWS: readonly { readonly method: string; readonly withSsp: boolean }[] = [
  ...["CE", "CB-CE", "CB-CE + SSP", "Focal", "CB-Focal", "CB-Focal + SSP"],
  ...["CE-DRW", "CE-DRS", "CE-DRW + SSP", "LDAM", "LDAM-DRW", "LDAM-DRW + SSP"],
].map((row) => ({ method: row.replace(" + SSP", ""), withSsp: row.endsWith(" + SSP") }));

/** CIFAR-10-LT and CIFAR-100-LT with self-supervised pre-training: twelve rows. */
export function table2(options: TableOptions & { readonly sets?: readonly ("cifar10" | "cifar100")[] } = {}): Grid {
  const { sets = ["cifar10", "cifar100"], ...rest } = options;
  const known = ["cifar10", "cifar100"];
  check(
    "table2",
    { sets },
    {
      sets: {
        range: `an array of one or more of ${known.join(", ")}`,
        accepts: (v) => Array.isArray(v) && v.length > 0 && v.every((set) => known.includes(set as string)),
      },
    },
  );
  const rhos = rhosOf("table2", rest);
  const makers = { cifar10: cifar10LT, cifar100: cifar100LT };
  const cells = sets.flatMap((name) =>
    TABLE2_ROWS.flatMap(({ method, withSsp }) =>
      rhos.map((rho): GridCell => {
        const base = makers[name]({ rho }).with(...METHODS[method]!);
        const group = base.set.split(",")[0]!;
        const error = (withIt: boolean): number =>
          paper.table2.find(
            (one) => one.set === group && one.method === method && one.ssp === withIt && one.rho === rho,
          )!.error;
        const place = { group, column: `ρ = ${rho}` };
        if (!withSsp) return { ...place, row: method, trial: base, paper: error(false) };
        const gains = { baseline: base, paper: error(true), paperBaseline: error(false) };
        return { ...place, row: `${method} + SSP`, trial: base.with(ssp()), ...gains };
      }),
    ),
  );
  return new Grid(
    "table2",
    "Table 2: self-supervised pre-training (rotation)",
    cells,
    'CB-CE weighs the loss, as the paper says; its README calls the same numbers "CE (Balanced)", which resamples.',
  );
}

/**
 * How relevant D_U must be: CE, ρ = ρ_U = 50. The size stays; the rest shows other classes, a choice of ours.
 * @param options `relevance`: shares in [0, 1]; default 0 to 1 in steps of 0.2
 * @throws RangeError for an unknown option, or a share out of range
 */
export function figure2(options: { readonly relevance?: readonly number[] } = {}): Grid {
  check("figure2", options, { relevance: optional(someNumbers) });
  const { relevance = [0, 0.2, 0.4, 0.6, 0.8, 1] } = options;
  const base = cifar10LT({ rho: 50 });
  const cells = relevance.map((share): GridCell => {
    const trial = base.with(unlabeled({ rhoU: 50, relevance: share }));
    const place = { group: "ρ = ρ_U = 50", row: "CE + D_U@5x", column: String(percent(share)) };
    const published = share === 1 ? { paper: paper.figures.fullyRelevant } : {};
    return { ...place, trial, baseline: base, paperBaseline: paper.figures.baseline, ...published };
  });
  return new Grid("figure2", "Figure 2: relevance of D_U (% of it that shows the classes of D_L)", cells);
}

/**
 * How imbalanced D_U's relevant 60 % may be: CE, ρ = 50.
 * @param options `rhoU`: ratios >= 1; default 1, 25, 50, 100, 200
 * @throws RangeError for an unknown option, or a ratio out of range
 */
export function figure3(options: { readonly rhoU?: readonly number[] } = {}): Grid {
  check("figure3", options, { rhoU: optional(someNumbers) });
  const { rhoU = [1, 25, 50, 100, 200] } = options;
  const base = cifar10LT({ rho: 50 });
  const cells = rhoU.map((imbalance): GridCell => {
    const trial = base.with(unlabeled({ rhoU: imbalance, relevance: 0.6 }));
    const place = { group: "ρ = 50, 60 % relevant", row: "CE + D_U@5x", column: String(imbalance) };
    return { ...place, trial, baseline: base, paperBaseline: paper.figures.baseline };
  });
  return new Grid("figure3", "Figure 3: imbalance ρ_U of D_U's relevant 60 %", cells);
}

/** Appendix E.1: other ways to use D_U. Their settings in the paper are not known: ours, after Oliver et al. 2018. */
export function appendixE1(): Grid {
  const base = cifar10LT({ rho: 50 });
  const withPool = base.with(unlabeled({ rhoU: 50 }));
  const ways = { "Pseudo-labels": withPool, "Mean Teacher": withPool.with(meanTeacher), VAT: withPool.with(vat) };
  const cells = Object.entries(ways).map(([row, trial]) => ({
    ...{ group: "ρ = ρ_U = 50", row, column: "+ D_U@5x", trial, baseline: base },
  }));
  return new Grid("appendixE1", "Appendix E.1: other semi-supervised methods", cells, "Settings ours.");
}

/** Appendix E.3: amounts of D_U, CE, ρ = ρ_U = 50. */
export function appendixE3(): Grid {
  const base = cifar10LT({ rho: 50 });
  const [{ error: paperBaseline }] = paper.amounts as [(typeof paper.amounts)[0]];
  const cells = paper.amounts
    .filter(({ multiple }) => multiple > 0)
    .map(({ multiple, error }) => ({
      ...{
        group: "ρ = ρ_U = 50",
        row: "CE + D_U",
        column: `${multiple}x`,
        baseline: base,
        paper: error,
        paperBaseline,
      },
      trial: base.with(unlabeled({ rhoU: 50, multiple })),
    }));
  return new Grid("appendixE3", "Appendix E.3: amount of unlabelled data", cells);
}

/** Appendix E.4: fewer labels, CE, ρ = ρ_U = 50. The paper's numbers are not known. */
export function appendixE4(): Grid {
  const whole = cifar10LT({ rho: 50 });
  const cells = [0.5, 0.75, 1].flatMap((share): GridCell[] => {
    const base = share === 1 ? whole : whole.with(labels(share));
    const place = { group: "ρ = ρ_U = 50", column: `${percent(share)} %` };
    return [
      { ...place, row: "CE", trial: base },
      { ...place, row: "CE + D_U@5x", trial: base.with(unlabeled({ rhoU: 50 })), baseline: base },
    ];
  });
  return new Grid(
    "appendixE4",
    "Appendix E.4: amount of labelled data",
    cells,
    "D_U is five times what labels are used.",
  );
}

/** Appendix F.1: other pre-training, CE, ρ = 50. */
export function appendixF1(): Grid {
  const base = cifar10LT({ rho: 50 });
  const cells = PRETRAINER_NAMES.map((method) => ({
    ...{ group: "ρ = 50", row: method, column: "CE + SSP", trial: base.with(ssp(method)), baseline: base },
  }));
  return new Grid("appendixF1", "Appendix F.1: other self-supervised methods", cells, "Settings ours.");
}

/** Appendix F.3: step imbalance, with and without SSP. */
export function appendixF3(): Grid {
  const cells = (["CE", "LDAM-DRW"] as const).flatMap((method): GridCell[] => {
    const base = cifar10LT({ rho: 50, profile: "step" }).with(...METHODS[method]!);
    const place = { group: "step, ρ = 50", row: method };
    return [
      { ...place, column: "without SSP", trial: base },
      { ...place, column: "+ SSP", trial: base.with(ssp()), baseline: base },
    ];
  });
  return new Grid("appendixF3", "Appendix F.3: step imbalance", cells);
}

/** All of them by name: what `longtail sweep` and `longtail table` know. */
export const GRIDS: Readonly<Record<string, () => Grid>> = {
  ...{ table1a, table1b, table2, figure2, figure3, appendixE1, appendixE3, appendixE4, appendixF1, appendixF3 },
};
