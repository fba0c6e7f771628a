import { createRandomStreams } from "../../dist/engine/streams.js";
import { DECODER_MODELS } from "../../dist/performance/llm/decoder-model.js";
import { createTrainedPhysics } from "../../dist/performance/llm/trained-physics.js";
import { simulateServing } from "../../dist/simulation/serving/simulate-serving.js";
import { summarizeServing } from "../../dist/simulation/serving/summary.js";
import { findMaxRate } from "../../dist/studies/serve/find-max-rate.js";
import { drawnTraffic } from "../../dist/studies/serve/traffic.js";
import { repeatRequests } from "../../dist/workload/requests/change-requests.js";

/** Like the Azure conversation hour of 2023: 5.53 requests per second, lengths with its medians and tails. */
const REQUESTS_PER_S = 5.53;

export function drawRequests(count) {
  const stream = createRandomStreams(1).stream("bench/serving");
  const length = (median, spread) =>
    Math.min(8000, Math.max(1, Math.round(median * Math.exp(spread * stream.normal()))));
  let timeS = 0;
  const arrivalS = new Float64Array(count);
  const promptTokens = new Int32Array(count);
  const outputTokens = new Int32Array(count);
  for (let request = 0; request < count; request++) {
    timeS += stream.exponential(1 / REQUESTS_PER_S);
    arrivalS[request] = timeS;
    promptTokens[request] = length(1020, 0.9);
    outputTokens[request] = length(129, 0.9);
  }
  return { count, arrivalS, promptTokens, outputTokens };
}

function suite(id, observe) {
  return {
    id,
    parameters: [{ n: 19_366 }],
    unit: "requests/s",
    samples: 5,
    prepare: ({ n }) => serviceFor(drawRequests(n)),
    run(spec) {
      const start = process.hrtime.bigint();
      simulateServing(spec, observe);
      return spec.requests.count / (Number(process.hrtime.bigint() - start) / 1e9);
    },
  };
}

/** The same traffic and service for whole commands: the hour once, and 168 times in a row. */
const HOUR = 19_366;
const WEEK_TIMES = 168;

export function serviceFor(requests) {
  const gpu = { flopPerS: 989e12, memoryBytesPerS: 3350e9 };
  const replica = {
    stepTime: createTrainedPhysics(DECODER_MODELS[0], gpu, 1),
    cacheBlocks: 23_781,
    batchTokensMax: 2048,
    requestsMax: 128,
  };
  return { requests, replica, replicas: 8, router: "least-outstanding" };
}

/** Simulation and summary of the hour 168 times in a row, and what that takes of memory. */
const week = [
  { id: "serving/hour-168-times", unit: "s", read: (seconds) => seconds },
  {
    id: "serving/hour-168-times/peak-memory",
    unit: "GB",
    read: () => process.resourceUsage().maxRSS / 1e6,
  },
].map(({ id, unit, read }) => ({
  id,
  parameters: [{ n: WEEK_TIMES * HOUR }],
  unit,
  samples: 1,
  processes: 1,
  prepare: ({ n }, { quick }) => ({
    requests: repeatRequests(drawRequests(HOUR), quick ? 8 : n / HOUR),
  }),
  run({ requests }) {
    const start = process.hrtime.bigint();
    summarizeServing(requests, simulateServing(serviceFor(requests)));
    return read(Number(process.hrtime.bigint() - start) / 1e9);
  },
}));

/** A search for the highest rate of one replica, as `headroom serve plan` makes it for each configuration and seed. */
const plan = {
  id: "serving/highest-rate",
  parameters: [{ n: 1 }],
  unit: "searches/s",
  samples: 2,
  processes: 1,
  prepare() {
    const fixed = (value) => ({ kind: "fixed", value });
    const traffic = drawnTraffic({
      name: "bench",
      description: {
        arrivals: { requestsPerS: 1 },
        durationS: 600,
        classes: [
          {
            name: "chat",
            weight: 1,
            lengths: { kind: "independent", promptTokens: fixed(1024), outputTokens: fixed(128) },
          },
        ],
      },
      assumptions: [],
    });
    const server = {
      run: (requests, replicas) => simulateServing({ ...serviceFor(requests), replicas }),
    };
    return { server, traffic, targets: { percentile: 0.95, ttftS: 1, tpotS: 0.05 } };
  },
  run({ server, traffic, targets }) {
    const start = process.hrtime.bigint();
    findMaxRate({ server, traffic, targets, seeds: [1] });
    return 1 / (Number(process.hrtime.bigint() - start) / 1e9);
  },
};

/** An hour of conversations on eight replicas: decode stretches as one decision, and every step by itself. */
export const servingSuites = [
  suite("serving/hour", {}),
  suite("serving/hour-stepwise", { isStepwise: true }),
  ...week,
  plan,
];
