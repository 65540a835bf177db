import { describe, expect, it } from "vitest";
import {
  cifar100LT,
  cifar10LT,
  drs,
  drw,
  focal,
  labels,
  ldam,
  meanTeacher,
  resample,
  reweight,
  ssp,
  stickersLT,
  svhnLT,
  unlabeled,
  vat,
} from "../../../src/experiment/index.js";

describe("a trial is called as the paper's tables call it", () => {
  const base = cifar10LT();
  it.each([
    [base, "CIFAR-10-LT, ρ = 100: CE"],
    [cifar100LT({ rho: 10 }).with(focal, reweight), "CIFAR-100-LT, ρ = 10: CB-Focal"],
    [base.with(reweight), "CIFAR-10-LT, ρ = 100: CB-CE"],
    [base.with(resample), "CIFAR-10-LT, ρ = 100: CE (resampled)"],
    [base.with(drs), "CIFAR-10-LT, ρ = 100: CE-DRS"],
    [svhnLT({ rho: 50 }).with(ldam, drw, ssp()), "SVHN-LT, ρ = 50: LDAM-DRW + SSP"],
    [base.with(ssp("moco")), "CIFAR-10-LT, ρ = 100: CE + SSP (moco)"],
    [base.with(unlabeled({ rhoU: 50 })), "CIFAR-10-LT, ρ = 100: CE + D_U@5x, ρ_U = 50"],
    [
      base.with(ldam, ssp(), unlabeled({ rhoU: 1, multiple: 0.5, relevance: 0.6 }), meanTeacher),
      "CIFAR-10-LT, ρ = 100: LDAM + SSP + D_U@0.5x, ρ_U = 1, 60 % relevant, Mean Teacher",
    ],
    [base.with(unlabeled({ rhoU: 1 }), vat), "CIFAR-10-LT, ρ = 100: CE + D_U@5x, ρ_U = 1, VAT"],
    [stickersLT({ profile: "step", rho: 20 }).with(labels(0.5)), "Stickers-LT, step, ρ = 20, 50 % of the labels: CE"],
    [stickersLT().with(labels(0.55)), "Stickers-LT, ρ = 100, 55 % of the labels: CE"],
  ])("%s", (trial, expected) => {
    expect(String(trial)).toBe(expected);
    expect(`${trial.set}: ${trial.method}`).toBe(expected);
  });
});

it("is not changed by what is made of it; the last of two parts of a kind counts", () => {
  const base = cifar10LT({ rho: 10 });
  const before = JSON.stringify(base.spec);
  expect(base.with(ldam, focal, drw, reweight).spec).toMatchObject({ loss: "focal", rebalance: "reweight" });
  expect(JSON.stringify(base.spec)).toBe(before);
});

it("refuses what is out of range or unknown", () => {
  const wrong: [() => unknown, string][] = [
    [() => cifar10LT({ rho: 0.5 }), "cifar10LT: rho must be a finite number >= 1 (got 0.5)"],
    [() => cifar10LT({ rho: NaN }), "cifar10LT: rho must be a finite number >= 1 (got NaN)"],
    [() => svhnLT({ profile: "linear" as "step" }), 'svhnLT: profile must be "exponential" or "step" (got "linear")'],
    [() => cifar10LT({ rhoo: 1 } as object), 'there is no parameter "rhoo"'],
    [() => unlabeled({ rhoU: 0 }), "unlabeled: rhoU must be a finite number >= 1 (got 0)"],
    [() => unlabeled({ rhoU: 1, multiple: 0 }), "unlabeled: multiple must be a finite number > 0 (got 0)"],
    [() => unlabeled({ rhoU: 1, relevance: 1.1 }), "unlabeled: relevance must be a number in [0, 1] (got 1.1)"],
    [() => labels(0), "labels: share must be a number in (0, 1] (got 0)"],
    [() => ssp("byol" as "moco"), 'ssp: method must be "rotation" or "jigsaw" or "moco" or "simclr" (got "byol")'],
  ];
  for (const [make, message] of wrong) expect(make).toThrow(message);
});
