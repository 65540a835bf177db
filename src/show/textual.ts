import { inspect } from "node:util";
import { DISPLAY, type Displayable, type MimeBundle } from "./display.js";

/** A value that shows itself as a text: in notebooks, printed on a terminal, and in a line where it is part of another value. */
export abstract class Textual implements Displayable {
  abstract toString(): string;

  /** What it is in a line: "small, 10 classes". Default: nothing but its class. */
  protected summary(): string {
    return "";
  }

  [DISPLAY](): MimeBundle {
    return { "text/plain": this.toString() };
  }

  /** @param depth how far Node would look into it: less than at the top where it is part of something */
  [inspect.custom](depth: number, options: { readonly depth?: number | null }): string {
    if (depth === options.depth) return this.toString();
    const [name, summary] = [this.constructor.name, this.summary()];
    return summary === "" ? `[${name}]` : `[${name}: ${summary}]`;
  }
}
