import { writeSync } from "node:fs";
import { parseArgs } from "node:util";
import { MessageChannel, Worker } from "node:worker_threads";
import { Backlog } from "./backlog.js";
import type { CompilerService } from "./compiler/service.js";
import type { FromSession, ToSession } from "./ports.js";
import { remote, serve } from "./rpc.js";

/**
 * The kernel: `node --no-force-async-hooks-checks main.js --connection-file FILE`.
 *
 * Three threads: this one runs user code and nothing else; one holds the sockets and answers the protocol; one compiles.
 * (The flag: Node would abort the process after an interrupt that hits a timer's callback.)
 */
// Not strict: what follows the kernelspec's own arguments is the client's (`jupyter run FILE`, testbook's ipykernel settings).
const { values } = parseArgs({ options: { "connection-file": { type: "string", short: "f" } }, strict: false });
const connectionFile = values["connection-file"];
if (typeof connectionFile !== "string") {
  process.stderr.write(
    "Expected --connection-file FILE, which Jupyter's clients supply. To register the kernel: longtail kernel install\n",
  );
  process.exit(2);
}
const folder = process.cwd();
const channel = new MessageChannel();
const questions = new MessageChannel();
const backlog = new Backlog();
const wire = new Worker(new URL("./wire/worker.js", import.meta.url), {
  workerData: { connectionFile, compiler: channel.port1, session: questions.port1, memory: backlog.memory },
  transferList: [channel.port1, questions.port1],
});
const compiler = new Worker(new URL("./compiler/worker.js", import.meta.url), {
  workerData: { folder, port: channel.port2 },
  transferList: [channel.port2],
});
for (const [worker, name] of [
  [wire, "sockets'"],
  [compiler, "compiler's"],
] as const)
  worker.on("error", (error) => {
    // Not by process.stderr, which belongs to the cells and would lose this when the process ends.
    writeSync(2, `The kernel's ${name} thread failed: ${error.stack ?? error.message}\n`);
    process.kill(process.pid, "SIGKILL");
  });

const exit = process.exit.bind(process);
const compile = remote<Pick<CompilerService, "module">>(compiler);
const { Session } = await import("./session/session.js");
const send = (message: FromSession): void => {
  wire.postMessage(message);
  backlog.add(message);
};
const session = new Session(folder, {
  send,
  compileModule: (specifier, fromFile) => compile.module(specifier, fromFile),
});
serve(questions.port2, {
  members: session.members.bind(session),
  place: session.place.bind(session),
  value: session.value.bind(session),
});
wire.on("message", (message: ToSession) => {
  if (message.type === "exit") exit(0);
  session.receive(message);
});
process.on("SIGINT", () => send({ type: "interrupt" }));
