import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { createRandomStreams } from "../../engine/streams.js";
import { DECODER_MODELS } from "../../performance/llm/decoder-model.js";
import { createTrainedPhysics } from "../../performance/llm/trained-physics.js";
import type { RequestTable } from "../../workload/requests/request-table.js";
import type { PrefillMode, ServingRun } from "./serving-spec.js";
import { simulateServing } from "./simulate-serving.js";
import { summarizeServing } from "./summary.js";

const stepTime = createTrainedPhysics(
  DECODER_MODELS[0]!,
  { flopPerS: 989e12, memoryBytesPerS: 3350e9 },
  1,
);

/** Conversations with the medians and tails of the Azure hour. */
function conversations(perS: number, seed: number): RequestTable {
  const stream = createRandomStreams(seed).stream("conversations");
  const count = 800;
  const lengths = (mu: number): Int32Array =>
    Int32Array.from({ length: count }, () =>
      Math.min(8000, Math.max(1, Math.round(stream.logNormal({ mu, sigma: 0.9 })))),
    );
  let timeS = 0;
  return {
    count,
    arrivalS: Float64Array.from({ length: count }, () => (timeS += stream.exponential(1 / perS))),
    promptTokens: lengths(6.93),
    outputTokens: lengths(4.86),
  };
}

function runOf(requests: RequestTable, prefill: PrefillMode): ServingRun {
  const batchTokensMax = prefill === "first" ? 16_384 : 2048;
  const replica = { stepTime, cacheBlocks: 23_781, batchTokensMax, requestsMax: 128, prefill };
  return simulateServing({ requests, replica, replicas: 1, router: "round-robin" });
}

describe.each([2, 5, 8])("at %d requests per second", (perS) => {
  test.each([1, 2, 3])("chunks lower TPOT p99 and ITL p99 and raise TTFT, seed %d", (seed) => {
    const requests = conversations(perS, seed);
    const [chunked, first] = (["chunked", "first"] as const).map((prefill) =>
      summarizeServing(requests, runOf(requests, prefill)),
    );
    expect(chunked!.tpotS.p99).toBeLessThan(first!.tpotS.p99!);
    expect(chunked!.itlS.p99).toBeLessThan(first!.itlS.p99!);
    expect(chunked!.itlS.max).toBeLessThan(first!.itlS.max!);
    expect(chunked!.ttftS.mean).toBeGreaterThan(first!.ttftS.mean!);
  });
});

const BLOCKS = [33, 36, 40, 50, 64, 100, 160, 320, 1280];
const lengths = fc.array(
  fc.tuple(
    fc.integer({ min: 1, max: 300 }),
    fc.integer({ min: 1, max: 200 }),
    fc.double({ min: 0, max: 0.2, noNaN: true }),
  ),
  { minLength: 1, maxLength: 50 },
);

function endsS(
  rows: readonly (readonly [number, number, number])[],
  isBurst: boolean,
): readonly number[] {
  let timeS = 0;
  const requests: RequestTable = {
    count: rows.length,
    arrivalS: Float64Array.from(rows, ([, , gapS]) => (timeS += isBurst ? 0 : gapS)),
    promptTokens: Int32Array.from(rows, ([prompt]) => prompt),
    outputTokens: Int32Array.from(rows, ([, output]) => output),
  };
  return BLOCKS.map((cacheBlocks) => {
    const replica = { stepTime, cacheBlocks, batchTokensMax: 256, requestsMax: 64 };
    return simulateServing({ requests, replica, replicas: 1, router: "round-robin" }).endS;
  });
}

/** A step with a full budget of prompts and all requests at their longest. */
const longestStepS = stepTime.stepS({
  prefills: [{ tokens: 256, cachedTokens: 244, promptTokens: 500 }],
  decodes: 50,
  decodeCacheTokens: 50 * 500,
  decodeCacheTokensMax: 500,
});

test.each([
  ["a burst", true],
  ["arrivals", false],
])(
  "property: with %s, more blocks never end later than fewer by more than one step and 1 %",
  (_, isBurst) => {
    fc.assert(
      fc.property(lengths, (rows) => {
        let leastS = Infinity;
        for (const endS of endsS(rows, isBurst)) {
          expect(endS).toBeLessThanOrEqual(leastS * 1.01 + longestStepS);
          leastS = Math.min(leastS, endS);
        }
      }),
      { numRuns: 50 },
    );
  },
);

test("not strictly never: who comes in earlier may cut prompts so that the last step is another", () => {
  const [fewer, more] = endsS(
    [
      [59, 17, 0],
      [204, 10, 0],
      [269, 5, 0],
    ],
    true,
  );
  expect(more! / fewer! - 1).toBeGreaterThan(0);
  expect(more! / fewer! - 1).toBeLessThan(0.001);
});

test("more blocks never lower the throughput of any of 30 bursts of 20 to 60 requests", () => {
  for (let seed = 1; seed <= 30; seed++) {
    const stream = createRandomStreams(seed).stream("bursts");
    const rows = Array.from(
      { length: 20 + stream.integerBelow(40) },
      () => [1 + stream.integerBelow(300), 1 + stream.integerBelow(200), 0] as const,
    );
    const ends = endsS(rows, true);
    expect(ends.toSorted((left, right) => right - left)).toEqual(ends);
  }
});
