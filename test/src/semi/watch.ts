import type { Tensor4D } from "@tensorflow/tfjs-core";
import type { Network } from "../../../src/models/index.js";
import { rowsOf } from "./tiny-network.js";

/** Everything that a network is shown from now on. */
export function watch(network: Network): number[][][] {
  const seen: number[][][] = [];
  const features = network.features.bind(network);
  network.features = (images: Tensor4D, ...rest) => {
    seen.push(rowsOf(images));
    return features(images, ...rest);
  };
  return seen;
}
