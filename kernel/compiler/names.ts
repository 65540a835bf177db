/** Name under which compiled code reaches the running kernel; none that a cell would declare. */
export const RUNTIME = "__kernel$";
