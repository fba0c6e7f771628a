// Suggestions help when they are near and mislead when they are not: both sides of the threshold.
import { expect, test } from "vitest";

import { didYouMean } from "./did-you-mean.js";

test.each([
  ["one letter missing", "hostng", ["count", "hosting"], "hosting"],
  ["another case", "BareMetal", ["vm", "bare-metal"], "bare-metal"],
  ["other separators", "gpu_models", ["gpuModels"], "gpuModels"],
  ["spaces", "best fit", ["best-fit"], "best-fit"],
  ["the nearest of several", "cpus", ["gpus", "cpu", "count"], "gpus"],
  ["the first of equals", "xpu", ["gpu", "cpu"], "gpu"],
  ["nothing in common", "banana", ["vm", "bare-metal"], undefined],
  ["exactly the threshold is too far", "abcde", ["abxyz"], undefined],
  ["just above the threshold", "abcdefg", ["abcxyzw"], "abcxyzw"],
  ["the name itself is no suggestion", "cpu", ["cpu"], undefined],
  ["no candidates", "cpu", [], undefined],
  ["empty name", "", ["cpu"], undefined],
  ["only punctuation", "--", ["cpu"], undefined],
  ["too long to compare", "c".repeat(201), ["c".repeat(200)], undefined],
])("%s", (_, name, candidates, want) => {
  expect(didYouMean(name, candidates)).toBe(want);
});
