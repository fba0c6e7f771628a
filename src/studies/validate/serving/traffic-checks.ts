import { join } from "node:path";

import { createRandomStreams } from "../../../engine/streams.js";
import type { ServingRun } from "../../../simulation/serving/serving-spec.js";
import { quantile } from "../../../stats/quantile.js";
import { AZURE_PRESETS } from "../../../workload/requests/azure-presets.js";
import { describeRequests } from "../../../workload/requests/describe-requests.js";
import { generateRequests } from "../../../workload/requests/generate-requests.js";
import type { RequestTable } from "../../../workload/requests/request-table.js";
import { findMaxRate } from "../../serve/find-max-rate.js";
import { loadRequests } from "../../serve/load-requests.js";
import type { Server } from "../../serve/server.js";
import { drawnTraffic } from "../../serve/traffic.js";
import { boundedCheck, type Check } from "../check.js";

const GROUP = "requests and capacity";

/** Published figures of the Azure trace: rows, and prompt and answer at p50, p90, p99. */
const AZURE = [
  { file: "conv", preset: "azure-2023-conversation", rows: 19_366, perS: 5.53 },
  { file: "code", preset: "azure-2023-code", rows: 8819, perS: 2.57 },
] as const;

/** Readers against published counts, drawn traffic against the trace it stands for, and a search against a closed form. */
export async function trafficChecks(dataFolder: string): Promise<readonly Check[]> {
  const checks = await Promise.all(AZURE.map((one) => azureChecks(one, dataFolder)));
  return [...checks.flat(), capacityCheck()];
}

async function azureChecks(
  { file, preset, rows, perS }: (typeof AZURE)[number],
  dataFolder: string,
): Promise<readonly Check[]> {
  const path = join(dataFolder, "azure-llm", `AzureLLMInferenceTrace_${file}.csv`);
  const { requests } = await loadRequests(path);
  const description = describeRequests(requests);
  const common = { topic: "serving", group: GROUP };
  const source = "Azure LLM inference trace 2023 (Patel et al., ISCA 2024; CC-BY)";
  const exact = (id: string, what: string, expected: number, actual: number, unit: string): Check =>
    boundedCheck({
      ...common,
      ...{ id: `serving/traffic/${file}/${id}`, what: `Azure ${file} 2023: ${what}`, source },
      ...{ expected, actual, error: Math.abs(actual - expected), unit, bar: 0 },
    });
  return [
    exact("rows", "requests read", rows, requests.count, "requests"),
    exact("rate", "requests per second", perS, round(description.requestsPerS, 2), "requests/s"),
    drawnCheck(file, preset, requests),
  ];
}

/** Largest relative error of p10, p25, p50, p75, p90 and p95 of prompts and answers drawn by the preset. */
function drawnCheck(file: string, name: string, trace: RequestTable): Check {
  const preset = AZURE_PRESETS.find((one) => one.name === name)!;
  const drawn = generateRequests(
    {
      arrivals: { requestsPerS: 10 },
      durationS: 4000,
      classes: [preset.class],
    },
    createRandomStreams(1).stream("validate/traffic"),
  );
  const errors = (["promptTokens", "outputTokens"] as const).flatMap((column) =>
    [0.1, 0.25, 0.5, 0.75, 0.9, 0.95].map((q) =>
      Math.abs(quantile(drawn[column], q)! / quantile(trace[column], q)! - 1),
    ),
  );
  const worst = 100 * Math.max(...errors);
  return boundedCheck({
    topic: "serving",
    group: GROUP,
    id: `serving/traffic/${file}/drawn`,
    what: `traffic like ${name}: worst of p10 to p95 of prompts and answers`,
    source: "the trace itself; drawn from eleven of its quantiles",
    expected: 0,
    actual: round(worst, 2),
    error: worst,
    unit: "%",
    bar: 10,
  });
}

const SERVICE_S = 0.1;
const TAIL = 0.05;
const WAIT_S = 0.4;

/** The highest rate of a server with equal service times, against the exact tail of M/D/1. */
function capacityCheck(): Check {
  const one = { kind: "fixed", value: 1 } as const;
  const lengths = { kind: "independent", promptTokens: one, outputTokens: one } as const;
  const traffic = drawnTraffic({
    name: "M/D/1",
    description: {
      arrivals: { requestsPerS: 1 },
      durationS: 600,
      classes: [{ name: "one", weight: 1, lengths }],
    },
    assumptions: [],
  });
  const found = findMaxRate({
    server: ONE_BY_ONE,
    traffic,
    targets: { percentile: 1 - TAIL, ttftS: WAIT_S + SERVICE_S },
    seeds: Array.from({ length: 10 }, (_, at) => at + 1),
  });
  const expected = exactRate();
  return boundedCheck({
    topic: "serving",
    group: GROUP,
    id: "serving/capacity/m-d-1",
    what: "highest rate with p95 of the wait within 0.4 s, service 0.1 s each, mean of ten seeds",
    source: "exact tail of M/D/1 (Erlang 1909)",
    expected: round(expected, 3),
    actual: round(found.requestsPerS, 3),
    error: 100 * Math.abs(found.requestsPerS / expected - 1),
    unit: "requests/s, error %",
    bar: 5,
  });
}

/** Answers one request at a time. */
const ONE_BY_ONE: Server = {
  run(requests): ServingRun {
    let freeS = 0;
    const ttftS = requests.arrivalS.map((arrivalS) => {
      freeS = Math.max(arrivalS, freeS) + SERVICE_S;
      return freeS - arrivalS;
    });
    const gaps = { count: 0, mean: null, p50: null, p95: null, p99: null, max: null };
    const none = new Int32Array(requests.count);
    return {
      ...{ ttftS, e2eS: ttftS, tpotS: ttftS.map(() => Number.NaN), replicaOf: none },
      ...{ outcome: new Uint8Array(requests.count).fill(1), preemptions: none },
      ...{ rejected: 0, refused: 0, gaveUp: 0, itlS: gaps, itlOfClassS: [] },
      counters: {
        ...{ finished: requests.count, promptTokens: 0, outputTokens: 0, preemptions: 0 },
        ...{ ttftSumS: 0, e2eSumS: 0, steps: 0 },
      } as ServingRun["counters"],
      ...{ steps: 0, decisions: 0, endS: freeS },
    };
  },
};

/** Rate at which P(wait > t) = 1 − (1 − ρ) Σ (λ(kD − t))^k e^(−λ(kD − t)) / k! over kD ≤ t is the tail. */
function exactRate(): number {
  const tailAt = (rate: number): number => {
    let sum = 0;
    for (let k = 0; k * SERVICE_S <= WAIT_S + 1e-12; k++) {
      const x = rate * (k * SERVICE_S - WAIT_S);
      let term = Math.exp(-x);
      for (let i = 1; i <= k; i++) term *= x / i;
      sum += term;
    }
    return 1 - (1 - rate * SERVICE_S) * sum;
  };
  let low = 0.1;
  let high = 9.99;
  while (high - low > 1e-6) {
    const middle = (low + high) / 2;
    if (tailAt(middle) < TAIL) low = middle;
    else high = middle;
  }
  return low;
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits));
