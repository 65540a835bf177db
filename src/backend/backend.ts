/** A TensorFlow.js backend as longtail knows it: whether it could be used, and how it is opened. */
export interface Backend {
  /** What `device.use` and LONGTAIL_DEVICE call it; also TensorFlow.js's name for it. */
  readonly name: string;
  /** One line for people. */
  readonly title: string;
  /** Looks for what it needs, without loading any of it. */
  probe(): Availability;
  /** Loads it and registers it with TensorFlow.js. Throws with the reason where that fails. */
  open(): Promise<Opened>;
  /**
   * Sets what convolutions of training multiply in, once it is open. Throws where it cannot. Absent: "single" is all there is.
   * @returns how, to be shown beside the device; nothing of single precision
   */
  setPrecision?(precision: Precision): Promise<string | undefined>;
}

/** What convolutions of training multiply in: float32, or float16 with sums in float32. */
export type Precision = "single" | "half";

/** Usable, perhaps only if it is asked for (and why); or why not and what to do about it. */
export type Availability =
  | { readonly available: true; readonly onRequest?: string }
  | { readonly available: false; readonly reason: string; readonly install?: string };

/** An opened backend. */
export interface Opened {
  /** What computes: "native TensorFlow on CUDA", for instance. */
  readonly description: string;
  /** Threads that compute; undefined where the backend does not say. */
  readonly threads?: number;
  /** Why it is to be used only if it is asked for. */
  readonly onRequest?: string;
}
