/** Where the content of a `.part` file comes from, so that a later run can tell whether it may go on with it. */
export interface Origin {
  readonly address: string;
  /** The server's strong entity tag. */
  readonly etag?: string;
  /** The server's date of the last change, as it wrote it. */
  readonly modified?: string;
  /** Bytes of the whole. */
  readonly total?: number;
}

/** A content that begins to come. */
export interface Opened {
  readonly origin: Origin;
  /** Which byte of the whole the body begins with: the one that was asked for, or 0. */
  readonly from: number;
  /** The content encoding that a server names though it is asked for none: the file's own, or one on the way. */
  readonly encoding?: string;
  readonly body: AsyncIterable<Uint8Array>;
  /** To be called in the end, whether the body was taken or not. */
  close(): void;
}

/** A place to get a file from. */
export interface Source {
  /** URL without a password, or path. */
  readonly address: string;
  /**
   * Begins with byte `from`, or with the first one if that cannot be had or the content is not what `origin` says.
   * @throws TransferError, or the signal's reason
   */
  open(from: number, origin: Origin | undefined, signal?: AbortSignal): Promise<Opened>;
}

/** What may be done about a transfer that failed. */
export interface Remedy extends ErrorOptions {
  /** Whether another try at the same place may help. */
  readonly again: boolean;
  /** Whether what came so far is of no use. Default: false. */
  readonly afresh?: boolean;
  /** Milliseconds for which the server asks to wait. */
  readonly wait?: number;
}

/** A transfer came to nothing, or broke off. */
export class TransferError extends Error {
  override readonly name = "TransferError";
  readonly again: boolean;
  readonly afresh: boolean;
  readonly wait: number;

  constructor(message: string, { again, afresh = false, wait = 0, ...options }: Remedy) {
    super(message, options);
    this.again = again;
    this.afresh = afresh;
    this.wait = wait;
  }
}
