/** `longtail/kernel`: what cells may use of their kernel, and what programs may do with kernels and notebooks. */
export { display, input, interruption, newDisplay, stopsByItself } from "./user.js";
export type { Display } from "./display.js";
export type { KernelHook } from "./session/hook.js";
export type { MimeBundle } from "./mime.js";
export { KernelClient, KernelDied, ExecutionStopped, type ExecuteOptions, type ExecuteReply } from "./client.js";
export { install, uninstall, type InstallOptions, type Installed } from "./install.js";
export { findKernel, listKernels } from "./kernelspec.js";
export { readNotebook, writeNotebook, type Notebook } from "./notebook.js";
export { runNotebook, type RunOptions, type RunResult } from "./run.js";
