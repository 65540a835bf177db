import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** A contestant: a process that answers one task at a time, each a line of JSON. */
export class Contestant {
  #child;
  #lines;

  constructor(command, args, env = {}) {
    this.#child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "pipe"] });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    this.said = "";
    this.#child.stderr.on("data", (text) => (this.said += text));
  }

  /** Seconds that the task takes. */
  async time(task) {
    this.#child.stdin.write(`${JSON.stringify(task)}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`${this.#child.spawnargs.join(" ")} ended: ${this.said.slice(-2000)}`);
    return JSON.parse(value).seconds;
  }

  async close() {
    const ended = once(this.#child, "exit");
    this.#child.stdin.end();
    await ended;
  }
}
