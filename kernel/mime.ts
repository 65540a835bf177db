/**
 * Representations of one value by MIME type: text for text types and SVG, base64 text for other images and PDF, JSON values
 * for JSON types.
 */
export type MimeBundle = Record<string, unknown>;

/** One piece of output as it goes to the notebook: a new one, or a new version of the one that has the same id. */
export interface DisplayMessage {
  readonly data: MimeBundle;
  readonly metadata: Record<string, unknown>;
  /** Names the output so that it can be replaced later. */
  readonly id?: string;
  /** Whether this replaces the output called `id`. */
  readonly update: boolean;
}
