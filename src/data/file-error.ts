import { isAbsolute } from "node:path";

/** What is wrong with a data file, and where. */
export interface FileFault {
  /** Path, or what else the reader was told to call the file. */
  readonly file: string;
  /** Byte of the file (of its decompressed content where it is compressed) at which the reader stood. */
  readonly offset: number;
  readonly expected: string;
  readonly found: string;
  /** What to do about it. Default: to get the file again. */
  readonly advice?: string;
}

const ADVICE = "Is it the right file, and whole? Get it once more.";

/** What to do about a path that the system does not let read. */
export function adviceOn(path: string, cause: unknown): string {
  const code = (cause as NodeJS.ErrnoException).code ?? "";
  if (["EACCES", "EPERM"].includes(code)) return "Who runs this has no right to read it.";
  if (!["ENOENT", "ENOTDIR", "EISDIR"].includes(code)) return ADVICE;
  return isAbsolute(path) ? "Is the path right?" : `Is the path right? It is taken from ${process.cwd()}.`;
}

/** A data file is not what its reader expects: truncated, corrupted, or another file. No image of it is given out. */
export class FileError extends Error implements FileFault {
  override readonly name = "FileError";
  readonly file: string;
  readonly offset: number;
  readonly expected: string;
  readonly found: string;
  readonly advice: string;

  constructor({ file, offset, expected, found, advice = ADVICE }: FileFault, options?: ErrorOptions) {
    super(`${file}, byte ${offset}: expected ${expected}, found ${found}. ${advice}`, options);
    this.file = file;
    this.offset = offset;
    this.expected = expected;
    this.found = found;
    this.advice = advice;
  }
}

/** What is said of a file that the system does not let read. */
export function unreadable(file: string, cause: unknown, found = (cause as Error).message): FileError {
  const advice = adviceOn(file, cause);
  return new FileError({ file, offset: 0, expected: "a file that can be read", found, advice }, { cause });
}
