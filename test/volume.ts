/** The part of the random cases that are tried: a fifth in `npm test`, all in `npm run test:long`, which runs these tests again. */
const PART = process.env["LONGTAIL_TEST_VOLUME"] === "whole" ? 1 : 0.2;

/** How many of `all` random cases are tried, or how many of their outcomes are expected. */
export const volume = (all: number): number => Math.ceil(all * PART);
