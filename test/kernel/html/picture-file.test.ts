import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { pictureFile } from "../../../kernel/html/picture-file.js";

const folder = mkdtempSync(join(tmpdir(), "longtail-picture-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("pictureFile", () => {
  it("puts a picture beside a notebook into the page", () => {
    mkdirSync(join(folder, "my pictures"));
    writeFileSync(join(folder, "my pictures", "Ü.PNG"), "png");
    writeFileSync(join(folder, "a.svg"), "<svg/>");
    expect(pictureFile(folder, "my%20pictures/%C3%9C.PNG")).toBe("data:image/png;base64,cG5n");
    expect(pictureFile(folder, "./a.svg?v=1#part")).toBe("data:image/svg+xml;base64,PHN2Zy8+");
    expect(pictureFile(join(folder, "my pictures"), "../a.svg")).toBe("data:image/svg+xml;base64,PHN2Zy8+");
  });

  it("leaves what is elsewhere, no picture, missing or too large", () => {
    writeFileSync(join(folder, "notes.txt"), "secret");
    writeFileSync(join(folder, "large.png"), Buffer.alloc(10 * 2 ** 20 + 1));
    mkdirSync(join(folder, "folder.png"));
    const addresses = ["https://e.org/a.png", "data:image/png;base64,AA", "/etc/a.png", "#a.png", "", "%.png"];
    for (const address of [...addresses, "notes.txt", "missing.png", "large.png", "folder.png"])
      expect([address, pictureFile(folder, address)]).toEqual([address, undefined]);
  });

  it("leaves what a notebook of elsewhere is not to put into a page: other files by links or from the root", () => {
    writeFileSync(join(folder, "key"), "secret");
    symlinkSync("key", join(folder, "key.png"));
    writeFileSync(join(folder, "real.gif"), "gif");
    symlinkSync("real.gif", join(folder, "linked.png"));
    expect(pictureFile(folder, "key.png")).toBeUndefined();
    expect(pictureFile(folder, "linked.png")).toBe("data:image/gif;base64,Z2lm");
    expect(pictureFile(folder, encodeURIComponent(join(folder, "real.gif")))).toBeUndefined();
  });

  it.skipIf(process.platform === "win32")("does not wait for a pipe", () => {
    execFileSync("mkfifo", [join(folder, "pipe.png")]);
    expect(pictureFile(folder, "pipe.png")).toBeUndefined();
  });
});
