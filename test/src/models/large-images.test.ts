import { beforeAll, expect, test } from "vitest";
import { use } from "../../../src/backend/device.js";
import { resnet10 } from "../../../src/models/index.js";
import { compare } from "./against-torch.js";

beforeAll(() => use("simd"));

test("resnet10 of 1000 classes has 5,418,792 parameters", () => {
  const network = resnet10({ classes: 1000 });
  expect(network.parameterCount).toBe(5_418_792);
  expect(network.width).toBe(512);
  network.dispose();
});

test("resnet10: a step of training and an evaluation, against PyTorch", () =>
  compare("resnet10", 5_418_792 - 513 * 995));

// 25,557,032 at 1000 classes, torchvision's number.
test("resnet50: the same", () => compare("resnet50", 25_557_032 - 2049 * 995));
