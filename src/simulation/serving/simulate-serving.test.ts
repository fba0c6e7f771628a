import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { DECODER_MODELS } from "../../performance/llm/decoder-model.js";
import type { StepTimeModel } from "../../performance/llm/step-time.js";
import { createTrainedPhysics } from "../../performance/llm/trained-physics.js";
import type { RequestTable } from "../../workload/requests/request-table.js";
import type { ServingRun, ServingSpec } from "./serving-spec.js";
import { simulateServing } from "./simulate-serving.js";

const physics = createTrainedPhysics(
  DECODER_MODELS[0]!,
  { flopPerS: 989e12, memoryBytesPerS: 3350e9 },
  1,
);

/** One second per step, and a tenth more for each token of a prompt: easy to follow by hand. */
const byHand: StepTimeModel = {
  name: "by hand",
  source: "test",
  stepS: ({ prefills }) => 1 + prefills.reduce((sum, { tokens }) => sum + tokens, 0) / 10,
  beforeS: 0,
  afterS: 0,
  perTokenS: 0,
};

/** Steps that do not grow evenly: the square root of the cache. */
const uneven: StepTimeModel = {
  ...byHand,
  stepS: ({ prefills, decodeCacheTokens, decodes }) =>
    0.01 + Math.sqrt(decodeCacheTokens + decodes) / 1000 + prefills.length / 100,
};

function tableOf(rows: readonly (readonly [number, number, number])[]): RequestTable {
  return {
    count: rows.length,
    arrivalS: Float64Array.from(rows, ([arrivalS]) => arrivalS),
    promptTokens: Int32Array.from(rows, ([, prompt]) => prompt),
    outputTokens: Int32Array.from(rows, ([, , output]) => output),
  };
}

function specOf(requests: RequestTable, more: Partial<ServingSpec["replica"]> = {}): ServingSpec {
  return {
    requests,
    replica: { stepTime: byHand, cacheBlocks: 100, batchTokensMax: 10, requestsMax: 4, ...more },
    replicas: 1,
    router: "round-robin",
  };
}

describe("by hand", () => {
  test("a prompt of 15 tokens in chunks of 10 and 5, then two more tokens", () => {
    const { ttftS, tpotS, e2eS, steps } = simulateServing(specOf(tableOf([[0, 15, 3]])));
    expect(ttftS[0]).toBeCloseTo(2 + 1.5, 12);
    expect(e2eS[0]).toBeCloseTo(3.5 + 2, 12);
    expect(tpotS[0]).toBeCloseTo(1, 12);
    expect(steps).toBe(4);
  });

  test("one who arrives during a step joins the next one, beside the decoding", () => {
    const { ttftS, e2eS } = simulateServing(
      specOf(
        tableOf([
          [0, 5, 4],
          [1.6, 5, 1],
        ]),
      ),
    );
    // Steps end at 1.5, then 2.5 (begun before 1.6), then 4.0 with the second prompt, then 5.0.
    expect(ttftS[1]).toBeCloseTo(4 - 1.6, 12);
    expect(e2eS[0]).toBeCloseTo(5, 12);
  });

  test("who finds no block takes those of the youngest, which begins again", () => {
    // Two blocks of 16: both prompts fill one; the 17th token of the first needs a second one.
    const run = simulateServing(
      specOf(
        tableOf([
          [0, 15, 4],
          [0, 15, 2],
        ]),
        { cacheBlocks: 2, batchTokensMax: 100 },
      ),
    );
    expect([...run.preemptions]).toEqual([0, 0]);
    const tight = simulateServing(
      specOf(
        tableOf([
          [0, 15, 4],
          [0, 14, 6],
        ]),
        { cacheBlocks: 2, batchTokensMax: 100 },
      ),
    );
    expect([...tight.preemptions]).toEqual([0, 1]);
    expect(tight.e2eS[1]).toBeGreaterThan(tight.e2eS[0]!);
  });

  test("a request larger than the cache is rejected, and nobody waits for it", () => {
    const run = simulateServing(
      specOf(
        tableOf([
          [0, 40, 1],
          [0, 5, 1],
        ]),
        { cacheBlocks: 2 },
      ),
    );
    expect(run.rejected).toBe(1);
    expect(run.e2eS[0]).toBeNaN();
    expect(run.e2eS[1]).toBeCloseTo(1.5, 12);
  });

  test("least outstanding chooses the emptier replica, round-robin the next", () => {
    const requests = tableOf([
      [0, 5, 50],
      [1, 5, 1],
      [9, 5, 1],
      [10, 5, 1],
    ]);
    const least = simulateServing({
      ...specOf(requests),
      replicas: 2,
      router: "least-outstanding",
    });
    expect([...least.replicaOf]).toEqual([0, 1, 1, 1]);
    const round = simulateServing({ ...specOf(requests), replicas: 2 });
    expect([...round.replicaOf]).toEqual([0, 1, 0, 1]);
  });
});

const workloads = fc.record({
  rows: fc.array(
    fc.tuple(
      fc.double({ min: 0, max: 3, noNaN: true }),
      fc.integer({ min: 1, max: 120 }),
      fc.integer({ min: 1, max: 90 }),
    ),
    { minLength: 1, maxLength: 40 },
  ),
  cacheBlocks: fc.integer({ min: 14, max: 60 }),
  batchTokensMax: fc.integer({ min: 1, max: 64 }),
  requestsMax: fc.integer({ min: 1, max: 12 }),
  replicas: fc.integer({ min: 1, max: 3 }),
  router: fc.constantFrom("round-robin" as const, "least-outstanding" as const),
  stepTime: fc.constantFrom(physics, uneven, byHand),
});

function specFrom(
  input: typeof workloads extends fc.Arbitrary<infer Value> ? Value : never,
): ServingSpec {
  const { rows, replicas, router, ...replica } = input;
  let arrivalS = 0;
  const sorted = rows.map(([gapS, prompt, output]) => {
    arrivalS += gapS;
    return [arrivalS, prompt, output] as const;
  });
  return { requests: tableOf(sorted), replica, replicas, router };
}

test("property: stretches taken together give the bits of steps taken one by one", () => {
  fc.assert(
    fc.property(workloads, (input) => {
      const spec = specFrom(input);
      const together = simulateServing(spec);
      const stepwise = simulateServing(spec, { isStepwise: true });
      const same = ({ decisions: _, ...run }: ServingRun): Omit<ServingRun, "decisions"> => run;
      expect(same(together)).toEqual(same(stepwise));
      expect(together.decisions).toBeLessThanOrEqual(stepwise.decisions);
    }),
    { numRuns: 200 },
  );
});

test("property: every request is answered or rejected, and no block is lost or held twice", () => {
  fc.assert(
    fc.property(workloads, (input) => {
      const spec = specFrom(input);
      const run = simulateServing(spec, { checkInvariants: true });
      const answered = run.e2eS.filter((value) => !Number.isNaN(value)).length;
      expect(answered + run.rejected).toBe(spec.requests.count);
      for (let request = 0; request < spec.requests.count; request++) {
        if (run.replicaOf[request] === -1) continue;
        expect(run.ttftS[request]).toBeGreaterThan(0);
        expect(run.e2eS[request]).toBeGreaterThanOrEqual(run.ttftS[request]!);
      }
    }),
  );
});

test("property: without shortage of blocks, more blocks change nothing", () => {
  fc.assert(
    fc.property(workloads, (input) => {
      const ample = { ...specFrom(input), replicas: 1 };
      const blocks = 14 * 40;
      const run = (cacheBlocks: number): ServingRun =>
        simulateServing({ ...ample, replica: { ...ample.replica, cacheBlocks } });
      expect(run(blocks)).toEqual(run(2 * blocks));
    }),
  );
});

test("more blocks answer a burst sooner, fewer never", () => {
  const rows = Array.from({ length: 60 }, () => [0, 100, 60] as const);
  const ends = [20, 40, 80, 160, 600].map(
    (cacheBlocks) =>
      simulateServing(
        specOf(tableOf(rows), {
          stepTime: physics,
          cacheBlocks,
          batchTokensMax: 256,
          requestsMax: 60,
        }),
      ).endS,
  );
  expect(ends.toSorted((a, b) => b - a)).toEqual(ends);
});
