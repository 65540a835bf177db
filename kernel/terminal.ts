/** Whether a line that was written can be cleared: not in a file or pipe, nor on a "dumb" terminal (Emacs' shell), which shows the signs for it. */
export function canRenew({ isTTY }: { readonly isTTY?: boolean | undefined }): boolean {
  return isTTY === true && process.env["TERM"] !== "dumb";
}
