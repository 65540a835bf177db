import type { MatrixShape } from "./matrices.js";
import { words } from "./precision.js";

/** What an input element is on its way into a convolution. */
export type Prologue = "raw" | "normalized" | "gradient";

/**
 * What becomes of a convolution's sums: "sums" adds those of each channel and of its squares; "mask" is the gradient of a ReLU
 * and batch norm that followed, with sums for the batch norm's; "shortcut" adds the gradient that came by a shortcut of kind A;
 * "affine" is batch norm by given statistics.
 */
export type Epilogue = "none" | "sums" | "mask" | "shortcut" | "affine";

/** How the work is cut. */
export interface ConvolutionTile {
  /** Rows of pixels of one workgroup. */
  readonly rows: number;
  /** Neighbouring pixels of one thread. */
  readonly pixels: number;
  /** Output channels of one thread, a multiple of 4. */
  readonly channels: number;
  /** Output channels of one workgroup, a multiple of `channels`. */
  readonly block: number;
}

export interface ConvolutionShape {
  /** Of the result. */
  readonly height: number;
  readonly width: number;
  readonly inHeight: number;
  readonly inWidth: number;
  readonly inChannels: number;
  /** A multiple of 4. */
  readonly outChannels: number;
  readonly stride: number;
  /** The gradient by the input: filters turned by 180 degrees, and the input spread by the stride. */
  readonly isTransposed: boolean;
  /** Whether products are of half precision; precision.ts. */
  readonly isHalf?: true;
  /** Half precision: what subgroups can multiply, where its sides divide the channels. */
  readonly matrix?: MatrixShape;
}

/** What is to be computed, however it is cut. */
export interface ConvolutionWork extends ConvolutionShape {
  readonly prologue: Prologue;
  readonly epilogue: Epilogue;
  /** Of the shortcut that is added: the other side's size, and its stride. */
  readonly shortcut?: {
    readonly channels: number;
    readonly height: number;
    readonly width: number;
    readonly stride: number;
  };
  /** Images whose batch norm has coefficients of its own, where they are not the whole batch. */
  readonly groupSize?: number;
  /** "affine": whether a ReLU follows. */
  readonly relu?: boolean;
  readonly epsilon?: number;
}

export type ConvolutionPlan = ConvolutionWork & ConvolutionTile;

/** Threads, groups and memory of a plan. */
export function layout(plan: ConvolutionTile & ConvolutionShape & { readonly epilogue: Epilogue }) {
  const { rows, pixels, channels, block, height, width, isTransposed } = plan;
  const step = isTransposed ? 1 : plan.stride;
  const across = Math.ceil(width / pixels);
  const patches = rows * across;
  const threads = patches * (block / channels);
  const tileRows = (rows - 1) * step + 3;
  const tileColumns = (across * pixels - 1) * step + 3;
  const reach = pixels * step;
  // One column more after each thread's reach: threads of a row then read from different banks.
  const pitch = tileColumns + Math.floor(tileColumns / reach) + 1;
  const measures = plan.epilogue === "sums" || plan.epilogue === "mask";
  const bytes =
    words(plan.isHalf).bytes * (tileRows * pitch + 9 * block) + 16 * (measures ? 2 * patches * (block / 4) : 0);
  return {
    step,
    across,
    patches,
    threads,
    tileRows,
    tileColumns,
    reach,
    pitch,
    measures,
    bytes,
    bands: Math.ceil(height / rows),
  };
}
