import { describe, expect, it } from "vitest";
import * as experiment from "../../../src/experiment/index.js";
import { isGenuine, lineage } from "../../../src/experiment/run.js";
import { runsOf } from "../../../src/experiment/sweep.js";
import { toyScale } from "./toy.js";

const { cifar10LT, cifar100LT, ldam, drw, plan, ssp, unlabeled, meanTeacher, SCALES } = experiment;
const paper = { scale: "paper", seed: 0 } as const;
const base = cifar10LT({ rho: 50 });

describe("what a run needs", () => {
  const tasks = (trial: experiment.Trial): string[] => lineage(plan(trial, paper)).map(({ task }) => task);
  it("comes before it", () => {
    expect(tasks(base)).toEqual(["fit"]);
    expect(tasks(base.with(ssp()))).toEqual(["rotation", "fit"]);
    expect(tasks(base.with(unlabeled({ rhoU: 50 })))).toEqual(["fit", "self-training"]);
    expect(tasks(base.with(ssp("moco"), unlabeled({ rhoU: 50 })))).toEqual(["moco", "fit", "self-training"]);
    expect(tasks(base.with(unlabeled({ rhoU: 50 }), meanTeacher))).toEqual(["mean-teacher"]);
    expect(tasks(base.with(ssp(), unlabeled({ rhoU: 50 }), meanTeacher))).toEqual(["rotation", "mean-teacher"]);
  });

  it("is the very run of the trial without D_U, whatever D_U is", () => {
    const alone = plan(base.with(ldam, drw), paper);
    for (const rhoU of [1, 25, 100]) {
      const run = plan(base.with(ldam, drw, unlabeled({ rhoU })), paper);
      expect(run.needs).toEqual(alone);
    }
    const pretrained = [base, base.with(ldam, drw)].map((trial) => plan(trial.with(ssp()), paper).needs!.id);
    expect(pretrained[0]).toBe(pretrained[1]);
  });
});

describe("ids", () => {
  it("differ where anything differs, series only where more than the seed does", () => {
    const trials = [
      ...[base, cifar10LT({ rho: 100 }), cifar100LT({ rho: 50 }), base.with(ldam), base.with(drw), base.with(ssp())],
      ...[base.with(ssp("jigsaw")), base.with(unlabeled({ rhoU: 50 })), base.with(unlabeled({ rhoU: 25 }))],
      ...[base.with(unlabeled({ rhoU: 50, multiple: 1 })), base.with(unlabeled({ rhoU: 50, relevance: 0.5 }))],
      ...[base.with(unlabeled({ rhoU: 50 }), meanTeacher), base.with(experiment.labels(0.5))],
      cifar10LT({ rho: 50, profile: "step" }),
    ];
    const runs = trials.flatMap((trial) => [0, 1, -7].map((seed) => plan(trial, { scale: "paper", seed })));
    expect(new Set(runs.map(({ id }) => id)).size).toBe(3 * trials.length);
    expect(new Set(runs.map(({ series }) => series)).size).toBe(trials.length);
    for (const { id, series } of runs) expect([id, series].join()).toMatch(/^[0-9a-f]{16},[0-9a-f]{16}$/);
  });

  it("do not depend on the order of parts, nor on the scale's name, but on its recipe", () => {
    expect(plan(base.with(drw, ldam), paper).id).toBe(plan(base.with(ldam, drw), paper).id);
    const renamed = { ...SCALES.paper, name: "mine", description: "other words" };
    expect(plan(base, { scale: renamed, seed: 0 }).id).toBe(plan(base, paper).id);
    const shorter = { ...SCALES.paper, recipe: { ...SCALES.paper.recipe, epochs: 100 } };
    expect(plan(base, { scale: shorter, seed: 0 }).id).not.toBe(plan(base, paper).id);
  });
});

describe("a run of elsewhere", () => {
  const run = plan(base.with(ssp(), unlabeled({ rhoU: 50 })), paper);
  const sent = (given: unknown): unknown => JSON.parse(JSON.stringify(given));

  it("is genuine as it was planned, and with everything that it needs", () => {
    for (const one of [...lineage(run), plan(base, { scale: "quick", seed: 3 })])
      expect(isGenuine(sent(one))).toBe(true);
  });

  it("is not, where it says something else than its ids, or what it needs does", () => {
    const id = "../elsewhere";
    const changed: object[] = [{ id }, { series: id }, { task: "fit" }, { data: { ...run.data, rho: 10 } }];
    changed.push({ options: { ...run.options, epochs: 1 } }, { needs: undefined }, { needs: { ...run.needs, id } });
    changed.push({ needs: { ...run.needs, options: {} } }, { options: null }, { needs: 5 });
    for (const change of changed) expect(isGenuine(sent({ ...run, ...change })), JSON.stringify(change)).toBe(false);
    for (const other of [null, 5, "run", [], {}]) expect(isGenuine(other)).toBe(false);
  });
});

describe("a grid's runs", () => {
  it("of Table 1a and Figure 2 share the base of ρ = 50, and the fully relevant D_U", () => {
    const ids = (grid: experiment.Grid): Set<string> => new Set(runsOf(grid, SCALES.paper, [0]).map(({ id }) => id));
    const [table, figure] = [ids(experiment.table1a()), ids(experiment.figure2())];
    const shared = [...figure].filter((id) => table.has(id));
    const fully = plan(base.with(unlabeled({ rhoU: 50 })), paper);
    expect(shared.sort()).toEqual([fully.id, fully.needs!.id].sort());
  });

  it("are each there once, what is needed before what needs it, for each seed", () => {
    // Six bases, four D_U each.
    expect(runsOf(experiment.table1a(), SCALES.paper, [0])).toHaveLength(30);
    // Twelve rows less the four with SSP, these four, one pre-training: of two sets at three ratios each.
    expect(runsOf(experiment.table2(), SCALES.paper, [0])).toHaveLength(2 * 3 * 13);
    const runs = runsOf(experiment.table2({ rho: [10] }), SCALES.paper, [0, 5]);
    expect(runs).toHaveLength(2 * 2 * 13);
    const at = new Map(runs.map(({ id }, position) => [id, position]));
    expect(at.size).toBe(runs.length);
    for (const [position, { needs }] of runs.entries()) if (needs) expect(at.get(needs.id)).toBeLessThan(position);
  });

  it("say so where the scale has nothing in place of a set", () => {
    expect(() => runsOf(experiment.table1b(), toyScale(), [0])).toThrow(
      'table1b: at scale "toy" there is nothing in place of SVHN-LT; choose another scale',
    );
    expect(() => plan(cifar100LT(), { scale: "quick", seed: 0 })).toThrow(
      'At scale "quick" there is nothing in place of CIFAR-100-LT; choose another scale',
    );
    expect(() => plan(base, { scale: "quik" as "quick", seed: 0 })).toThrow(
      'There is no scale "quik". Did you mean quick?',
    );
  });
});

describe("a run's work and data", () => {
  it("are the paper's at its scale", () => {
    // 5000 * 50^(-k/9), rounded down, of ten classes: section 4.2.
    const images = 13996;
    expect(plan(base, paper)).toMatchObject({ work: 200 * images, data: { name: "cifar10", head: 5000, rho: 50 } });
    const whole = plan(base.with(unlabeled({ rhoU: 50 })), paper);
    expect(whole.work).toBe(6 * 200 * images);
    expect(whole.options).toMatchObject({ model: "resnet32", epochs: 200, batchSize: 256, seed: 0, evaluateEvery: 1 });
    expect(whole.needs!.options).toMatchObject({ batchSize: 128 });
  });

  it("are the trial's own where two sets have one stand-in", () => {
    const sets = {
      cifar10: { name: "plain-stickers", head: 200, testImages: 20 },
      svhn: { name: "plain-stickers", head: 150, testImages: 30 },
    } as const;
    const scale = { ...SCALES.quick, sets };
    for (const [trial, own] of [
      [cifar10LT(), sets.cifar10],
      [experiment.svhnLT(), sets.svhn],
    ] as const)
      for (const { data } of lineage(plan(trial.with(ssp(), unlabeled({ rhoU: 50 })), { scale, seed: 0 })))
        expect(data).toMatchObject(own);
  });

  it("of MoCo have a queue that the set fills, and a key encoder that follows, in short runs", () => {
    const of = (trial: experiment.Trial, scale: experiment.ScaleName) =>
      plan(trial.with(ssp("moco")), { scale, seed: 0 }).needs!;
    const own = (run: experiment.Run) => [run.options["queue"], run.options["momentum"]];
    expect(own(of(base, "quick"))).toEqual([512, 0.99]);
    expect(own(of(base, "standard"))).toEqual([1024, 0.99]);
    expect(own(of(base, "paper"))).toEqual([undefined, undefined]);
    // Half of 556 images: eight batches of 32.
    const half = of(base.with(experiment.labels(0.5)), "quick");
    expect(half.work / 30).toBeGreaterThan(256);
    expect(half.work / 30).toBeLessThan(288);
    expect(own(half)).toEqual([256, 0.99]);
    expect(Object.keys(plan(base.with(ssp()), { scale: "quick", seed: 0 }).needs!.options)).not.toContain("queue");
  });

  it("are refused, where a scale of one's own is not whole or has something misspelt", () => {
    const { sets: _, ...without } = SCALES.quick;
    const planned = (scale: object) => () => plan(base, { scale: scale as experiment.Scale, seed: 0 });
    expect(planned(without)).toThrow("scale: sets must be an object (got undefined)");
    expect(planned({ ...SCALES.quick, evaluteEvery: 2 })).toThrow('scale: there is no parameter "evaluteEvery"');
    expect(planned({ ...SCALES.quick, evaluateEvery: 0 })).toThrow("scale: evaluateEvery must be an integer from 1");
  });

  it("are refused without a seed, which would be none, or another than was meant", () => {
    const planned = (place: object) => () => plan(base, place as Parameters<typeof plan>[1]);
    expect(planned({ scale: "quick" })).toThrow("plan: seed must be a safe integer (got undefined)");
    expect(planned({ scale: "quick", sed: 1 })).toThrow('plan: there is no parameter "sed"');
  });

  it("can be made of any amount of D_U", () => {
    const epochs = (multiple: number) =>
      plan(base.with(unlabeled({ rhoU: 50, multiple })), { scale: "quick", seed: 0 }).options["epochs"];
    expect([5, 29, 60, 1000].map(epochs)).toEqual([15, 3, 2, 2]);
  });

  it("have fewer labels where a trial says so", () => {
    expect(plan(base.with(experiment.labels(0.5)), paper).data.head).toBe(2500);
  });
});
