import { createHash } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { complaint, lastLine, run } from "./program.js";

/** A package of the npm registry, of one version with one content. */
export interface Pinned {
  readonly name: string;
  readonly version: string;
  /** SHA-512 of its archive in base64, as the registry and lock files have it. */
  readonly integrity: string;
}

/** The addon's sources, and the JavaScript that uses it. */
export const TFJS_NODE: Pinned = {
  name: "@tensorflow/tfjs-node",
  version: "4.22.0",
  integrity: "sha512-uHrXeUlfgkMxTZqHkESSV7zSdKdV0LlsBeblqkuKU9nnfxB1pC6DtoyYVaLxznzZy7WQSegjcohxxCjAf6Dc7w==",
};
/** Which that JavaScript imports. */
export const PROTOBUF: Pinned = {
  name: "google-protobuf",
  version: "3.21.4",
  integrity: "sha512-MnG7N936zcKTco4Jd2PX2U96Kf9PxygAPKBug+74LHzmHXmceN16MmRcdgZv+DGef/S9YvQAfRsNCn4cjf9yyQ==",
};
/** Node-API's headers, where Node was installed without its own. */
export const HEADERS: Pinned = {
  name: "node-api-headers",
  version: "1.9.0",
  integrity: "sha512-2oNILP4jXwRB4ywnYKjVk1YyJ96n2D4EOVJO6S3oYZ5PtbJrw3Yt9TpAuX3nBLMuzn74rnfGQrv13pS9vC+YiA==",
};

/**
 * Gets a package through npm, verifies it and unpacks it into a folder's `node_modules`. Runs none of its scripts and gets
 * none of its dependencies.
 * @returns the package's folder
 * @throws Error if npm cannot get it, or gets something else
 */
export async function getPackage({ name, version, integrity }: Pinned, folder: string): Promise<string> {
  const what = `${name}@${version}`;
  const packed = await run("npm", ["pack", what, "--ignore-scripts", "--loglevel=error"], { cwd: folder });
  if (packed.code === undefined)
    throw new Error(`Expected npm, to get ${what} from its registry; found no such program`);
  if (packed.code !== 0) {
    throw new Error(
      `npm could not get ${what}. Is its registry within reach (npm ping; behind a proxy: npm config set proxy)?\n${complaint(packed)}`,
    );
  }
  const archive = join(folder, lastLine(packed));
  const found = `sha512-${createHash("sha512").update(readFileSync(archive)).digest("base64")}`;
  if (found !== integrity) {
    throw new Error(`Expected ${what} with integrity ${integrity}; the registry gave ${found}. It is not used`);
  }
  const target = join(folder, "node_modules", name);
  mkdirSync(target, { recursive: true });
  const unpacked = await run("tar", ["-xzf", archive, "-C", target, "--strip-components=1"]);
  if (unpacked.code !== 0) throw new Error(`tar could not unpack ${archive}: ${complaint(unpacked)}`);
  return target;
}
