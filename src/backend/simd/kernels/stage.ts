/** What a convolution does while it reads and after it writes; the numbers of the kinds stand in ../assembly/{source,epilogue}.ts. */

/** Where it reads from; addresses. */
export interface SourceFields {
  readonly kind: "raw" | "normalized" | "gradient" | "maskedGradient";
  readonly x: number;
  readonly u?: number;
  readonly y?: number;
  readonly k0?: number;
  readonly k1?: number;
  readonly k2?: number;
}

/** What is done to the result; addresses. */
export interface EpilogueFields {
  readonly kind: "none" | "sums" | "affine" | "mask" | "shortcut";
  readonly relu?: boolean;
  readonly k0?: number;
  readonly k2?: number;
  readonly u?: number;
  readonly x?: number;
  readonly y?: number;
  readonly sums?: number;
  readonly channels?: number;
  readonly height?: number;
  readonly width?: number;
  readonly stride?: number;
}

const SOURCES = ["raw", "normalized", "gradient", "maskedGradient"];
const EPILOGUES = ["none", "sums", "affine", "mask", "shortcut"];

/** The words of the assembly's Source. */
export function sourceWords({ kind, x, u = 0, y = 0, k0 = 0, k1 = 0, k2 = 0 }: SourceFields): number[] {
  return [SOURCES.indexOf(kind), x, u, y, k0, k1, k2];
}

/** The words of the assembly's Epilogue. */
export function epilogueWords(e: EpilogueFields): number[] {
  const { k0 = 0, k2 = 0, u = 0, x = 0, y = 0, sums = 0, channels = 0, height = 0, width = 0, stride = 1 } = e;
  return [EPILOGUES.indexOf(e.kind), e.relu === true ? 1 : 0, k0, k2, u, x, y, sums, channels, height, width, stride];
}
