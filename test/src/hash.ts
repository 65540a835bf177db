/** A hash (lowbias32) of a stream's number and an index, as the Python scripts beside the fixtures compute it, too. */
export function integers(stream: number, count: number): Uint32Array {
  const all = new Uint32Array(count);
  for (let index = 0; index < count; index++) {
    let x = Math.imul(index, 0x85ebca6b) + Math.imul(stream, 0x9e3779b1);
    x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
    x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
    all[index] = x ^ (x >>> 16);
  }
  return all;
}

/** Numbers that no file has to hold: float32, uniform from centre - bound to centre + bound. */
export function hashed(stream: number, count: number, bound: number, centre = 0): Float32Array {
  const values = new Float32Array(count);
  integers(stream, count).forEach((x, i) => (values[i] = centre + (x / 2 ** 31 - 1) * bound));
  return values;
}
