import { RandomState } from "../random/mt19937.js";
import { Xoshiro128 } from "../random/xoshiro.js";

/**
 * Calls something, and sees whether it draws random numbers: by `Math.random`, as TensorFlow.js's dropout does that was given no
 * seed, or of a generator of ours. Listens where all of them pass, for the time of the call.
 */
export function watchChance<T>(call: () => T): { readonly made: T; readonly isByChance: boolean } {
  const [stream, state] = [Xoshiro128.prototype, RandomState.prototype];
  /* eslint-disable @typescript-eslint/unbound-method -- each is called on what it would have been called on */
  const { random } = Math;
  const [ofStream, ofState] = [stream.next, state.next];
  /* eslint-enable @typescript-eslint/unbound-method */
  let isByChance = false;
  Math.random = () => ((isByChance = true), random());
  stream.next = function (this: Xoshiro128) {
    isByChance = true;
    return ofStream.call(this);
  };
  state.next = function (this: RandomState) {
    isByChance = true;
    return ofState.call(this);
  };
  try {
    const made = call();
    return { made, isByChance };
  } finally {
    Object.assign(Math, { random });
    Object.assign(stream, { next: ofStream });
    Object.assign(state, { next: ofState });
  }
}
