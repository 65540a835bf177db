import { get as httpGet } from "node:http";
import { get as httpsGet } from "node:https";
import { readAnswer } from "./answer.js";
import { Inflow } from "./inflow.js";
import { TransferError, type Origin, type Source } from "./source.js";
import { Stall } from "./stall.js";

const REDIRECTIONS = 10;

/**
 * A file on a server. Bytes are taken as they come, which is why this is not `fetch`: that undoes a content encoding that
 * the server names, though it is asked for none, and servers also name one for files that are archives.
 * @param stallTimeout milliseconds without a byte after which the connection is given up
 */
export function httpSource(url: string, stallTimeout: number): Source {
  const address = shown(new URL(url));
  return {
    address,
    async open(from, origin, signal) {
      const request = { headers: from === 0 ? {} : rangeFrom(from, origin), stallTimeout, signal };
      try {
        const inflow = await follow(new URL(url), request);
        try {
          const answer = readAnswer(inflow.response, address, from, origin);
          return { ...answer, body: pieces(inflow, address, signal), close: () => inflow.close() };
        } catch (error) {
          inflow.close();
          throw error;
        }
      } catch (error) {
        throw asTransferError(address, error, signal);
      }
    },
  };
}

/** If-Range (RFC 9110, 13.1.5) has the server send the whole if it is no longer the same. */
function rangeFrom(from: number, origin: Origin | undefined): Record<string, string> {
  const unchanged = origin?.etag ?? origin?.modified;
  return { range: `bytes=${from}-`, ...(unchanged !== undefined && { "if-range": unchanged }) };
}

interface Request {
  readonly headers: Record<string, string>;
  readonly stallTimeout: number;
  readonly signal: AbortSignal | undefined;
}

/** Asks, and follows redirections. */
async function follow(first: URL, request: Request): Promise<Inflow> {
  let url = first;
  for (let hops = 0; hops <= REDIRECTIONS; hops++) {
    const inflow = await ask(url, request);
    const { statusCode = 0, headers } = inflow.response;
    if (![301, 302, 303, 307, 308].includes(statusCode)) return inflow;
    inflow.close();
    const to = headers.location ?? "";
    if (to === "" || !URL.canParse(to, url) || !/^https?:$/.test(new URL(to, url).protocol))
      throw new TransferError(`${shown(url)}: expected a redirection to http(s), found "${to}"`, { again: false });
    url = new URL(to, url);
  }
  const times = `${REDIRECTIONS + 1} times, in the end to ${shown(url)}`;
  throw new TransferError(`${shown(first)}: redirected ${times}`, { again: false });
}

function ask(url: URL, { headers: range, stallTimeout, signal }: Request): Promise<Inflow> {
  return new Promise((resolve, reject) => {
    const get = url.protocol === "https:" ? httpsGet : httpGet;
    const headers = { "user-agent": "longtail", accept: "*/*", "accept-encoding": "identity", ...range };
    const request = get(url, { headers, ...(signal && { signal }) });
    const stall = new Stall(shown(url), stallTimeout);
    request.on("response", (response) => resolve(new Inflow(response, stall)));
    request.on("error", (error) => {
      stall.end();
      reject(error);
    });
    stall.watch((error) => request.destroy(error));
  });
}

async function* pieces(inflow: Inflow, address: string, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    yield* inflow;
  } catch (error) {
    throw asTransferError(address, error, signal);
  }
}

function asTransferError(address: string, error: unknown, signal?: AbortSignal): unknown {
  if (signal?.aborted) return signal.reason;
  if (error instanceof TransferError) return error;
  const { code = "", message } = error as NodeJS.ErrnoException;
  const untrusted = /CERT|SELF_SIGNED|UNABLE_TO_/.test(code);
  // What newer versions of Node advise is about their own command line, not about this one.
  const [fault = ""] = message.split("; if the root CA is installed locally");
  const what = fault === "aborted" ? "the connection was broken off" : fault || code;
  const hint = untrusted ? ". To trust a certificate of your own: NODE_EXTRA_CA_CERTS=FILE" : proxyHint();
  return new TransferError(`${address}: ${what}${hint}`, { again: !untrusted, cause: error });
}

function proxyHint(environment = process.env): string {
  const isSet = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"].some((name) => environment[name]);
  if (!isSet || environment["NODE_USE_ENV_PROXY"]) return "";
  return ". A proxy is set, which Node uses only with NODE_USE_ENV_PROXY=1 and from version 24.5 on";
}

function shown(url: URL): string {
  const copy = new URL(url);
  copy.username = copy.password = "";
  return copy.href;
}
