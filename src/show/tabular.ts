import { DISPLAY, type MimeBundle } from "./display.js";
import { gridHtml, type Grid } from "./grid.js";
import { gridText } from "./grid-text.js";
import { Textual } from "./textual.js";

/** A value that shows itself as a table, in notebooks and as text. */
export abstract class Tabular extends Textual {
  protected abstract grid(): Grid;

  toString(): string {
    return gridText(this.grid());
  }

  override [DISPLAY](): MimeBundle {
    return { "text/html": gridHtml(this.grid()), "text/plain": this.toString() };
  }
}
