/**
 * What Node 20 and later have and the library of TypeScript 5.0 lacks: array methods that return a changed copy
 * (ES2023). The kernel reads this file as part of every cell's program; the build does not.
 */
interface ChangeByCopy<T> {
  /** A copy with the elements in reverse order. */
  toReversed(): T[];
  /** A sorted copy. Without `compareFn` elements are compared as text. */
  toSorted(compareFn?: (a: T, b: T) => number): T[];
  /** A copy in which `deleteCount` elements from `start` are replaced by `items`. */
  toSpliced(start: number, deleteCount?: number, ...items: T[]): T[];
  /** A copy with the element at `index` (negative: from the end) replaced. */
  with(index: number, value: T): T[];
}
interface Array<T> extends ChangeByCopy<T> {}
interface ReadonlyArray<T> extends ChangeByCopy<T> {}

interface TypedChangeByCopy<Self, Element> {
  /** A copy with the elements in reverse order. */
  toReversed(): Self;
  /** A sorted copy, by number unless `compareFn` says otherwise. */
  toSorted(compareFn?: (a: Element, b: Element) => number): Self;
  /** A copy with the element at `index` (negative: from the end) replaced. */
  with(index: number, value: Element): Self;
}
interface Int8Array extends TypedChangeByCopy<Int8Array, number> {}
interface Uint8Array extends TypedChangeByCopy<Uint8Array, number> {}
interface Uint8ClampedArray extends TypedChangeByCopy<Uint8ClampedArray, number> {}
interface Int16Array extends TypedChangeByCopy<Int16Array, number> {}
interface Uint16Array extends TypedChangeByCopy<Uint16Array, number> {}
interface Int32Array extends TypedChangeByCopy<Int32Array, number> {}
interface Uint32Array extends TypedChangeByCopy<Uint32Array, number> {}
interface Float32Array extends TypedChangeByCopy<Float32Array, number> {}
interface Float64Array extends TypedChangeByCopy<Float64Array, number> {}
interface BigInt64Array extends TypedChangeByCopy<BigInt64Array, bigint> {}
interface BigUint64Array extends TypedChangeByCopy<BigUint64Array, bigint> {}
