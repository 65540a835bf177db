import { writeSync } from "node:fs";
import { parentPort, workerData, type MessagePort } from "node:worker_threads";
import { Backlog } from "../backlog.js";
import { readConnection } from "../connection.js";
import { Wire } from "../message.js";
import { watchedParent } from "../parent.js";
import type { FromSession } from "../ports.js";
import { remote } from "../rpc.js";
import { Server } from "./server.js";
import { Sockets } from "./sockets.js";

/** Entry of the sockets' thread. */
const parent = watchedParent();
const { connectionFile, compiler, session, memory } = workerData as {
  connectionFile: string;
  compiler: MessagePort;
  session: MessagePort;
  memory: SharedArrayBuffer;
};
const backlog = new Backlog(memory);
const connection = readConnection(connectionFile);
const sockets = new Sockets(new Wire(connection.key));
const server = new Server(sockets, { compiler: remote(compiler), session: remote(session) }, (message) =>
  parentPort!.postMessage(message),
);
parentPort!.on("message", (message: FromSession) => {
  server.fromSession(message);
  void sockets.published.then(() => backlog.remove(message));
});
await sockets.bind(connection).catch((error: Error) => {
  // Said and ended here: a thread that ends with open sockets takes the process down before the main thread can speak.
  writeSync(2, `The kernel could not bind its sockets: ${error.stack ?? error.message}\n`);
  process.kill(process.pid, "SIGKILL");
});
server.start();

// A kernel whose client died must not stay behind.
if (parent !== undefined)
  setInterval(() => {
    try {
      process.kill(parent, 0);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ESRCH") process.kill(process.pid, "SIGKILL");
    }
  }, 1000).unref();
