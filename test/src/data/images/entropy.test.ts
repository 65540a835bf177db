import { describe, expect, test } from "vitest";
import { entropyPlan, unusedBytes } from "../../../../src/data/images/entropy.js";
import { jpegHeader } from "../../../../src/data/images/jpeg-header.js";
import { faultOf, imageFile, jpegs } from "./images.js";

const source = { file: "a.jpg" };
const sequential = jpegs.filter((name) => name !== "progressive.jpg");

function planned(name: (typeof jpegs)[number]) {
  const { bytes } = imageFile(name);
  const header = jpegHeader(bytes, source);
  return { bytes, begin: header.end, end: bytes.length - 2, plan: entropyPlan(bytes, header, source) };
}

describe.each(sequential)("%s", (name) => {
  const { bytes, begin, end, plan } = planned(name);

  test("has just the data that it needs", () => {
    expect(unusedBytes(bytes, begin, end, plan)).toBe(0);
  });

  test("has bytes left over where any follow", () => {
    for (let more = 1; more <= 12; more++) {
      const longer = Buffer.concat([bytes.subarray(0, end), Buffer.alloc(more, 0x55)]);
      expect(unusedBytes(longer, begin, end + more, plan)).toBe(more);
    }
  });

  test("lacks some where any are cut off", () => {
    for (let less = 1; less <= end - begin; less++) expect(unusedBytes(bytes, begin, end - less, plan)).toBeLessThan(0);
  });
});

test("a marker within the data has no meaning", () => {
  const { bytes, begin, end, plan } = planned("420.jpg");
  const bad = Uint8Array.from(bytes);
  bad.set([0xff, 0xd0], begin + 4);
  expect(unusedBytes(bad, begin, end, plan)).toBeLessThan(0);
});

test("a progressive JPEG has no such plan", () => {
  expect(faultOf(() => planned("progressive.jpg")).found).toBe("a progressive one");
});

test.each([
  ["Huffman codes that do not fit their lengths", 0xc4, 1, [5, 1, 0], "more codes"],
  ["Huffman codes that are not in their segment", 0xc4, 16, [255], "a longer one"],
  ["codes that are not there", 0xda, 2, [0x22], "others"],
  ["components in another order", 0xda, 1, [3], "component 3"],
  ["fewer components", 0xda, 0, [1], "another"],
])("%s are an error", (_, marker, offset, values, found) => {
  const bad = Uint8Array.from(imageFile("420.jpg").bytes);
  const at = bad.findIndex((byte, at) => byte === 0xff && bad[at + 1] === marker);
  bad.set(values, at + 4 + offset);
  expect(faultOf(() => entropyPlan(bad, jpegHeader(bad, source), source)).found).toContain(found);
});
