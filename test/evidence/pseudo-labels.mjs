/**
 * What unlabeled images are worth, by how many of their pseudo-labels are right: a base network learns D_L (CIFAR-10-LT) and labels
 * D_U@5x (of what D_L leaves of the training images); a share of its mistakes is put right (0: self-training as it is; 1: true labels), and a
 * new network learns from both. A line of JSON for each training.
 *
 *     LONGTAIL_DATASETS=FOLDER node test/evidence/pseudo-labels.mjs [--methods CE,LDAM-DRW] [--seeds 0,1,2] [--shares 0,0.5,1]
 *         [--head 700] [--rho 100] [--rhoU 1] [--easy] [--fresh] [--scale standard] [--model small] [--epochs 60] [--every 20]
 *         [--runs FOLDER]
 *
 * With --fresh the new network begins with other weights than the base did, as the authors' does. With --easy D_U has those images
 * of each class of which a network that learned others is surest, as the paper's has (Carmon et al. 2019). With --runs a training that
 * was stopped goes on. `authors.py --rho-u` is the peer of share 0 at scale paper.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { data as sets, device, evaluation, experiment, losses, random, semi, tail, train } from "longtail";
import { METHODS, methodsNamed } from "./ce-and-ldam.mjs";

const { values } = parseArgs({
  options: {
    methods: { type: "string", default: "CE" },
    seeds: { type: "string", default: "0,1,2" },
    shares: { type: "string", default: "0,0.5,1" },
    head: { type: "string", default: "700" },
    rho: { type: "string", default: "100" },
    rhoU: { type: "string", default: "1" },
    easy: { type: "boolean", default: false },
    fresh: { type: "boolean", default: false },
    scale: { type: "string", default: "standard" },
    model: { type: "string" },
    epochs: { type: "string" },
    every: { type: "string", default: "20" },
    runs: { type: "string" },
  },
});
const methods = methodsNamed(values.methods);
const [head, rho, rhoU] = [values.head, values.rho, values.rhoU].map(Number);
const scale = experiment.SCALES[values.scale];
if (!scale)
  throw new RangeError(`--scale: expected ${Object.keys(experiment.SCALES).join(", ")}, found "${values.scale}"`);
const recipe = {
  ...scale.recipe,
  ...(values.model && { model: values.model }),
  ...(values.epochs && { epochs: Number(values.epochs) }),
};
const drawn = await experiment.longTailed({ name: "cifar10", head, rho, rhoU });
console.error(drawn.name, String(await device.use()));
const data = values.easy ? { ...drawn, unlabeled: await easiest(drawn) } : drawn;

/** As many images of each class as D_U has, of what D_L leaves: those whose class a network is surest of that learned the other half. */
async function easiest({ train: labeled, test, unlabeled, normalization }) {
  const all = await sets.load("cifar10");
  const random0 = new random.RandomState(0);
  const taken = new Set(tail.subset(all.labels, { counts: labeled.counts(), random: random0 }));
  const sureness = new Float32Array(all.labels.length);
  for (const half of [0, 1]) {
    const [others, own] = [1 - half, half].map((rest) => Array.from(all.labels.keys()).filter((i) => i % 2 === rest));
    const judge = await train.fit({
      data: { train: sets.Examples.of(all, others), test, normalization },
      ...{ model: "small", epochs: 20, batchSize: 64, schedule: { name: "cosine", rate: 0.05 }, evaluateEvery: 20 },
      ...(values.runs && { folder: join(values.runs, `judge-${half}`) }),
    });
    const found = await evaluation.probabilities(judge.network, sets.Examples.of(all, own), { normalization });
    own.forEach((image, i) => (sureness[image] = found[i * 10 + all.labels[image]]));
    judge.dispose();
  }
  const chosen = unlabeled.counts().flatMap((count, c) =>
    Array.from(all.labels.keys())
      .filter((i) => all.labels[i] === c && !taken.has(i))
      .sort((a, b) => sureness[b] - sureness[a])
      .slice(0, count),
  );
  return sets.Examples.of(all, chosen);
}

/** What the network takes images for. */
async function labelsOf({ network, normalization, recipe: { loss } }, images) {
  const how = { normalization, scale: losses.softmaxScale(loss) };
  return (await semi.pseudoLabel(network, images, data.train.classes, how)).labels;
}

/** As pseudo-labels are, but that the first `share` of the mistakes (in the seed's order) are put right. */
function putRight(labels, share, seed) {
  const wrong = Array.from(labels.keys()).filter((i) => labels[i] !== data.unlabeled.labels[i]);
  const mended = Uint16Array.from(labels);
  const order = random.stream(seed, "put right").shuffle(wrong);
  for (const i of order.slice(0, Math.round(share * wrong.length))) mended[i] = data.unlabeled.labels[i];
  return mended;
}

const agreement = (a, b) => a.reduce((sum, label, i) => sum + Number(label === b[i]), 0) / a.length;

for (const seed of values.seeds.split(",").map(Number))
  for (const method of methods) {
    const learn = async (what, images, more) => {
      const folder =
        values.runs && join(values.runs, `${values.scale}-${head}-${rho}-${rhoU}-${method}-${seed}-${what}`);
      const began = performance.now();
      const fit = await train.fit({
        data: { ...data, train: images },
        ...{ ...recipe, ...METHODS[method], seed, ...more, evaluateEvery: Number(values.every) },
        ...(folder && { folder }),
      });
      return { fit, seconds: Math.round((performance.now() - began) / 100) / 10 };
    };
    const say = ({ fit, seconds }, more) => {
      const error = ({ confusion }) => Number((100 * (1 - confusion.accuracy)).toFixed(2));
      const run = { method, seed, head, rho, scale: scale.name, model: fit.recipe.model, epochs: fit.recipe.epochs };
      const found = { last: error(fit.last), best: error(fit.best), images: fit.data.train.length, seconds };
      console.log(JSON.stringify({ ...run, ...more, ...found }));
    };
    const base = await learn("base", data.train, {});
    say(base, {});
    const [pseudo, onTest] = [await labelsOf(base.fit, data.unlabeled), await labelsOf(base.fit, data.test)];
    const { withUnlabeled } = scale;
    const changes = typeof withUnlabeled === "function" ? withUnlabeled({ multiple: 5 }) : withUnlabeled;
    const began = values.fresh ? { seed: seed + 1000 } : {};
    const kind = `${values.easy ? "easy-" : ""}${values.fresh ? "fresh-" : ""}`;
    for (const share of values.shares.split(",").map(Number)) {
      const labels = putRight(pseudo, share, seed);
      const pool = data.train.concat(data.unlabeled.relabel(labels, data.train.classes));
      const both = await learn(`${kind}share-${share}`, pool, { ...changes, ...began });
      const right = Number(agreement(labels, data.unlabeled.labels).toFixed(4));
      const asBase = Number(agreement(await labelsOf(both.fit, data.test), onTest).toFixed(4));
      say(both, { rhoU, easy: values.easy, fresh: values.fresh, share, right, asBase });
      both.fit.dispose();
    }
    base.fit.dispose();
  }
process.exit(0);
