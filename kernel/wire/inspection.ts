import type { CompilerService } from "../compiler/service.js";
import type { Remote } from "../rpc.js";
import type { Session } from "../session/session.js";
import { soon } from "./soon.js";

/** Who knows of names: the compiler of their types, the session of their values. */
export interface Knowing {
  readonly compiler: Remote<Pick<CompilerService, "inspect">>;
  readonly session: Remote<Pick<Session, "value">>;
}

/**
 * What is known of the name at a cursor: type, documentation, and what the value is now, as far as it can be asked; null where
 * it is nothing.
 * @param isBusy whether user code runs, which may be changing it
 */
export async function inspect(by: Knowing, code: string, cursor: number, isBusy: boolean): Promise<string | null> {
  const { text, path } = await by.compiler.inspect(code, cursor);
  const value = path && !isBusy ? await soon(by.session.value(path), undefined) : undefined;
  if (value === undefined) return text;
  return `${text === null ? "" : `${text}\n\n`}Now: ${value}`;
}
