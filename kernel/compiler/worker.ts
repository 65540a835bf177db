import * as nodeModule from "node:module";
import { parentPort, workerData, type MessagePort } from "node:worker_threads";
import { serve } from "../rpc.js";

// Node 22 and later keep compiled code between runs, which halves the time to load the TypeScript compiler.
(nodeModule as { enableCompileCache?: () => void }).enableCompileCache?.();
const { CompilerService } = await import("./service.js");

/** Entry of the compiler's thread. Serves the sockets' thread (`port`) and the thread that runs user code. */
const { folder, port } = workerData as { folder: string; port: MessagePort };
const service = new CompilerService(folder);
const methods = {
  convert: service.convert.bind(service),
  adopt: service.adopt.bind(service),
  expression: service.expression.bind(service),
  complete: service.complete.bind(service),
  inspect: service.inspect.bind(service),
  isComplete: service.isComplete.bind(service),
  module: service.module.bind(service),
};
serve(port, methods);
serve(parentPort!, methods);
service.warm();
