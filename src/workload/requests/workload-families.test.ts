import { expect, test } from "vitest";

import { createRandomStreams, type RandomStream } from "../../engine/streams.js";
import { quantile } from "../../stats/quantile.js";
import { AZURE_PRESETS } from "./azure-presets.js";
import { generateRequests } from "./generate-requests.js";
import type { TrafficClass, ValueDistribution } from "./traffic-description.js";
import { trafficFaults } from "./traffic-faults.js";
import { WORKLOAD_FAMILIES } from "./workload-families.js";

const stream = (seed = 1): RandomStream => createRandomStreams(seed).stream("traffic");

test.each(AZURE_PRESETS)("$name has the published medians and tails", (preset) => {
  const { requestsPerS, gapVariation } = preset;
  const table = generateRequests(
    { arrivals: { requestsPerS, gapVariation }, durationS: 7200, classes: [preset.class] },
    stream(),
  );
  const lengths = preset.class.lengths as Extract<TrafficClass["lengths"], { kind: "independent" }>;
  for (const [column, of] of [
    [table.promptTokens, lengths.promptTokens],
    [table.outputTokens, lengths.outputTokens],
  ] as const) {
    const { points } = of as Extract<ValueDistribution, { kind: "quantiles" }>;
    for (const [q, value] of points.slice(3, -2))
      expect(Math.abs(quantile(column, q)! / value - 1)).toBeLessThan(0.12);
  }
});

test.each(WORKLOAD_FAMILIES)("$name can be drawn and stays in the model's context", (family) => {
  const one = family.classOf(131_072);
  const description = { arrivals: { requestsPerS: 2 }, durationS: 2000, classes: [one] };
  expect(trafficFaults(description)).toEqual([]);
  const table = generateRequests(description, stream());
  expect(table.count).toBeGreaterThan(1000);
  const fits = table.promptTokens.map((tokens, row) =>
    Number(tokens + table.outputTokens[row]! <= 131_072),
  );
  if (table.conversation !== undefined) expect(fits.every((fit) => fit === 1)).toBe(true);
});

test("bimodal lengths have the published mean and deviation", () => {
  const { lengths } = WORKLOAD_FAMILIES.find(({ name }) => name === "deep-research")!.classOf(1e6);
  const { parts } = (lengths as { outputTokens: Extract<ValueDistribution, { kind: "mixture" }> })
    .outputTokens;
  const values = parts.map(({ of }) => (of as { value: number }).value);
  const average = parts.reduce((sum, { weight }, at) => sum + weight * values[at]!, 0);
  const variance = parts.reduce(
    (sum, { weight }, at) => sum + weight * (values[at]! - average) ** 2,
    0,
  );
  expect(average).toBeCloseTo(300, 9);
  expect(Math.sqrt(variance)).toBeCloseTo(850, 9);
});
