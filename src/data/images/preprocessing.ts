import { oneOf, optional, type Rule } from "../../options.js";
import type { Orientation } from "./orientation.js";
import type { Fit } from "./resample.js";

/** How pictures of any size become images of one: those that a network is to classify, as those that it learned from. */
export interface Preprocessing {
  /**
   * "cover" (default) takes as much of a picture's middle as has the shape of the images; "stretch" all of it, whatever becomes
   * of its proportions.
   */
  readonly fit: Fit;
  /**
   * "exif" (default) turns a picture upright, as its EXIF data says and people see it; "stored" takes it as the file has it,
   * as Pillow's and PyTorch's loaders do.
   */
  readonly orientation: Orientation;
}

/** Unless one says otherwise. */
export const PREPROCESSING: Preprocessing = { fit: "cover", orientation: "exif" };

const [fit, orientation] = [oneOf("cover", "stretch"), oneOf("exif", "stored")];
/** Of a reader's options. */
export const preprocessingRules = { fit: optional(fit), orientation: optional(orientation) };
/** Of what a set says of itself. */
export const preprocessing: Rule = {
  range: `{ fit: ${fit.range}, orientation: ${orientation.range} }`,
  accepts(v) {
    const given = (v ?? {}) as Partial<Preprocessing>;
    return fit.accepts(given.fit) && orientation.accepts(given.orientation);
  },
};
