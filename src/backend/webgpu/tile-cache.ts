import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { writeAtomic } from "../../../kernel/atomic.js";
import { cacheFolder } from "../../disk/cache-folder.js";
import type { Tile, TileChoice } from "./tile-choice.js";

/** Of the programs: a change of them makes all measurements anew. */
const VERSION = 1;

/** Where a GPU's measured tiles are kept, so that they are measured once, and runs repeat to the bit. */
export class TileCache {
  private readonly file: string;

  /** @param adapter whatever tells GPUs and their drivers apart */
  constructor(private readonly adapter: string) {
    const name = createHash("sha256").update(`${VERSION} ${adapter}`).digest("hex").slice(0, 16);
    this.file = join(cacheFolder("webgpu"), `${name}.json`);
  }

  /** Tells a choice what was measured before, unless it is to cut as usual (LONGTAIL_TUNE=0). */
  load(choice: TileChoice): void {
    if (process.env["LONGTAIL_TUNE"] === "0") return;
    for (const [key, tile] of Object.entries(this.read())) choice.set(key, tile);
  }

  /**
   * Keeps what was measured, beside what other processes have: theirs came first, and goes on. Where that cannot be written, it
   * is measured again next time.
   */
  async save(choice: TileChoice): Promise<void> {
    try {
      mkdirSync(dirname(this.file), { recursive: true });
      const content = { adapter: this.adapter, tiles: { ...Object.fromEntries(choice.all), ...this.read() } };
      await writeAtomic(this.file, JSON.stringify(content, null, 1));
    } catch {
      return;
    }
  }

  /** What is in the file; one that cannot be read is as none, as is what is no tile in it. */
  private read(): Record<string, Tile> {
    if (!existsSync(this.file)) return {};
    try {
      const { tiles } = JSON.parse(readFileSync(this.file, "utf8")) as { tiles?: Record<string, unknown> | null };
      return Object.fromEntries(Object.entries(tiles ?? {}).filter((one): one is [string, Tile] => isTile(one[1])));
    } catch {
      return {};
    }
  }
}

function isTile(value: unknown): boolean {
  const sizes = Object.values(value ?? {}) as unknown[];
  return sizes.length > 0 && sizes.every((size) => Number.isSafeInteger(size) && (size as number) > 0);
}
