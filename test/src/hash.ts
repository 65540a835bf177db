/**
 * Numbers that tests and the Python scripts beside the fixtures compute alike, so that no file holds them: float32, uniform
 * from centre - bound to centre + bound, by a hash (lowbias32) of a stream's number and an index.
 */
export function hashed(stream: number, count: number, bound: number, centre = 0): Float32Array {
  return Float32Array.from({ length: count }, (_, index) => {
    let x = Math.imul(index, 0x85ebca6b) + Math.imul(stream, 0x9e3779b1);
    x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
    x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
    return centre + (((x ^ (x >>> 16)) >>> 0) / 2 ** 31 - 1) * bound;
  });
}
