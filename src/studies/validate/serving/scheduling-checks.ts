import { createRandomStreams, type RandomStream } from "../../../engine/streams.js";
import { DECODER_MODELS } from "../../../performance/llm/decoder-model.js";
import { createTrainedPhysics } from "../../../performance/llm/trained-physics.js";
import type {
  ReplicaSpec,
  ServingRun,
  ServingSpec,
} from "../../../simulation/serving/serving-spec.js";
import { simulateServing } from "../../../simulation/serving/simulate-serving.js";
import { type ServingSummary, summarizeServing } from "../../../simulation/serving/summary.js";
import type { RequestTable } from "../../../workload/requests/request-table.js";
import type { Check } from "../check.js";

const stepTime = createTrainedPhysics(
  DECODER_MODELS[0]!,
  { flopPerS: 989e12, memoryBytesPerS: 3350e9 },
  1,
);
const CONVERSATIONS = 2000;
const REQUESTS_PER_S = 6;
const WORKLOADS = 60;

/** What every simulation of continuous batching must show, whatever the step times: no data is needed. */
export function schedulingChecks(): readonly Check[] {
  return [...chunkingChecks(), blocksCheck(), ...stepwiseChecks()];
}

/** Prompts in chunks beside decoding requests, against prompts in steps of their own before all decoding. */
function chunkingChecks(): readonly Check[] {
  const requests = conversations();
  const summaryOf = (more: Pick<ReplicaSpec, "prefill" | "batchTokensMax">): ServingSummary => {
    const replica = { stepTime, cacheBlocks: 23_781, requestsMax: 128, ...more };
    const run = simulateServing({ requests, replica, replicas: 1, router: "round-robin" });
    return summarizeServing(requests, run);
  };
  const chunked = summaryOf({ prefill: "chunked", batchTokensMax: 2048 });
  const first = summaryOf({ prefill: "first", batchTokensMax: 16_384 });
  const row = (id: string, what: string, ratio: number, isBelow: boolean): Check => ({
    id: `serving/chunked-prefill/${id}`,
    topic: "serving",
    what: `${what}, chunked prefill over prefill first, ${CONVERSATIONS} conversations at ${REQUESTS_PER_S} per second`,
    source: "direction as Sarathi-Serve (arXiv 2403.02310) reports it",
    expected: isBelow ? "below 1" : "above 1",
    actual: ratio,
    error: null,
    unit: "ratio",
    bar: 1,
    pass: isBelow ? ratio < 1 : ratio > 1,
  });
  const over = (of: (summary: ServingSummary) => number | null): number =>
    of(chunked)! / of(first)!;
  return [
    row(
      "tpot-p99",
      "p99 of the time per output token",
      over(({ tpotS }) => tpotS.p99),
      true,
    ),
    row(
      "itl-p99",
      "p99 of the time between tokens",
      over(({ itlS }) => itlS.p99),
      true,
    ),
    row(
      "ttft-mean",
      "mean time to first token",
      over(({ ttftS }) => ttftS.mean),
      false,
    ),
  ];
}

/** How much throughput a burst ever loses when the cache grows. */
function blocksCheck(): Check {
  let worst = 0;
  for (let seed = 1; seed <= WORKLOADS; seed++) {
    const requests = burst(createRandomStreams(seed).stream("validate/bursts"));
    let leastS = Infinity;
    for (const cacheBlocks of [33, 36, 40, 50, 64, 100, 160, 320, 1280]) {
      const replica = { stepTime, cacheBlocks, batchTokensMax: 256, requestsMax: 64 };
      const { endS } = simulateServing({ requests, replica, replicas: 1, router: "round-robin" });
      worst = Math.max(worst, 100 * (1 - leastS / endS));
      leastS = Math.min(leastS, endS);
    }
  }
  return {
    id: "serving/more-blocks",
    topic: "serving",
    what: `largest loss of throughput with more cache blocks, ${WORKLOADS} random bursts, 33 to 1,280 blocks`,
    source: "own; not strictly 0: a change of chunks can cost a part of a step",
    expected: 0,
    actual: worst,
    error: worst,
    unit: "%",
    bar: 1,
    pass: worst <= 1,
  };
}

/** Stretches of decode steps taken together against every step by itself, and the books. */
function stepwiseChecks(): readonly Check[] {
  let different = 0;
  let worst = 0;
  let lost = 0;
  let requests = 0;
  for (let seed = 1; seed <= WORKLOADS; seed++) {
    const spec = anyService(createRandomStreams(seed).stream("validate/services"));
    const together = simulateServing(spec, { checkInvariants: true });
    const stepwise = simulateServing(spec, { isStepwise: true });
    requests += spec.requests.count;
    for (let request = 0; request < spec.requests.count; request++) {
      if (!hasSameDecisions(together, stepwise, request)) different++;
      const [one, other] = [together.e2eS[request]!, stepwise.e2eS[request]!];
      if (!Number.isNaN(one)) worst = Math.max(worst, Math.abs(one / other - 1));
    }
    const { counters, rejected } = together;
    lost += spec.requests.count - counters.finished - rejected;
  }
  const row = (id: string, what: string, actual: number, bar: number): Check => ({
    id: `serving/${id}`,
    topic: "serving",
    what: `${what}, ${requests} requests of ${WORKLOADS} random services with a short cache`,
    source: "own: the same engine step by step",
    expected: 0,
    actual,
    error: actual,
    unit: id === "stepwise/times" ? "relative" : "requests",
    bar,
    pass: actual <= bar,
  });
  return [
    row("stepwise/decisions", "requests decided otherwise than step by step", different, 0),
    row("stepwise/times", "largest difference of an end-to-end time", worst, 1e-9),
    row(
      "conservation",
      "requests neither answered nor too large (blocks are checked too)",
      lost,
      0,
    ),
  ];
}

function hasSameDecisions(one: ServingRun, other: ServingRun, request: number): boolean {
  return (
    one.outcome[request] === other.outcome[request] &&
    one.replicaOf[request] === other.replicaOf[request] &&
    one.preemptions[request] === other.preemptions[request]
  );
}

/** Lengths with the medians and tails of the Azure conversation hour of 2023. */
function conversations(): RequestTable {
  const stream = createRandomStreams(1).stream("validate/conversations");
  const lengths = (mu: number): Int32Array =>
    Int32Array.from({ length: CONVERSATIONS }, () =>
      Math.min(8000, Math.max(1, Math.round(stream.logNormal({ mu, sigma: 0.9 })))),
    );
  let timeS = 0;
  const arrivalS = Float64Array.from(
    { length: CONVERSATIONS },
    () => (timeS += stream.exponential(1 / REQUESTS_PER_S)),
  );
  return {
    count: CONVERSATIONS,
    arrivalS,
    promptTokens: lengths(6.93),
    outputTokens: lengths(4.86),
  };
}

function burst(stream: RandomStream, meanGapS = 0): RequestTable {
  const count = 20 + stream.integerBelow(40);
  const upTo = (most: number): Int32Array =>
    Int32Array.from({ length: count }, () => 1 + stream.integerBelow(most));
  let timeS = 0;
  return {
    count,
    arrivalS: Float64Array.from({ length: count }, () => {
      if (meanGapS > 0) timeS += stream.exponential(meanGapS);
      return timeS;
    }),
    promptTokens: upTo(300),
    outputTokens: upTo(200),
  };
}

function anyService(stream: RandomStream): ServingSpec {
  const requests = burst(stream, 0.02);
  const conversation = Int32Array.from(
    { length: requests.count },
    () => stream.integerBelow(8) - 1,
  );
  return {
    requests: { ...requests, conversation },
    replica: {
      stepTime,
      cacheBlocks: 33 + stream.integerBelow(60),
      batchTokensMax: stream.pick([64, 512]),
      requestsMax: 4 + stream.integerBelow(20),
      hasPrefixCache: stream.pick([true, false]),
      prefill: "chunked",
    },
    replicas: 1 + stream.integerBelow(3),
    router: stream.pick(["round-robin", "least-outstanding", "endpoint-picker"] as const),
  };
}
