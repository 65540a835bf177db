import type { backend_util } from "@tensorflow/tfjs-core";

/** Pixels above, below, left and right. */
export type Pixels = readonly [top: number, bottom: number, left: number, right: number];

/**
 * The padding of a convolution or a pool where it is given in pixels; undefined where it is "same" or "valid". TensorFlow rounds
 * sizes down: where TensorFlow.js rounded one up, the padding reaches as far as the last windows.
 */
export function pixels(info: backend_util.Conv2DInfo): Pixels | undefined {
  const { padInfo, inHeight, inWidth, outHeight, outWidth, strideHeight, strideWidth } = info;
  if (padInfo.type === "SAME" || padInfo.type === "VALID") return undefined;
  const { top, bottom, left, right } = padInfo;
  const below = (outHeight - 1) * strideHeight + info.effectiveFilterHeight - inHeight - top;
  const beyond = (outWidth - 1) * strideWidth + info.effectiveFilterWidth - inWidth - left;
  return [top, Math.max(bottom, below), left, Math.max(right, beyond)];
}
