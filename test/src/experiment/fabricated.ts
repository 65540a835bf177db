import { plan, Results, type Grid, type RunRecord, type Scale, type Trial } from "../../../src/experiment/index.js";
import { SCALES } from "../../../src/experiment/scale.js";

/** A record of a run that was not made: of 1000 test images of two classes, so many per thousand were wrong. */
export function fabricated(trial: Trial, seed: number, wrong: number, scale: Scale = SCALES.quick): RunRecord {
  const { needs, ...run } = plan(trial, { scale, seed });
  const score = { epoch: 29, counts: [[500 - wrong, wrong], [0, 500]] }; // prettier-ignore
  return {
    ...{ status: "done", run: { ...run, ...(needs && { needs: needs.id }) }, data: "fabricated", digests: {} },
    ...{
      classes: ["head", "tail"],
      images: [200, 2],
      seconds: 1,
      losses: [1],
      evaluations: [{ epoch: 29, test: 0.5 }],
    },
    ...{
      last: score,
      best: { ...score, epoch: 9 },
      device: "simd",
      versions: {},
      finished: "2020-12-06T00:00:00.000Z",
    },
  };
}

/** Results of a grid, with an error (in tenths of a per cent) for each trial and seed that `wrong` has one for. */
export function fabricatedResults(
  grid: Grid,
  seeds: readonly number[],
  wrong: (trial: Trial, seed: number) => number | undefined,
  source: "here" | "recorded" = "here",
  scale: Scale = SCALES.quick,
): Results {
  const records = grid.trials.flatMap((trial) =>
    seeds.flatMap((seed) => {
      const value = wrong(trial, seed);
      return value === undefined ? [] : [fabricated(trial, seed, value, scale)];
    }),
  );
  return new Results(grid, scale, records, [], source);
}
