import type { Debugger, InspectorNotification, Session } from "node:inspector";
import { fileURLToPath } from "node:url";
import { soon } from "./soon.js";

/** How long a thread may take to say where it is, in ms: native code hears of nothing before it ends. */
const WITHIN = 500;

/**
 * Where the thread that `inspector` is connected to stands, as lines of a stack, the innermost first; none where it does not
 * say so soon. The thread is held there until `letGo`.
 */
export async function stackOf(inspector: Session): Promise<string[]> {
  const files = new Map<string, string>();
  const parsed = ({ params }: InspectorNotification<Debugger.ScriptParsedEventDataType>): unknown =>
    files.set(params.scriptId, params.url);
  inspector.on("Debugger.scriptParsed", parsed);
  const held = new Promise<Debugger.CallFrame[]>((resolve) =>
    inspector.once("Debugger.paused", ({ params }) => resolve(params.callFrames)),
  );
  inspector.post("Debugger.enable");
  inspector.post("Debugger.pause");
  const frames = await soon(held, [], WITHIN);
  inspector.removeAllListeners("Debugger.paused");
  inspector.off("Debugger.scriptParsed", parsed);
  return frames.map(({ functionName, location: { scriptId, lineNumber, columnNumber = 0 } }) => {
    const place = `${pathOf(files.get(scriptId) ?? "")}:${lineNumber + 1}:${columnNumber + 1}`;
    return `    at ${functionName === "" ? place : `${functionName} (${place})`}`;
  });
}

/** The inspector makes URLs of paths; what code calls itself (`sourceURL`) may look like one. The compiler's paths have "/" on Windows too. */
export function pathOf(url: string, windows = process.platform === "win32"): string {
  try {
    if (!url.startsWith("file:")) return url;
    const path = fileURLToPath(url, { windows });
    return windows ? path.replaceAll("\\", "/") : path;
  } catch {
    return url;
  }
}

/** Lets the thread run on, which is then as fast as before. */
export function letGo(inspector: Session): void {
  inspector.post("Debugger.resume", () => undefined); // refused where it is not held
  inspector.post("Debugger.disable");
}
