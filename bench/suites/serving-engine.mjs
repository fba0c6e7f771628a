import { createService } from "../../dist/simulation/serving/create-service.js";
import { simulateServing } from "../../dist/simulation/serving/simulate-serving.js";
import { drawRequests, serviceFor } from "./serving.mjs";

const HOUR = 19_366;

/** The hour on eight replicas with more switched on. */
function suite(name, change) {
  return {
    id: `serving/hour/${name}`,
    parameters: [{ n: HOUR }],
    unit: "requests/s",
    samples: 3,
    prepare: ({ n }) => change(serviceFor(drawRequests(n))),
    run(spec) {
      const start = process.hrtime.bigint();
      simulateServing(spec);
      return spec.requests.count / (Number(process.hrtime.bigint() - start) / 1e9);
    },
  };
}

const withReplica = (more) => (spec) => ({ ...spec, replica: { ...spec.replica, ...more } });

/** How many steps of the engines one decision of the simulation stands for. */
const gain = {
  ...suite("steps-per-decision", (spec) => spec),
  unit: "steps",
  samples: 1,
  processes: 1,
  run(spec) {
    const { steps, decisions } = simulateServing(spec);
    return steps / decisions;
  },
};

/** Prompts on four replicas, decoding on four others. */
const apart = suite("prompts-apart", (spec) => ({
  ...withReplica({ role: "prefill" })(spec),
  replicas: 4,
  decoding: {
    replicas: 4,
    replica: {
      ...spec.replica,
      role: "decode",
      transfer: { bytesPerToken: 131_072, bytesPerS: 50e9, latencyS: 1e-3 },
    },
  },
}));

/** The hour 168 times as a stream: one request after the other, none known before it comes. */
const streamed = [
  { id: "serving/streamed-168-times", unit: "s", read: (seconds) => seconds },
  {
    id: "serving/streamed-168-times/peak-memory",
    unit: "GB",
    read: () => process.resourceUsage().maxRSS / 1e6,
  },
].map(({ id, unit, read }) => ({
  id,
  parameters: [{ n: 168 * HOUR }],
  unit,
  samples: 1,
  processes: 1,
  prepare: ({ n }, { quick }) => ({
    ...serviceFor(drawRequests(HOUR)),
    times: quick ? 8 : n / HOUR,
  }),
  run({ requests: hour, replica, replicas, router, times }) {
    const start = process.hrtime.bigint();
    const service = createService({ router });
    for (let one = 0; one < replicas; one++) service.addReplica(replica, 0);
    const periodS = hour.arrivalS[hour.count - 1] + 1;
    for (let repeat = 0; repeat < times; repeat++)
      for (let row = 0; row < hour.count; row++)
        service.arrive({
          arrivalS: repeat * periodS + hour.arrivalS[row],
          promptTokens: hour.promptTokens[row],
          outputTokens: hour.outputTokens[row],
        });
    service.runUntil(Infinity);
    return read(Number(process.hrtime.bigint() - start) / 1e9);
  },
}));

/** What stretches of decode steps save, what features of engines and routers cost, and requests as a stream. */
export const servingEngineSuites = [
  gain,
  suite("endpoint-picker", (spec) => ({ ...spec, router: "endpoint-picker" })),
  suite("prefix-cache", withReplica({ hasPrefixCache: true })),
  suite(
    "pipeline-of-2",
    withReplica({ pipeline: { stages: 2, bytesPerToken: 8192, bytesPerS: 50e9, latencyS: 1e-5 } }),
  ),
  apart,
  ...streamed,
];
