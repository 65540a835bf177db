/* global clearTimeout, setInterval */
// A Jupyter kernel that misbehaves on request. It shares no code with the kernel or the client, so that both ends of the
// protocol are checked against an independent reading of it. Each line of a cell is a command:
//
//   print TEXT          stream stdout (\n and \r are escapes)     warn TEXT       stream stderr
//   display TEXT [ID]   display_data, text/plain                  update TEXT ID  update_display_data
//   bundle JSON         display_data with this MIME bundle        result TEXT     execute_result
//   clear | clear wait  clear_output                              error NAME TEXT error, and the reply says so
//   flood N             N stream messages                         sleep MS        an interruptible wait
//   forge TEXT          a stream message with a wrong signature   input PROMPT    asks, then prints the answer
//   never               never ends, but honours an interrupt      deaf            never ends, ignores interrupts
//   die CODE            ends the process                          kill            ends it with SIGKILL
//   mute                replies, but never turns idle             log TEXT        writes to the process's own stderr
//
// Anything else is ignored. Flags: --silent (never answers), --refuse CODE (ends at once), --clash FILE (the first time,
// when FILE does not exist yet, fails as if a port were taken), --stay (ignores shutdown), --language NAME.
import { createHmac, randomUUID } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { Publisher, Router } from "zeromq";

const flag = (name) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : (process.argv[at + 1] ?? "");
};
if (flag("refuse") !== undefined) {
  console.error("fake kernel: refusing to start, as told");
  process.exit(Number(flag("refuse")));
}
if (flag("clash") !== undefined && !existsSync(flag("clash"))) {
  writeFileSync(flag("clash"), "");
  console.error("Error: EADDRINUSE: Address already in use");
  process.exit(1);
}

const connection = JSON.parse(readFileSync(process.argv[2], "utf8"));
const session = randomUUID();
const shell = new Router();
const control = new Router();
const stdin = new Router();
const heartbeat = new Router();
const iopub = new Publisher({ sendHighWaterMark: 0 });
const bind = (socket, port) => socket.bind(`tcp://${connection.ip}:${port}`);
await bind(shell, connection.shell_port);
await bind(control, connection.control_port);
await bind(stdin, connection.stdin_port);
await bind(heartbeat, connection.hb_port);
await bind(iopub, connection.iopub_port);

const sign = (parts) => {
  const hmac = createHmac("sha256", connection.key);
  for (const part of parts) hmac.update(part);
  return hmac.digest("hex");
};
const frames = (type, parent, content, identities, { forge = false } = {}) => {
  const header = { msg_id: randomUUID(), session, username: "fake", date: "", msg_type: type, version: "5.3" };
  const parts = [header, parent, {}, content].map((part) => JSON.stringify(part));
  return [...identities, "<IDS|MSG>", forge ? "0".repeat(64) : sign(parts), ...parts];
};
const read = (received) => {
  const at = received.findIndex((frame) => frame.toString() === "<IDS|MSG>");
  const parts = received.slice(at + 2, at + 6).map((frame) => frame.toString());
  if (sign(parts) !== received[at + 1].toString()) return undefined;
  const [header, parent, , content] = parts.map((part) => JSON.parse(part));
  return { identities: received.slice(0, at), header, parent, content };
};
const queues = new Map();
const send = (socket, message) => {
  const sent = (queues.get(socket) ?? Promise.resolve()).then(() => socket.send(message));
  queues.set(socket, sent);
  return sent;
};
const publish = (type, request, content, options) =>
  send(iopub, frames(type, request.header, content, [type], options));

let count = 0;
let interrupted = false; // remembered from the start of a cell, so that it works between two commands too
let interrupt = () => {
  interrupted = true;
};
let answer = () => {};
const unescape = (text) => text.replaceAll("\\n", "\n").replaceAll("\\r", "\r");
const wait = (ms) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms ?? 2 ** 30);
    interrupt = () => {
      interrupted = true;
      clearTimeout(timer);
      reject(Object.assign(new Error("cell interrupted"), { name: "KeyboardInterrupt" }));
    };
    if (interrupted) interrupt();
  });

const commands = {
  print: (request, rest) => publish("stream", request, { name: "stdout", text: unescape(rest) }),
  warn: (request, rest) => publish("stream", request, { name: "stderr", text: unescape(rest) }),
  forge: (request, rest) => publish("stream", request, { name: "stdout", text: rest }, { forge: true }),
  display: (request, rest) => {
    const [text, id] = rest.split(" ");
    const transient = id ? { display_id: id } : {};
    return publish("display_data", request, { data: { "text/plain": text }, metadata: {}, transient });
  },
  update: (request, rest) => {
    const [text, id] = rest.split(" ");
    const transient = { display_id: id };
    return publish("update_display_data", request, { data: { "text/plain": text }, metadata: {}, transient });
  },
  bundle: (request, rest) => publish("display_data", request, { data: JSON.parse(rest), metadata: {}, transient: {} }),
  result: (request, rest) =>
    publish("execute_result", request, { data: { "text/plain": rest }, metadata: {}, execution_count: count }),
  clear: (request, rest) => publish("clear_output", request, { wait: rest === "wait" }),
  error: (_request, rest) => {
    const [name, ...words] = rest.split(" ");
    throw Object.assign(new Error(words.join(" ")), { name });
  },
  flood: async (request, rest) => {
    for (let line = 0; line < Number(rest); line++) await commands.print(request, `line ${line}\\n`);
  },
  sleep: (_request, rest) => wait(Number(rest)),
  never: () => wait(),
  deaf: () => new Promise(() => setInterval(() => {}, 1000)),
  die: async (_request, rest) => {
    await Promise.all(queues.values());
    setTimeout(() => process.exit(Number(rest)), 20);
    return new Promise(() => {});
  },
  kill: () => process.kill(process.pid, "SIGKILL"),
  log: (_request, rest) => console.error(rest),
  input: async (request, rest) => {
    if (!request.content.allow_stdin) throw Object.assign(new Error("nobody to ask"), { name: "StdinNotImplemented" });
    const content = { prompt: rest, password: rest.startsWith("password") };
    const answered = new Promise((resolve) => (answer = resolve));
    await send(stdin, frames("input_request", request.header, content, request.identities));
    await commands.print(request, `got ${await answered}\\n`);
  },
};

async function execute(request) {
  const { code, silent, store_history: stored } = request.content;
  interrupted = false;
  if (!silent && stored) count++;
  await publish("execute_input", request, { code, execution_count: count });
  try {
    for (const line of code.split("\n")) {
      const [name, ...rest] = line.split(" ");
      if (Object.hasOwn(commands, name)) await commands[name](request, rest.join(" "));
    }
    return { status: "ok", execution_count: count, user_expressions: {}, payload: [] };
  } catch (error) {
    const content = { ename: error.name, evalue: error.message, traceback: [`${error.name}: ${error.message}`] };
    await publish("error", request, content);
    return { status: "error", execution_count: count, ...content };
  }
}

const language = flag("language") ?? "fake";
const replies = {
  kernel_info_request: () => ({
    status: "ok",
    protocol_version: "5.3",
    implementation: "fake",
    implementation_version: "1",
    language_info: { name: language, version: "1", mimetype: "text/plain", file_extension: ".txt" },
    banner: "",
  }),
  execute_request: execute,
  complete_request: ({ content }) => ({
    status: "ok",
    matches: ["print"],
    cursor_start: 0,
    cursor_end: content.cursor_pos,
    metadata: {},
  }),
  inspect_request: () => ({ status: "ok", found: true, data: { "text/plain": "a command" }, metadata: {} }),
  is_complete_request: ({ content }) => ({ status: content.code.endsWith("\\") ? "incomplete" : "complete" }),
  history_request: () => ({ status: "ok", history: [[1, 1, "print hello"]] }),
  interrupt_request: () => (interrupt(), { status: "ok" }),
  shutdown_request: ({ content }) => ({ status: "ok", restart: content.restart }),
};

async function serve(socket) {
  let chain = Promise.resolve();
  for await (const received of socket) {
    const request = read(received);
    if (!request || flag("silent") !== undefined) continue;
    chain = chain.then(async () => {
      const type = request.header.msg_type;
      await publish("status", request, { execution_state: "busy" });
      const content = await replies[type](request);
      const replyType = type.replace("_request", "_reply");
      await send(socket, frames(replyType, request.header, content, request.identities));
      if (!String(request.content.code).split("\n").includes("mute"))
        await publish("status", request, { execution_state: "idle" });
      if (type === "shutdown_request" && flag("stay") === undefined) setTimeout(() => process.exit(0), 20);
    });
  }
}
void serve(shell);
void serve(control);
void (async () => {
  for await (const received of stdin) answer(read(received)?.content.value);
})();
for await (const beat of heartbeat) await heartbeat.send(beat);
