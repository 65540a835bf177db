import { parentPort, workerData, type MessagePort } from "node:worker_threads";
import { serve } from "../rpc.js";
import { CompilerService } from "./service.js";

/** Entry of the compiler's thread. Serves the sockets' thread (`port`) and the thread that runs user code. */
const { folder, port } = workerData as { folder: string; port: MessagePort };
const service = new CompilerService(folder);
const methods = {
  convert: service.convert.bind(service),
  expression: service.expression.bind(service),
  complete: service.complete.bind(service),
  inspect: service.inspect.bind(service),
  isComplete: service.isComplete.bind(service),
  module: service.module.bind(service),
};
serve(port, methods);
serve(parentPort!, methods);
service.warm();
