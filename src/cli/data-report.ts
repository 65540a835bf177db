import type { Dataset } from "../data/download/manifest.js";
import type { FileReport, SetReport } from "../data/download/verify.js";

/** How a set stands, file by file. */
export function describe({ name, folder, right, files }: SetReport): string {
  return [`${right ? "✔" : "✘"} ${name}: ${folder}`, ...files.map(line)].join("\n");
}

function line({ path, state, compared, expected, found }: FileReport): string {
  if (state === "missing") return `  ${path}: missing`;
  if (state === "wrong") return `  ${path}: wrong, expected ${expected}, found ${found}`;
  return `  ${path}: ${compared.length > 0 ? `${compared.join(" and ")} right` : "here; nothing is known to compare it with"}`;
}

/** A set's terms and citation. */
export function citationOf({ title, licence, terms, citation, page, note }: Dataset): string {
  const about = note === undefined ? "" : `\n  Note: ${note}`;
  return `${title} (${page})\n  Licence: ${licence}. ${terms}\n  Please cite: ${citation}${about}`;
}
