/** How values look: a list of formatters, the first that matches shows the value. */
import { figureBundle, isFigure } from "../figure/index.js";
import type { MimeBundle } from "../mime.js";
import type { Formatter } from "./formatter.js";
import { arqueroTable, danfoFrame } from "./frame.js";
import { inspectText } from "./inspect.js";
import { bundleObject, displayMethod, documentElement, htmlMethod } from "./rich.js";
import { tensor } from "./tensor.js";

const figure: Formatter = { name: "figure", matches: isFigure, format: figureBundle };

/** What a value says about itself comes first, then the kinds known here, then the habits of other kernels. */
const formatters: readonly Formatter[] = [
  displayMethod,
  bundleObject,
  figure,
  arqueroTable,
  danfoFrame,
  tensor,
  htmlMethod,
  documentElement,
];

/**
 * The representations of any value, at least `text/plain`. Never throws: where a formatter fails, the value is shown by
 * inspection and the text says what failed. A promise is shown as a promise: await it first.
 */
export async function format(value: unknown): Promise<MimeBundle> {
  return formatNow(value);
}

/** Like format, but without a promise for values that are shown at once (all but figures and asynchronous methods). */
export function formatNow(value: unknown): MimeBundle | Promise<MimeBundle> {
  const formatter = formatters.find((candidate) => safely(() => candidate.matches(value), false));
  if (!formatter) return inspected(value);
  const failed = (error: unknown): MimeBundle => inspected(value, `${formatter.name}: ${messageOf(error)}`);
  const complete = (bundle: MimeBundle): MimeBundle =>
    "text/plain" in bundle ? bundle : { ...bundle, "text/plain": inspected(value)["text/plain"] };
  try {
    const bundle = formatter.format(value as never);
    return bundle instanceof Promise ? bundle.then(complete).catch(failed) : complete(bundle);
  } catch (error) {
    return failed(error);
  }
}

function inspected(value: unknown, failure?: string): MimeBundle {
  const text = safely(() => inspectText(value), "[a value that cannot be inspected]");
  return { "text/plain": failure === undefined ? text : `${text}\n[not shown as ${failure}]` };
}

/** Values may be proxies or have getters that throw. */
function safely<T>(action: () => T, otherwise: T): T {
  try {
    return action();
  } catch {
    return otherwise;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
