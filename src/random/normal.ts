import { positiveUniform, uniform } from "./uniform.js";
import type { BitSource } from "./xoshiro.js";

/*
 * The ziggurat of Marsaglia and Tsang (2000) with 256 layers of equal area. One draw of 64 bits gives the layer
 * (8 bits) and, from other bits, a signed 53-bit position: sharing bits between the two is the flaw that Doornik
 * (2005) found in the original. 98.8 % of draws need nothing more.
 */
const layers = 256;
/** Where the tail begins, and the area of each layer, for 256 layers. */
const tailStart = 3.6541528853610088;
const layerArea = 0.00492867323399;

/** edges[i] is the right edge of layer i, falling from the base's virtual width to 0; heights[i] = exp(-edges[i]^2 / 2). */
const edges = new Float64Array(layers + 1);
const heights = new Float64Array(layers + 1);
/** The part of layer i, from the middle, that lies wholly under the curve. */
const inside = new Float64Array(layers);

edges[0] = layerArea / Math.exp(-0.5 * tailStart * tailStart);
edges[1] = tailStart;
heights[1] = Math.exp(-0.5 * tailStart * tailStart);
for (let i = 2; i < layers; i++) {
  heights[i] = heights[i - 1]! + layerArea / edges[i - 1]!;
  edges[i] = Math.sqrt(-2 * Math.log(heights[i]!));
}
edges[layers] = 0;
heights[layers] = 1;
for (let i = 0; i < layers; i++) inside[i] = edges[i + 1]! / edges[i]!;

/** A standard normal number. */
export function normal(source: BitSource): number {
  for (;;) {
    const high = source.next();
    const low = source.next();
    const layer = low & 255;
    // A signed position in (-1, 1): 32 bits from `high`, 21 more from the bits of `low` that did not pick the layer.
    const position = (high * 2097152 + (low >>> 11) + 0.5) / 4503599627370496;
    if (Math.abs(position) < inside[layer]!) return position * edges[layer]!;
    if (layer === 0) return tail(source, position < 0);
    const x = position * edges[layer]!;
    const height = heights[layer]! + uniform(source) * (heights[layer + 1]! - heights[layer]!);
    if (height < Math.exp(-0.5 * x * x)) return x;
  }
}

/** Marsaglia's draw from the tail beyond `tailStart`. */
function tail(source: BitSource, negative: boolean): number {
  for (;;) {
    const x = -Math.log(positiveUniform(source)) / tailStart;
    const y = -Math.log(positiveUniform(source));
    if (y + y > x * x) return negative ? -(tailStart + x) : tailStart + x;
  }
}
