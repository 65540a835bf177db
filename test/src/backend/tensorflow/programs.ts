import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, vi } from "vitest";

/** A folder of each test's own, and in it the only programs that are found besides the system's in `also`. */
export class Programs {
  folder = "";
  private bin = "";

  constructor(also = "") {
    beforeEach(() => {
      this.folder = mkdtempSync(join(tmpdir(), "longtail-programs-"));
      this.bin = join(this.folder, "bin");
      mkdirSync(this.bin);
      vi.stubEnv("PATH", also === "" ? this.bin : `${this.bin}${delimiter}${also}`);
    });
    afterEach(() => {
      vi.unstubAllEnvs();
      rmSync(this.folder, { recursive: true });
    });
  }

  /** Adds one: a script of the shell's. */
  add(name: string, script: string): string {
    const path = join(this.bin, name);
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    return path;
  }

  /** A folder `tensorflow` with files of the names that are looked for. */
  library(files: readonly string[] = LIBRARY): string {
    const folder = join(this.folder, "site-packages", "tensorflow");
    for (const file of files) {
      mkdirSync(join(folder, file, ".."), { recursive: true });
      writeFileSync(join(folder, file), "library");
    }
    return folder;
  }
}

const LIBRARY = [
  ...["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"],
  ...["include/tensorflow/c/c_api.h", "include/tensorflow/c/eager/c_api.h"],
];
