import type { Problem } from "../diagnostics/problem.js";
import { InputError } from "../diagnostics/problem.js";
import { createScenarioFormat } from "./format.js";
import type { ParseOptions } from "./parse-scenario.js";
import { parseScenario } from "./parse-scenario.js";
import { resolveScenario } from "./resolve-scenario.js";
import type { ResolvedScenario } from "./resolved.js";

/** A format with few names, so that tests do not change with every new policy. */
export const FIXTURE_FORMAT = createScenarioFormat({
  queuePolicies: [
    { name: "fifo-strict", description: "In order.", options: [] },
    { name: "fifo-skip", description: "In order, skipping.", options: [] },
    {
      name: "sjf",
      description: "Shortest first.",
      options: [
        {
          name: "blocking",
          type: "choice",
          allowed: ["skip", "head"],
          default: "skip",
          description: "What stops the queue.",
        },
        {
          name: "restartCost",
          type: "number",
          range: [0, 3600],
          unit: "s",
          default: 0,
          description: "Cost of a restart.",
        },
        {
          name: "levels",
          type: "number",
          range: [1, 8],
          default: 2,
          description: "Number of levels.",
        },
        { name: "strict", type: "boolean", default: false, description: "Whether it is strict." },
      ],
    },
  ],
  placementPolicies: ["first-fit", "best-fit", "fgd", "consolidate"].map((name) => ({
    name,
    description: `Places by ${name}.`,
  })),
  placementScorers: ["best-fit", "fgd"].map((name) => ({
    name,
    description: `Scores by ${name}.`,
  })),
  traceFormats: [{ name: "headroom-csv", description: "One job per line." }],
});

/** A small scenario that is in order; tests break it in one place. */
export const VALID_SCENARIO = `schema: headroom/scenario/v1
name: fixture
question: Are two nodes enough?
seed: 7
cluster:
  nodes:
    - name: h100
      count: 2
      sku: Standard_ND96isr_H100_v5
      hosting: vm
    - name: l4
      count: 3
      gpu: L4
      gpus: 4
      cpu: 48
      memory: 192GiB
workload:
  jobs:
    - id: a
      submit: 0s
      duration: 1h
      workers: 2
      gpus: 8
      cpu: 8
      memory: 64GiB
      gpuModels: [H100]
    - id: b
      submit: 10m
      duration: 30m
      gpus: 1
      gpuShare: 0.5
policy:
  queue: fifo-skip
  placement: best-fit
goals:
  - id: wait
    metric: jobs.waitS.p95
    atMost: 15m
  - metric: gpu.allocatedShare
    atLeast: 10%
variants:
  - name: more
    set:
      cluster.nodes[h100].count: 4
run:
  until: 30d
`;

/** Parses and resolves a text with the fixture's names. */
export function resolveText(text: string, options: Partial<ParseOptions> = {}): ResolvedScenario {
  return resolveScenario(
    parseScenario({ file: "s.yaml", text, format: FIXTURE_FORMAT, ...options }),
  );
}

/** What is wrong with a text; empty when nothing is. */
export function problemsOf(text: string, options: Partial<ParseOptions> = {}): readonly Problem[] {
  try {
    resolveText(text, options);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

/** The valid scenario with a trace in place of its jobs. */
export function withTrace(trace: string): string {
  return VALID_SCENARIO.replace(/ {2}jobs:\n[^]*(?=policy:)/, `  trace: ${trace}\n`);
}
