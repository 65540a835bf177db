import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium, type Browser } from "playwright-core";

/** Where Chromium or Chrome is installed, if it is. */
export const browserPath = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
  .flatMap((name) => (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, name)))
  .find((path) => existsSync(path));

if (!browserPath) console.log("Skipped: needs Chromium or Chrome (apt install chromium)");

/** A headless one, which asks nothing of the network on its own. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: browserPath!,
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
