/** A file cannot be written: no space, no permission, or a fault of the disk. Another source does not help. */
export class DiskError extends Error {
  override readonly name = "DiskError";
}

const ELSEWHERE = "choose another folder";
const NO_SPACE = `no space left there. Free some, or ${ELSEWHERE}`;
const NO_PERMISSION = `it may not be written to. Change its permissions, or ${ELSEWHERE}`;
const PLAIN: Readonly<Record<string, string>> = {
  ENOSPC: NO_SPACE,
  EDQUOT: `the quota is used up: ${NO_SPACE}`,
  EFBIG: "the file would be larger than this file system or the limits of this process allow",
  EEXIST: `something is in its place, a file or a link that leads nowhere. Remove it, or ${ELSEWHERE}`,
  EACCES: NO_PERMISSION,
  EPERM: NO_PERMISSION,
  EROFS: `the file system can only be read: ${ELSEWHERE}`,
};

/** Says plainly why a file cannot be written. */
export function asDiskError(path: string, cause: unknown): DiskError {
  if (cause instanceof DiskError) return cause;
  const { code = "", message } = cause as NodeJS.ErrnoException;
  return new DiskError(`Cannot write ${path}: ${PLAIN[code] ?? message}`, { cause });
}
