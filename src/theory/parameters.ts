import { numberWhere } from "../options.js";

/** beta = 1 would make the classes equal; Theorems 2 and 3 say beta > 3, and the functions say where that matters. */
export const varianceRatio = numberWhere("a finite number > 1", (v) => v > 1);
/** Class - is the majority. */
export const majority = numberWhere("a number in [0.5, 1]", (v) => v >= 0.5 && v <= 1);
