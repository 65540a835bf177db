/** Name under which compiled code reaches the running kernel. */
export const RUNTIME = "__kernel";
