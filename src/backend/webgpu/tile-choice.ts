import type { AnyFilterTile, AnyTile } from "./cut.js";
import type { ConvolutionWork } from "./kernels/convolution-plan.js";
import type { FilterGradientWork } from "./kernels/filter-gradient.js";
import type { MatrixConvolutionShape } from "./kernels/matrix-convolution.js";
import type { MatrixFilterShape } from "./kernels/matrix-filter-gradient.js";
import { matrixCost, matrixFilterCost, matrixFilterTiles, matrixTiles } from "./matrix-tiles.js";
import { convolutionTiles, cost, filterCost, filterGradientTiles, type Limits } from "./tiles.js";

/** Work that is to be cut, whose kind tells how. */
export type Work =
  | {
      readonly kind: "convolution";
      readonly plan: ConvolutionWork;
      readonly batch: number;
    }
  | {
      readonly kind: "filter gradient";
      readonly plan: FilterGradientWork;
      readonly batch: number;
    };

export type Tile = AnyTile | AnyFilterTile;

/** What work has in common whose best cut is the same: the batch hardly matters. */
export const keyOf = ({ kind, plan }: Pick<Work, "kind" | "plan">): string => `${kind} ${JSON.stringify(plan)}`;

/** All cuts of work that fit, those first that promise most: those for matrices, where there are, and those for numbers. */
export function promising({ kind, plan }: Work, limits: Limits): readonly (readonly Tile[])[] {
  if (kind === "convolution") {
    const { epilogue } = plan;
    const numbers = sorted(convolutionTiles(plan, epilogue, limits), (tile) => cost(plan, epilogue, tile));
    if (!plan.matrix) return [numbers];
    const shape = plan as MatrixConvolutionShape;
    return [sorted(matrixTiles(shape, epilogue, limits), (tile) => matrixCost(shape, epilogue, tile)), numbers];
  }
  const numbers = sorted(filterGradientTiles(plan, limits), (tile) => filterCost(plan, tile));
  if (!plan.matrix) return [numbers];
  const shape = plan as MatrixFilterShape;
  return [sorted(matrixFilterTiles(shape, limits), (tile) => matrixFilterCost(shape, tile)), numbers];
}

function sorted<T>(tiles: readonly T[], price: (tile: T) => number): T[] {
  const priced = tiles.map((tile) => ({ tile, price: price(tile) }));
  return priced.sort((a, b) => a.price - b.price).map(({ tile }) => tile);
}

/** Chooses how work is cut: as measured on this GPU, else as usual; and remembers what was asked for. */
export class TileChoice {
  private readonly measured = new Map<string, Tile>();
  private readonly usual = new Map<string, Tile | undefined>();
  private readonly asked = new Map<string, Work>();

  constructor(readonly limits: Limits) {}

  /** @returns undefined where nothing fits the limits */
  convolution(plan: ConvolutionWork, batch: number): AnyTile | undefined {
    return this.choose({ kind: "convolution", plan, batch }) as AnyTile | undefined;
  }

  /** @returns undefined where nothing fits the limits */
  filterGradient(plan: FilterGradientWork, batch: number): AnyFilterTile | undefined {
    return this.choose({ kind: "filter gradient", plan, batch }) as AnyFilterTile | undefined;
  }

  /** Work that was asked for and not measured yet. */
  get unmeasured(): readonly Work[] {
    return [...this.asked.values()];
  }

  /** From now on, work of this kind is cut so. */
  set(key: string, tile: Tile): void {
    this.measured.set(key, tile);
    this.asked.delete(key);
  }

  /** All that was measured. */
  get all(): ReadonlyMap<string, Tile> {
    return this.measured;
  }

  private choose(work: Work): Tile | undefined {
    const key = keyOf(work);
    const known = this.measured.get(key);
    if (known) return known;
    if (!this.usual.has(key)) this.usual.set(key, promising(work, this.limits).flat()[0]);
    const tile = this.usual.get(key);
    // Evaluation has no sums that depend on the cut: what is usual is good enough, and gives the same bits.
    const isEvaluation = work.kind === "convolution" && work.plan.epilogue === "affine";
    if (tile && !isEvaluation) this.asked.set(key, work);
    return tile;
  }
}
