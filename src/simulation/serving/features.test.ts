import fc from "fast-check";
import { expect, test } from "vitest";

import { DECODER_MODELS } from "../../performance/llm/decoder-model.js";
import type { StepTimeModel } from "../../performance/llm/step-time.js";
import { createTrainedPhysics } from "../../performance/llm/trained-physics.js";
import type { RequestTable } from "../../workload/requests/request-table.js";
import { createService } from "./create-service.js";
import { REQUEST_OUTCOMES, requestOfRow } from "./request-ledger.js";
import type { Service } from "./service.js";
import type { ReplicaSpec, RouterSpec, ServingRun, ServingSpec } from "./serving-spec.js";
import { simulateServing } from "./simulate-serving.js";

const physics = createTrainedPhysics(
  DECODER_MODELS[0]!,
  { flopPerS: 989e12, memoryBytesPerS: 3350e9 },
  1,
);

/** Steps that do not grow evenly: the square root of the cache. */
const uneven: StepTimeModel = {
  name: "uneven",
  source: "test",
  stepS: ({ prefills, decodeCacheTokens, decodes }) =>
    0.01 + Math.sqrt(decodeCacheTokens + decodes) / 1000 + prefills.length / 100,
  beforeS: 0.01,
  afterS: 0.001,
  perTokenS: 0.0001,
};

/** Steps of one length, so that many things happen at the same time. */
const even: StepTimeModel = {
  ...uneven,
  name: "even",
  stepS: ({ prefills }) => (prefills.length > 0 ? 0.5 : 0.25),
  decodeGrowthS: () => 0,
};

const CONVERSATIONS = 4;
const rowsOf = fc.array(
  fc.record({
    gapS: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 2, noNaN: true })),
    prompt: fc.integer({ min: 1, max: 110 }),
    output: fc.integer({ min: 1, max: 80 }),
    classIndex: fc.integer({ min: 0, max: 2 }),
    adapter: fc.integer({ min: -1, max: 3 }),
    group: fc.integer({ min: -1, max: 2 }),
    conversation: fc.integer({ min: -1, max: CONVERSATIONS - 1 }),
  }),
  { minLength: 1, maxLength: 40 },
);
type Rows = typeof rowsOf extends fc.Arbitrary<infer Value> ? Value : never;

/** Tokens of the beginnings that the groups have in common. */
const BEGINNINGS = [0, 40, 64];

function tableOf(rows: Rows): RequestTable {
  let timeS = 0;
  const context = new Array<number>(CONVERSATIONS).fill(0);
  const arrivalS: number[] = [];
  const prompts = rows.map(({ gapS, prompt, output, conversation }) => {
    arrivalS.push((timeS += gapS));
    if (conversation < 0) return prompt;
    // A turn has all that was said before; conversations that grew too long begin again.
    const before = context[conversation]! > 150 ? 0 : context[conversation]!;
    context[conversation] = before + prompt + output;
    return before + prompt;
  });
  const group = Int32Array.from(rows, ({ group: one, conversation }) =>
    conversation < 0 ? one : -1,
  );
  return {
    count: rows.length,
    arrivalS: Float64Array.from(arrivalS),
    promptTokens: Int32Array.from(prompts),
    outputTokens: Int32Array.from(rows, ({ output }) => output),
    classes: { names: ["a", "b", "c"], index: Int32Array.from(rows, (row) => row.classIndex) },
    adapters: { names: ["w", "x", "y", "z"], index: Int32Array.from(rows, (row) => row.adapter) },
    prefixes: {
      group,
      tokens: Int32Array.from(rows, (_, row) =>
        group[row]! < 0 ? 0 : Math.min(prompts[row]!, BEGINNINGS[group[row]!]!),
      ),
    },
    conversation: Int32Array.from(rows, (row) => row.conversation),
  };
}

const router = fc.constantFrom<RouterSpec>(
  { name: "round-robin" },
  { name: "random" },
  { name: "least-outstanding" },
  { name: "session-affinity" },
  { name: "endpoint-picker" },
  {
    name: "endpoint-picker",
    metricsAgeMaxS: 1.5,
    scorers: [
      { scorer: "lora-affinity" },
      { scorer: "load-aware", weight: 2 },
      { scorer: "active-request" },
    ],
  },
);

const optional = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(value, { nil: undefined });

const worlds = fc.record({
  rows: rowsOf,
  router,
  replicas: fc.integer({ min: 1, max: 3 }),
  cacheBlocks: fc.integer({ min: 24, max: 70 }),
  batchTokensMax: fc.integer({ min: 1, max: 96 }),
  requestsMax: fc.integer({ min: 1, max: 10 }),
  stepTime: fc.constantFrom(physics, uneven, even),
  prefill: fc.constantFrom(
    "chunked" as const,
    "chunked" as const,
    "whole" as const,
    "first" as const,
  ),
  order: fc.constantFrom("fcfs" as const, "priority" as const),
  hasPrefixCache: fc.boolean(),
  adapters: optional(
    fc.record({
      slots: fc.integer({ min: 1, max: 3 }),
      loadS: fc.constantFrom(0, 0.3),
      copyS: fc.constantFrom(0, 0.1),
    }),
  ),
  layout: fc.constantFrom("single", "single", "engines", "lockstep", "pipeline", "roles"),
  waitMaxS: optional(fc.double({ min: 0.5, max: 20, noNaN: true })),
  waitingMax: optional(fc.constantFrom(1, 4, "requests-max" as const)),
  isShedding: fc.boolean(),
  retryAfterS: fc.constantFrom<readonly number[]>([], [0.5, 1]),
});
type World = typeof worlds extends fc.Arbitrary<infer Value> ? Value : never;

function specOf(world: World): ServingSpec {
  const { layout, waitMaxS, waitingMax, adapters, isShedding, retryAfterS } = world;
  const { cacheBlocks, requestsMax, stepTime, prefill, order, hasPrefixCache } = world;
  const base: ReplicaSpec = {
    ...{ cacheBlocks, requestsMax, stepTime, prefill, order, hasPrefixCache },
    // Prompts that are not cut fit into a step.
    batchTokensMax: prefill === "chunked" ? world.batchTokensMax : 200 + world.batchTokensMax,
    ...(adapters === undefined ? {} : { adapters }),
  };
  const transfer = { bytesPerToken: 1000, bytesPerS: 50_000, latencyS: 0.05 };
  return {
    requests: tableOf(world.rows),
    router: world.router,
    replicas: world.replicas,
    replica: {
      ...base,
      ...(layout === "engines" ? { dataParallel: { engines: 2, isLockstep: false } } : {}),
      ...(layout === "lockstep" ? { dataParallel: { engines: 2, isLockstep: true } } : {}),
      ...(layout === "pipeline"
        ? { pipeline: { stages: 3, bytesPerToken: 100, bytesPerS: 1e6, latencyS: 0.001 } }
        : {}),
      ...(layout === "roles" ? { role: "prefill" as const } : {}),
    },
    ...(layout === "roles"
      ? {
          decoding: {
            replica: {
              ...base,
              transfer,
              role: "decode" as const,
              prefill: prefill === "first" ? ("whole" as const) : prefill,
            },
            replicas: 2,
          },
        }
      : {}),
    classes: [{ name: "a", priority: 1 }, { name: "b" }, { name: "c", priority: -1 }],
    admission: {
      ...(waitMaxS === undefined ? {} : { waitMaxS }),
      ...(waitingMax === undefined ? {} : { waitingMax }),
      ...(isShedding ? { saturation: { waiting: 2, cacheShare: 0.6 } } : {}),
      retryAfterS,
    },
  };
}

/** All a run says, but for how it was computed. */
function saidBy({ decisions: _, ...run }: ServingRun): Omit<ServingRun, "decisions"> {
  return run;
}

/** Runs a service whose replicas come, drain and are lost while requests arrive, until nothing more can happen. */
function eventfulRun(
  spec: ServingSpec,
  actions: readonly (readonly [row: number, action: "add" | "drain" | "lose"])[],
  isStepwise: boolean,
): Service {
  const service = createService(spec, { isStepwise, checkInvariants: true });
  const { requests, replica, decoding } = spec;
  const specs = [replica, ...(decoding === undefined ? [] : [decoding.replica])];
  const alive: number[] = [];
  let next = 0;
  for (let row = 0; row < requests.count; row++) {
    const request = requestOfRow(requests, row);
    for (const [, action] of actions.filter(([at]) => at === row)) {
      if (action === "add")
        alive.push(service.addReplica(specs[next++ % specs.length]!, request.arrivalS));
      const one = alive[next % Math.max(1, alive.length)];
      if (action === "add" || one === undefined) continue;
      if (action === "drain") service.drainReplica(one, request.arrivalS);
      else service.loseReplica(one, request.arrivalS);
      alive.splice(alive.indexOf(one), 1);
    }
    service.arrive(request);
  }
  // In the end there is one of each kind.
  for (const one of specs) service.addReplica(one, service.nowS);
  service.runUntil(Infinity);
  return service;
}

test("property: replicas that come, drain and are lost change nothing of this, and nobody is forgotten", () => {
  const actions = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 39 }), fc.constantFrom("add", "add", "drain", "lose")),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(worlds, actions, (world, when) => {
      const spec = specOf(world);
      const [one, other] = [false, true].map((isStepwise) => {
        const service = eventfulRun(spec, when, isStepwise);
        const { ledger } = service;
        const { outcome, firstTokenS, lastTokenS, replicaOf, preemptions, restarts } = ledger;
        const columns = [outcome, firstTokenS, lastTokenS, replicaOf, preemptions, restarts];
        return columns.map((column) => [...column.subarray(0, ledger.count)]);
      });
      expect(one).toEqual(other);
      expect(one![0]!.every((outcome) => REQUEST_OUTCOMES[outcome] !== "open")).toBe(true);
    }),
    { numRuns: 150 },
  );
});

test("property: whatever is switched on, stretches give the bits of steps taken one by one", () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const spec = specOf(world);
      const together = simulateServing(spec, { checkInvariants: true });
      const stepwise = simulateServing(spec, { isStepwise: true });
      expect(saidBy(together)).toEqual(saidBy(stepwise));
    }),
    { numRuns: 250 },
  );
});

test("property: every request is answered, refused or gone, once; tokens are those that were asked for", () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const spec = specOf(world);
      const run = simulateServing(spec, { checkInvariants: true });
      const { promptTokens, outputTokens, count } = spec.requests;
      const sums = { finished: 0, promptTokens: 0, outputTokens: 0, gaps: 0 };
      for (let request = 0; request < count; request++) {
        const outcome = REQUEST_OUTCOMES[run.outcome[request]!]!;
        expect(outcome).not.toBe("open");
        expect(Number.isNaN(run.e2eS[request]!)).toBe(outcome !== "answered");
        if (outcome !== "answered") continue;
        expect(run.ttftS[request]).toBeGreaterThan(0);
        expect(run.e2eS[request]).toBeGreaterThanOrEqual(run.ttftS[request]!);
        sums.finished++;
        sums.promptTokens += promptTokens[request]!;
        sums.outputTokens += outputTokens[request]!;
        sums.gaps += outputTokens[request]! - 1;
      }
      expect(run.counters).toMatchObject({
        finished: sums.finished,
        promptTokens: sums.promptTokens,
        outputTokens: sums.outputTokens,
      });
      expect(sums.finished + run.rejected + run.refused + run.gaveUp).toBe(count);
      expect(run.itlS.count).toBe(sums.gaps);
      const classes = run.itlOfClassS.reduce((sum, { count: gaps }) => sum + gaps, 0);
      expect(classes).toBe(sums.gaps);
    }),
    { numRuns: 100 },
  );
});
