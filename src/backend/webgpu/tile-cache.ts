import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { writeAtomic } from "../../../kernel/atomic.js";
import type { Tile, TileChoice } from "./tile-choice.js";

/** Of the programs: a change of them makes all measurements anew. */
const VERSION = 1;

/** Where a GPU's measured tiles are kept, so that they are measured once, and runs repeat to the bit. */
export class TileCache {
  private readonly file: string;

  /** @param adapter whatever tells GPUs and their drivers apart */
  constructor(private readonly adapter: string) {
    const folder = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "longtail", "webgpu");
    const name = createHash("sha256").update(`${VERSION} ${adapter}`).digest("hex").slice(0, 16);
    this.file = join(folder, `${name}.json`);
  }

  /** Tells a choice what was measured before; a file that cannot be read is as none. */
  load(choice: TileChoice): void {
    if (!existsSync(this.file)) return;
    try {
      const { tiles } = JSON.parse(readFileSync(this.file, "utf8")) as { tiles: Record<string, Tile> };
      for (const [key, tile] of Object.entries(tiles)) choice.set(key, tile);
    } catch {
      return;
    }
  }

  /** Keeps what was measured; where that cannot be written, it is measured again next time. */
  async save(choice: TileChoice): Promise<void> {
    try {
      mkdirSync(dirname(this.file), { recursive: true });
      const content = { adapter: this.adapter, tiles: Object.fromEntries(choice.all) };
      await writeAtomic(this.file, JSON.stringify(content, null, 1));
    } catch {
      return;
    }
  }
}
