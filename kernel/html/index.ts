/** Notebooks as one HTML page. */
export { renderPage } from "./page.js";
export type { PageNotebook, PageOptions } from "./page.js";
export { pictureFile } from "./picture-file.js";
