import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { prepareEnvironment } from "../../../../src/backend/tensorflow/environment.js";

test("sets what the user has not set", () => {
  const environment = { LONGTAIL_THREADS: "3", TF_CPP_MIN_LOG_LEVEL: "0" };
  prepareEnvironment(environment);
  expect(environment).toEqual({
    LONGTAIL_THREADS: "3",
    TF_NUM_INTRAOP_THREADS: "3",
    TF_FORCE_GPU_ALLOW_GROWTH: "true",
    TF_CPP_MIN_LOG_LEVEL: "0",
  });
});

test("gives Node the function that tfjs-node 4.22 calls and Node 23 lacks", () => {
  const util = createRequire(import.meta.url)("node:util") as Record<string, unknown>;
  const former = util["isNullOrUndefined"];
  delete util["isNullOrUndefined"];
  prepareEnvironment({});
  const own = util["isNullOrUndefined"] as (value: unknown) => boolean;
  expect([null, undefined, 0, ""].map((value) => own(value))).toEqual([true, true, false, false]);
  if (former !== undefined) util["isNullOrUndefined"] = former;
});
