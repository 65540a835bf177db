/** TensorFlow.js's specs that the backend "simd" need not pass: starts of their names, and why. */
export const excluded = {
  "Switching cpu backends":
    'written for the backend called "cpu" alone; test/src/backend/simd/backend.test.ts moves tensors between that and ours',
};

/** @returns the start that excludes a spec, if one does */
export function exclusion(name) {
  return Object.keys(excluded).find((start) => name.startsWith(start));
}
