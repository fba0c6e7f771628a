import { createRandomStreams } from "../../dist/engine/streams.js";
import { DECODER_MODELS } from "../../dist/performance/llm/decoder-model.js";
import { createTrainedPhysics } from "../../dist/performance/llm/trained-physics.js";
import { simulateServing } from "../../dist/simulation/serving/simulate-serving.js";

/** Like the Azure conversation hour of 2023: 5.53 requests per second, lengths with its medians and tails. */
const REQUESTS_PER_S = 5.53;

function drawRequests(count) {
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
    prepare({ n }) {
      const requests = drawRequests(n);
      const gpu = { flopPerS: 989e12, memoryBytesPerS: 3350e9 };
      const replica = {
        stepTime: createTrainedPhysics(DECODER_MODELS[0], gpu, 1),
        cacheBlocks: 23_781,
        batchTokensMax: 2048,
        requestsMax: 128,
      };
      return { requests, replica, replicas: 8, router: "least-outstanding" };
    },
    run(spec) {
      const start = process.hrtime.bigint();
      simulateServing(spec, observe);
      return spec.requests.count / (Number(process.hrtime.bigint() - start) / 1e9);
    },
  };
}

/** An hour of conversations on eight replicas: decode stretches as one decision, and every step by itself. */
export const servingSuites = [
  suite("serving/hour", {}),
  suite("serving/hour-stepwise", { isStepwise: true }),
];
