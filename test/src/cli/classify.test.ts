import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { use } from "../../../src/backend/device.js";
import { encodePng } from "../../../src/data/index.js";
import { small } from "../../../src/models/index.js";
import { Classifier, type Classified } from "../../../src/train/index.js";
import { longtail, type Outcome } from "./longtail.js";

const folder = mkdtempSync(join(tmpdir(), "cli-classify-test-"));
const classify = (...args: string[]): Promise<Outcome> => longtail(folder, ["classify", ...args]).ended;
const pictures = ["light.png", "a dark one.png"];
let expected: Classified[];

beforeAll(async () => {
  await use("simd");
  const about = { classes: ["cat", "dog"], shape: [8, 8, 3], scale: 1 } as const;
  const preprocessing = { fit: "cover", orientation: "exif" } as const;
  const normalization = { mean: [0.5, 0.5, 0.5], deviation: [0.3, 0.3, 0.3] };
  const classifier = new Classifier(small({ classes: 2, seed: 2 }), { ...about, normalization, preprocessing });
  await classifier.save(join(folder, "pets.classifier"));
  pictures.forEach((name, i) => {
    const bytes = new Uint8Array(12 * 9 * 3).fill(i === 0 ? 250 : 20);
    writeFileSync(join(folder, name), encodePng({ bytes, shape: [12, 9, 3] }));
  });
  expected = await classifier.classify(pictures.map((name) => join(folder, name)));
  classifier.dispose();
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("longtail classify", () => {
  it("says of each picture what the network takes it for, and how sure it is", async () => {
    const { code, out, err } = await classify("pets.classifier", ...pictures);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const [heads, , ...lines] = out.trimEnd().split("\n");
    expect(heads).toMatch(/^file +class +probability$/);
    expect(lines).toHaveLength(2);
    for (const [i, line] of lines.entries()) {
      const [, file, likeliest, probability] = /^(.*\S) +(\S+) +(\S+)$/.exec(line)!;
      expect([file, likeliest]).toEqual([pictures[i], expected[i]!.class]);
      expect(Math.abs(Number(probability) - expected[i]!.probability)).toBeLessThan(1e-4);
    }
  });

  it("writes all probabilities as CSV and JSON, whose digits are those of classify", async () => {
    const asJson = await classify("pets.classifier", "--format", "json", ...pictures);
    expect(JSON.parse(asJson.out)).toEqual(
      expected.map(({ class: likeliest, probability, probabilities: [cat, dog] }, i) => {
        return { file: pictures[i], class: likeliest, probability, probabilities: { cat, dog } };
      }),
    );
    const [heads, ...lines] = (await classify("pets.classifier", "--format", "csv", ...pictures)).out.split("\r\n");
    expect(heads).toBe("file,class,probability,cat,dog");
    const rows = expected.map((one, i) => [pictures[i], one.class, one.probability, ...one.probabilities].join());
    expect(lines).toEqual([...rows, ""]);
  });

  it("goes on after a picture that cannot be read, says why, and ends with code 1", async () => {
    const many = Array.from({ length: 33 }, () => "light.png"); // more than are read at a time
    const files = ["none.png", ...many, "pets.classifier", "a dark one.png"];
    const { code, out, err } = await classify("pets.classifier", "--format", "csv", ...files);
    expect(code).toBe(1);
    const read = out.trimEnd().split("\r\n").slice(1).map((line) => line.split(",")[0]); // prettier-ignore
    expect(read).toEqual([...many, "a dark one.png"]);
    expect(err).toMatch(/^longtail: none\.png, byte 0: .*\nlongtail: pets\.classifier, byte 0: .*\n$/);
  });

  it("ends with code 2 where the command line is wrong", async () => {
    const cases: [string[], string][] = [
      [[], "Expected the FILE of a network and one or more PICTURES, found nothing"],
      [["pets.classifier"], "Expected one or more PICTURES after pets.classifier, found none"],
      [["pets.classifier", "--csv"], "Unknown option --csv"],
      [["pets.classifier", "light.png", "--format", "xml"], '--format: expected text, csv, json, found "xml"'],
    ];
    for (const [args, message] of cases) {
      const { code, out, err } = await classify(...args);
      expect({ code, out }).toEqual({ code: 2, out: "" });
      expect(err).toContain(`longtail: ${message}`);
      expect(err).toMatch(/\nSee longtail classify --help\n$/);
    }
  });

  it("ends with code 1 where a file cannot be used, and says which", async () => {
    const cases: [string[], RegExp][] = [
      [["none.classifier", "light.png"], /none\.classifier/],
      [[".", "light.png"], /^longtail: \. is a folder, expected a file in it\n$/],
      [["light.png", "light.png"], /^longtail: light\.png is not a whole checkpoint: expected it to begin with/],
      [["pets.classifier", "pets.classifier"], /^longtail: pets\.classifier/],
    ];
    for (const [args, message] of cases) {
      const { code, out, err } = await classify(...args);
      expect({ code, out }).toEqual({ code: 1, out: "" });
      expect(err).toMatch(message);
      expect(err).not.toContain("    at "); // no stack
    }
  });

  it("--help shows how", async () => {
    const { code, out } = await classify("--help");
    expect(code).toBe(0);
    for (const word of ["longtail classify FILE PICTURES...", "network.classifier", "*.jpg"])
      expect(out).toContain(word);
  });
});
