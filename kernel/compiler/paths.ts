import { readdirSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";

/** A list of more is of no use to anyone. */
const MOST = 1000;
const CODE = /\.(?:[cm]?[jt]s|[jt]sx|json)$/;

/**
 * Files and folders that a path may go on with: names in the folder that it has reached so far, folders with "/" after them.
 * @param folder where relative paths begin
 * @param typed the path up to the cursor: "my-images/ca"
 * @param code only files that can be imported
 * @returns nothing where there is no such folder, or it cannot be read
 */
export function pathsAt(folder: string, typed: string, code: boolean): string[] {
  const [reached, begun] = typed.endsWith("/") ? [typed, ""] : [dirname(typed), basename(typed)];
  const start = begun.toLowerCase();
  try {
    return readdirSync(resolve(folder, reached), { withFileTypes: true })
      .filter(({ name }) => name.toLowerCase().startsWith(start) && (start.startsWith(".") || !name.startsWith(".")))
      .filter((entry) => !code || entry.isDirectory() || CODE.test(entry.name))
      .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
      .sort()
      .slice(0, MOST);
  } catch {
    return [];
  }
}
