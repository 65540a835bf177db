import type { IncomingMessage } from "node:http";
import { TransferError, type Opened, type Origin } from "./source.js";

/** Answers after which another try may help: timeouts, too many requests, and the server's own troubles. */
const TRANSIENT = new Set([408, 425, 429, 500, 502, 503, 504]);

/**
 * What the head of a server's answer says about its body (RFC 9110, 14.4 and 15.3.7).
 * @param from the byte that was asked for
 * @param before what the bytes before `from` are of
 * @throws TransferError unless the body is the whole, or the whole from that byte on
 */
export function readAnswer(
  { statusCode: status = 0, statusMessage = "", headers }: IncomingMessage,
  address: string,
  from: number,
  before: Origin | undefined,
): Pick<Opened, "origin" | "from" | "encoding"> {
  // A weak tag ("W/...") does not promise the same bytes.
  const etag = headers.etag?.startsWith('"') ? headers.etag : undefined;
  const modified = headers["last-modified"];
  const origin = { address, ...(etag !== undefined && { etag }), ...(modified !== undefined && { modified }) };
  const encoding = headers["content-encoding"];
  const coded = encoding !== undefined && encoding !== "identity" && { encoding };
  if (status === 200) {
    const length = headers["content-length"];
    return { origin: { ...origin, ...(length !== undefined && { total: Number(length) }) }, from: 0, ...coded };
  }
  const error = (what: string, afresh: boolean): TransferError =>
    new TransferError(`${address}: ${what}`, { again: true, afresh });
  if (status === 206 && from > 0) {
    const range = headers["content-range"];
    const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(range ?? "") ?? [];
    if (start === undefined || Number(start) !== from)
      throw error(`asked for the bytes from ${from} on, was given ${range ?? "an answer without Content-Range"}`, true);
    if (etag !== undefined && before?.etag !== undefined && etag !== before.etag)
      throw error("the file there is no longer the one that was begun", true);
    return { origin: { ...origin, ...(total !== "*" && { total: Number(total) }) }, from, ...coded };
  }
  if (status === 416) throw error(`has no byte ${from}: what was begun is not this file`, true);
  throw new TransferError(`${address}: expected the file, found the answer ${status} ${statusMessage}`.trimEnd(), {
    again: TRANSIENT.has(status),
    wait: waitOf(headers["retry-after"]),
  });
}

/** Retry-After (RFC 9110, 10.2.3), in milliseconds: seconds, or a date. */
function waitOf(header = ""): number {
  const milliseconds = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return milliseconds > 0 ? milliseconds : 0;
}
