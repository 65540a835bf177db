import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { inflateSync } from "node:zlib";

/** The folder of real images, or undefined: tests that need it are skipped then. */
export const datasets = process.env.LONGTAIL_DATASETS || undefined;

/** Title of tests on real images: says why they are skipped. */
export const onRealImages = `on real images${datasets === undefined ? " (skipped: LONGTAIL_DATASETS is not set)" : ""}`;

export function fixture<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../../fixtures/data/${name}`, import.meta.url), "utf8")) as T;
}

/** A file of a fixture: deflated, in base64. */
export function unpacked(text: string): Buffer {
  return inflateSync(Buffer.from(text, "base64"));
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

interface ImageFixture {
  /** Digests of the first three images of every fixture, or the first, NHWC. */
  readonly nhwc: string;
  readonly nhwcOfOne: string;
  readonly cifar10: { readonly file: string; readonly labels: number[] };
  readonly cifar100: { readonly file: string; readonly coarse: number[]; readonly fine: number[] };
  readonly svhn: {
    readonly labels: number[];
    readonly files: Record<string, string>;
    readonly ofOne: string;
    readonly level4: string;
    readonly doubles: string;
    readonly withoutLabels: string;
    readonly tooFewLabels: string;
    readonly labelOutOfRange: string;
  };
  readonly idx: {
    readonly images: string;
    readonly labels: string;
    readonly shape: number[];
    readonly nhwc: string;
    readonly digits: number[];
  };
}

export const images = fixture<ImageFixture>("images.json");

type ByProtocol = Record<string, string>;

interface PickleFixture {
  readonly plain: { readonly value: unknown; readonly pickles: ByProtocol };
  readonly arrays: { readonly value: unknown; readonly pickles: ByProtocol };
  readonly seven1500Times: ByProtocol;
  readonly refused: { readonly name: string; readonly found: string; readonly pickles: ByProtocol }[];
  /** Digest of the two images of the sets, NHWC. */
  readonly nhwc: string;
  readonly cifar10: ByProtocol;
  readonly cifar100: ByProtocol;
  readonly tiny: ByProtocol;
}

/** By the Python and numpy that made them. */
export const pickles = fixture<Record<string, PickleFixture>>("pickles.json");
