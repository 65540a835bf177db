import { isTested } from "../experiment/effect.js";
import { undecidedTogether, type Effect } from "../experiment/index.js";
import { refuseUnknown } from "../options.js";
import { decimal } from "../show/number.js";
import type { Cell } from "./table/cell.js";
import { table, type Table } from "./table.js";

/**
 * Claims with what was measured: mean in points of accuracy, its 95 % interval over n seeds, and whether the claim holds. What
 * the numbers do not decide is called undecided. Each claim is looked at alone; below stands what Holm's correction for all of
 * them leaves undecided.
 * @throws RangeError for an unknown option, or no effect
 */
export function effects(list: readonly Effect[], options: { readonly caption?: string } = {}): Table {
  refuseUnknown("effects", options, ["caption"]);
  if (list.length === 0) throw new RangeError("effects: expected one or more effects, found none");
  const signed = (value: number): string => decimal(value, 1).replace(/^(?=.*[1-9])(?!−)/, "+");
  const written = ({ value, error }: Points): string =>
    error === undefined ? signed(value) : `${signed(value)} ± ${decimal(error, 1)}`;
  const points = { key: "points", error: "± (95 %)", numeric: false, format: (cell: Cell) => written(cell as Points) };
  return table(
    list.map(({ claim, from, n, mean, half, verdict }) => ({
      ...{ claim, from, n, verdict },
      points: { value: mean, ...(!Number.isNaN(half) && { error: half }) },
    })),
    {
      ...options,
      columns: ["claim", "n", points, "verdict"],
      groupBy: "from",
      note: [NOTE, ...(list.some(isFlat) ? [FLAT] : []), together(list)].join(" "),
    },
  );
}

/** A mean and half its interval, which one seed has not, nor have equal ones. */
interface Points {
  readonly value: number;
  readonly error?: number;
}

const NOTE =
  "Points of accuracy, mean over seeds ± half its 95 % interval (Student's t), above 0 where the claim is right. " +
  "Undecided: fewer than three seeds, or an interval that holds 0.";
/** Such as of few test images, where seeds may all be right about the same number of them. */
const FLAT =
  "No interval, and undecided, where all seeds have the same number: they do not say how far they lie apart.";
const isFlat = ({ n, half }: Effect): boolean => n > 1 && Number.isNaN(half);

/** What is said of several claims at once. */
function together(list: readonly Effect[]): string {
  const decided = list.filter(({ verdict }) => verdict !== "undecided").length;
  const family = list.filter(isTested).length;
  if (family < 2 || decided === 0) return "";
  const lost = undecidedTogether(list);
  const claims = family === list.length ? `all ${family} claims` : `the ${family} claims that seeds can decide`;
  const corrected = `Corrected for ${claims} at once (Holm),`;
  if (lost.length === 0) return `${corrected} what is decided stays so.`;
  const what = lost.map(({ claim }) => `"${claim}"`).join(", ");
  return lost.length === decided ? `${corrected} none is decided.` : `${corrected} undecided as well: ${what}.`;
}
