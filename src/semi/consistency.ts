import { softmaxScale } from "../losses/index.js";
import { check, level, numberWhere, optional, positive, probability } from "../options.js";
import { fitBy, fitRules, type FitOptions } from "../train/fit.js";
import { recipeOf, resolveRecipe } from "../train/recipe.js";
import type { FitResult } from "../train/result.js";
import { requireUnlabeled } from "./data.js";
import { meanTeacherTask, type MeanTeacherChoices } from "./mean-teacher.js";
import { vatTask, type VatChoices } from "./vat.js";

const weight = numberWhere("a finite number >= 0", (v) => v >= 0);

export interface MeanTeacherOptions extends FitOptions, MeanTeacherChoices {}

/**
 * Learns from D_L and D_U by Mean Teacher. The appendix with the authors' settings (E.1) is not known: these are ours, after
 * the protocol of Oliver et al. 2018, with the paper's optimizer. The network that comes out is the teacher.
 * @throws as `semi.selfTraining`
 */
export async function meanTeacher(options: MeanTeacherOptions): Promise<FitResult> {
  const rules = { decay: optional(level), weight: optional(weight), ramp: optional(probability) };
  check("meanTeacher", options, { ...fitRules, ...rules });
  const unlabeled = requireUnlabeled("meanTeacher", options.data);
  const { decay = 0.95, weight: most = 8, ramp = 0.4, ...rest } = options;
  const { epochs, loss } = resolveRecipe(recipeOf(options));
  const choices = { decay, weight: most, ramp, scale: softmaxScale(loss) };
  const what = { task: "mean teacher", ...choices, unlabeled: unlabeled.digest() };
  const label = options.label ?? "Mean Teacher";
  return fitBy(what, { ...rest, label }, (network, task) =>
    meanTeacherTask(network, { ...task, ...choices, unlabeled, epochs }),
  );
}

export interface VatOptions extends FitOptions, VatChoices {}

/**
 * Learns from D_L and D_U by virtual adversarial training. The appendix with the authors' settings (E.1) is not known: these
 * are ours, after the protocol of Oliver et al. 2018, with the paper's optimizer.
 *
 * The divergence is KL(perturbed || clean) of the unlabeled images, as in the code of Oliver et al. Miyato et al. 2018, who have
 * the method, take KL(clean || perturbed), of labeled images too, by which both codes also look for the direction; here that is
 * looked for by what is minimized. For small changes the two divergences are equal.
 * @throws as `semi.selfTraining`
 */
export async function vat(options: VatOptions): Promise<FitResult> {
  const rules = {
    epsilon: optional(positive),
    xi: optional(positive),
    weight: optional(weight),
    ramp: optional(probability),
  };
  check("vat", options, { ...fitRules, ...rules });
  const unlabeled = requireUnlabeled("vat", options.data);
  const { epsilon = 6, xi = 1e-2, weight: most = 0.3, ramp = 0.4, ...rest } = options;
  const { epochs, loss } = resolveRecipe(recipeOf(options));
  const choices = { epsilon, xi, weight: most, ramp, scale: softmaxScale(loss) };
  const what = { task: "virtual adversarial training", ...choices, unlabeled: unlabeled.digest() };
  const label = options.label ?? "VAT";
  return fitBy(what, { ...rest, label }, (network, task) =>
    vatTask(network, { ...task, ...choices, unlabeled, epochs }),
  );
}
