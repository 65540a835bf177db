import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import { download, type DownloadOptions } from "../../../../src/data/download/download.js";
import { httpSource } from "../../../../src/data/download/transfer/http-source.js";
import { BadServer, type Asked, type Fault } from "./bad-server.js";
import { bytes, sha256 } from "./noise.js";

/** A test's own folder, the file in it that is downloaded, and the server that has it. */
export let folder: string;
export let path: string;
export let server: BadServer;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "download-test-"));
  path = join(folder, "file.bin");
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server?.close();
});

export const CONTENT = bytes(200_000);
export const KNOWN = { bytes: CONTENT.length, sha256: sha256(CONTENT) };
/** Options with which nothing is known of the file but what the server says. */
export const UNKNOWN = { bytes: undefined, sha256: undefined } as unknown as Partial<DownloadOptions>;

export async function serve(fault?: (n: number, asked: Asked) => Fault, content = CONTENT): Promise<BadServer> {
  return (server = await BadServer.start(content, fault));
}

export function fetchFile(options: Partial<DownloadOptions> = {}, stallTimeout = 5000): ReturnType<typeof download> {
  const sources = [httpSource(`${server.url}/file.bin`, stallTimeout)];
  return download({ path, sources, retries: 3, retryDelay: 1, ...KNOWN, ...options });
}

/** What is in the folder. */
export const left = (): string[] => readdirSync(folder).sort();
