import { check, count, level, optional } from "../options.js";
import type { Stream } from "../random/index.js";
import { effectiveNumberWeights } from "./effective-number.js";
import { classPositions, type ClassPositions, type Sampler } from "./sampler.js";

/** Every image once, in random order: "CE (Uniform)". */
export function uniformSampler(labels: ArrayLike<number>, options: { readonly classes: number }): Sampler {
  check("uniformSampler", options, { classes: count });
  const { total, positions } = classPositions(labels, options.classes);
  return {
    name: "uniform",
    epoch: (_epoch, stream) => stream.shuffle(Uint32Array.from({ length: total }, (_, i) => i)),
    classMass: () => positions.map((list) => list.length / total),
  };
}

/** Each draw takes a class, all equally likely, then one of its images: with replacement. */
export function balancedSampler(labels: ArrayLike<number>, options: { readonly classes: number }): Sampler {
  check("balancedSampler", options, { classes: count });
  const set = classPositions(labels, options.classes);
  return withReplacement("class-balanced", set, equalMass(set));
}

/**
 * The authors' `Resample`: with replacement, each image as likely as one over the effective number of its class: "CE (Balanced)", which
 * their README calls Table 2's CB-CE + SSP. (By the paper CB-CE weighs the loss.) Only nearly balanced: at beta 0.9999 the head of
 * CIFAR-10-LT with rho 100 has 11.9 % of the draws, the tail 9.4 %.
 * @param options `beta`: default 0.9999
 */
export function effectiveNumberSampler(
  labels: ArrayLike<number>,
  options: { readonly classes: number; readonly beta?: number },
): Sampler {
  check("effectiveNumberSampler", options, { classes: count, beta: optional(level) });
  const set = classPositions(labels, options.classes);
  const counts = set.positions.map((list) => list.length);
  const weights = effectiveNumberWeights(counts, options.beta ?? 0.9999);
  const mass = counts.map((n, c) => n * weights[c]!);
  const sum = mass.reduce((a, b) => a + b, 0);
  return withReplacement(
    "effective-number",
    set,
    mass.map((m) => m / sum),
  );
}

/**
 * Class-aware sampling (Shen et al. 2016), the "balanced" of ImageNet-LT and iNaturalist: classes come in a random order,
 * again and again, `perClass` images in a row from each; the images of a class come in a random order too, again and
 * again.
 * @param options `perClass`: default 4
 */
export function classAwareSampler(
  labels: ArrayLike<number>,
  options: { readonly classes: number; readonly perClass?: number },
): Sampler {
  check("classAwareSampler", options, { classes: count, perClass: optional(count) });
  const { perClass = 4 } = options;
  const set = classPositions(labels, options.classes);
  const { total, positions, present } = set;
  return {
    name: "class-aware",
    epoch(_epoch, stream) {
      const nextClass = cycle(present, stream);
      const nextImage = positions.map((list) => cycle(list, stream));
      const drawn = new Uint32Array(total);
      for (let i = 0; i < total;) {
        const images = nextImage[nextClass()]!;
        for (let k = 0; k < perClass && i < total; k++) drawn[i++] = images();
      }
      return drawn;
    },
    classMass: () => equalMass(set),
  };
}

/**
 * Deferred re-sampling, DRS (Cao et al. 2019): `first` up to epoch `at`, `then` from it on (epochs count from 0).
 * @param options `at`: default 160, where the learning rate falls for the first time
 */
export function deferredSampler(options: {
  readonly first: Sampler;
  readonly then: Sampler;
  readonly at?: number;
}): Sampler {
  const sampler = { range: "a sampler", accepts: (v: unknown) => typeof (v as Sampler | null)?.epoch === "function" };
  check("deferredSampler", options, { first: sampler, then: sampler, at: optional(count) });
  const { first, then, at = 160 } = options;
  const now = (epoch: number): Sampler => (epoch < at ? first : then);
  return {
    name: `${first.name}, from epoch ${at} on ${then.name}`,
    epoch: (epoch, stream) => now(epoch).epoch(epoch, stream),
    classMass: (epoch) => now(epoch).classMass(epoch),
  };
}

/** The same share for every class that has images. */
function equalMass({ positions, present }: ClassPositions): number[] {
  return positions.map((list) => (list.length > 0 ? 1 / present.length : 0));
}

function withReplacement(name: string, { total, positions }: ClassPositions, mass: readonly number[]): Sampler {
  const cumulative: number[] = [];
  mass.reduce((sum, m) => (cumulative.push(sum + m), sum + m), 0);
  const last = mass.findLastIndex((m) => m > 0);
  const draw = (stream: Stream): number => {
    const u = stream.uniform();
    let [low, high] = [0, last]; // where the sum of the shares ends a rounding error below 1, the last class has it
    while (low < high) {
      const middle = (low + high) >> 1;
      if (u < cumulative[middle]!) high = middle;
      else low = middle + 1;
    }
    const list = positions[low]!;
    return list[stream.integer(list.length)]!;
  };
  return {
    name,
    epoch: (_epoch, stream) => Uint32Array.from({ length: total }, () => draw(stream)),
    classMass: () => [...mass],
  };
}

/** Items in random order, and in another when all were given. */
function cycle(items: ArrayLike<number>, stream: Stream): () => number {
  const order = Array.from(items);
  let at = order.length;
  return () => {
    if (at === order.length) {
      stream.shuffle(order);
      at = 0;
    }
    return order[at++]!;
  };
}
