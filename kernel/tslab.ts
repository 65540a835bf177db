/**
 * What cells import from "tslab": types only. Inside the kernel that name leads here and not to the package, whose display
 * knows less; the values come from the kernel itself, see `createDisplay`.
 */
import type { Display, DisplayApi, Versions } from "./display.js";

export type { Display, Versions };
export declare const display: Display;
export declare const newDisplay: DisplayApi["newDisplay"];
export declare const versions: Versions;
