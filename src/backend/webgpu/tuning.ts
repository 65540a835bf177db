import type { ConvolutionShape, ConvolutionTile, Epilogue } from "./kernels/convolution.js";
import type { FilterGradientShape, FilterGradientTile } from "./kernels/filter-gradient.js";
import { usualFilterTile, usualTile, type Limits } from "./tiles.js";

/** Chooses how work is cut: as measured on this GPU, or as usual. */
export class Tiles {
  private readonly convolutions = new Map<string, ConvolutionTile | undefined>();
  private readonly filterGradients = new Map<string, FilterGradientTile | undefined>();

  constructor(readonly limits: Limits) {}

  convolution(shape: ConvolutionShape, epilogue: Epilogue): ConvolutionTile | undefined {
    return remembered(this.convolutions, keyOf(shape, epilogue), () => usualTile(shape, epilogue, this.limits));
  }

  filterGradient(shape: FilterGradientShape): FilterGradientTile | undefined {
    return remembered(this.filterGradients, keyOf(shape), () => usualFilterTile(shape, this.limits));
  }
}

const keyOf = (...parts: readonly unknown[]): string => JSON.stringify(parts);

function remembered<T>(map: Map<string, T>, key: string, make: () => T): T {
  if (!map.has(key)) map.set(key, make());
  return map.get(key)!;
}
