import { convolution } from "./kernels/convolution.js";
import { layout, type ConvolutionTile, type ConvolutionWork } from "./kernels/convolution-plan.js";
import {
  filterGradient,
  filterLayout,
  type FilterGradientTile,
  type FilterGradientWork,
} from "./kernels/filter-gradient.js";
import {
  matrixConvolution,
  matrixLayout,
  type MatrixConvolutionShape,
  type MatrixTile,
} from "./kernels/matrix-convolution.js";
import {
  matrixFilterGradient,
  matrixFilterLayout,
  type MatrixFilterShape,
  type MatrixFilterTile,
} from "./kernels/matrix-filter-gradient.js";
import { GRADIENT_SCALE } from "./kernels/precision.js";
import type { Program } from "./program.js";

/** How a convolution is cut: for threads that multiply numbers, or for subgroups that multiply matrices. */
export type AnyTile = ConvolutionTile | MatrixTile;
/** The same of a filter gradient. */
export type AnyFilterTile = FilterGradientTile | MatrixFilterTile;

/** A program for work that is cut, and how it is run. */
export interface Cut {
  /** Names the program among all. */
  readonly key: string;
  readonly program: () => Program;
  readonly grid: readonly [number, number];
}

/** @returns also whether the epilogue sums up; then a part for each group */
export function cutConvolution(
  work: ConvolutionWork,
  tile: AnyTile,
  batch: number,
): Cut & { readonly measures: boolean } {
  const key = `convolution ${JSON.stringify({ ...work, ...tile })}`;
  const blocks = work.outChannels / tile.block;
  if ("subgroups" in tile) {
    const plan = { ...(work as ConvolutionWork & MatrixConvolutionShape), ...tile };
    const { bands, measures } = matrixLayout(plan);
    return { key, program: () => matrixConvolution(plan), grid: [batch * bands, blocks], measures };
  }
  const plan = { ...work, ...tile };
  const { bands, measures } = layout(plan);
  return { key, program: () => convolution(plan), grid: [batch * bands, blocks], measures };
}

/** @returns also in how many parts the gradient comes, and how many times too large they are */
export function cutFilterGradient(
  work: FilterGradientWork,
  tile: AnyFilterTile,
  batch: number,
): Cut & { readonly parts: number; readonly scale: number } {
  const key = `filter gradient ${JSON.stringify({ ...work, ...tile })}`;
  if ("subgroups" in tile) {
    const plan = { ...(work as FilterGradientWork & MatrixFilterShape), ...tile };
    const { bands, blocks } = matrixFilterLayout(plan);
    const parts = batch * bands;
    return { key, program: () => matrixFilterGradient(plan), grid: [parts, blocks], parts, scale: GRADIENT_SCALE };
  }
  const plan = { ...work, ...tile };
  const { bands, blocks } = filterLayout(plan);
  const groups = batch * bands;
  return { key, program: () => filterGradient(plan), grid: [groups, blocks], parts: groups * tile.lanes, scale: 1 };
}
