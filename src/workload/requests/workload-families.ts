import { log, exp } from "../../base/elementary.js";
import type { TrafficClass, ValueDistribution } from "./traffic-description.js";

/** Latency targets a family is published with. Seconds at the 99th percentile. */
export interface FamilyTargets {
  readonly ttftP99S?: number;
  readonly itlP99S?: number;
  readonly e2eP99S?: number;
}

/** A kind of work people agree on by name. */
export interface WorkloadFamily {
  readonly name: string;
  readonly description: string;
  readonly source: string;
  /** What we had to choose, because the source does not say; empty where it says all. */
  readonly choices: readonly string[];
  readonly targets: FamilyTargets;
  /** @param contextTokensMax longest prompt with its answer the model takes */
  classOf(contextTokensMax: number): TrafficClass;
}

/** Mean, standard deviation and bounds, as the catalogue states a distribution. */
interface Stated {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly sd: number;
  readonly type: "normal" | "log_normal" | "exponential" | "uniform" | "bimodal";
}

/** One entry of the catalogue. */
interface StatedFamily {
  readonly name: string;
  readonly description: string;
  readonly targets: FamilyTargets;
  readonly systemPromptTokens: number;
  readonly input: Stated;
  readonly output: Stated;
  readonly turns?: Stated;
  readonly betweenTurnsS?: Stated;
  readonly addedPerTurn?: Stated;
  readonly choices?: readonly string[];
}

const SOURCE =
  "kubernetes-sigs/inference-perf workload-catalog (Apache-2.0), commits 12e8974d and 7803c136";
const BOUNDS =
  "values outside the published bounds are set to the bound, as inference-perf does (normal ones are drawn again), so means differ from the published ones where the bounds cut much";
const PREFIX = "the system prompt is the same for all requests and comes before the stated input";
const WAIT =
  "the next turn comes the stated time after the answer's end, which is taken at 50 tokens per second";
const BIMODAL =
  "bimodal: the two points with the published mean and standard deviation of which the lower is the published minimum";
const lognormal = (min: number, max: number, mean: number, sd: number): Stated => ({
  min,
  max,
  mean,
  sd,
  type: "log_normal",
});

const STATED: readonly StatedFamily[] = [
  {
    name: "interactive-chat",
    description: "people who chat: several turns, human pauses",
    targets: { ttftP99S: 0.5, itlP99S: 0.05 },
    systemPromptTokens: 1000,
    input: lognormal(500, 15_000, 4000, 2500),
    output: { min: 10, max: 1000, mean: 300, sd: 150, type: "normal" },
    turns: lognormal(1, 15, 4, 2.5),
    betweenTurnsS: lognormal(5, 300, 45, 40),
    addedPerTurn: lognormal(10, 1000, 50, 40),
  },
  {
    name: "code-generation",
    description: "coding agents: very long contexts, hundreds of short turns",
    targets: { ttftP99S: 30, itlP99S: 0.1 },
    systemPromptTokens: 3000,
    input: lognormal(10_000, 990_000, 160_000, 233_600),
    output: lognormal(50, 10_000, 425, 825),
    turns: lognormal(1, 3000, 540, 48_600),
    betweenTurnsS: lognormal(1, 1000, 15, 55),
    addedPerTurn: lognormal(100, 10_000, 1500, 1200),
  },
  {
    name: "deep-research",
    description: "research agents: tool calls one after another",
    targets: { ttftP99S: 10, itlP99S: 0.1 },
    systemPromptTokens: 2000,
    input: { min: 2000, max: 150_000, mean: 45_000, sd: 35_000, type: "exponential" },
    output: { min: 50, max: 4000, mean: 300, sd: 850, type: "bimodal" },
    turns: { min: 2, max: 50, mean: 15, sd: 8.5, type: "normal" },
    betweenTurnsS: { min: 5, max: 60, mean: 25, sd: 12, type: "normal" },
    addedPerTurn: lognormal(500, 15_000, 3000, 2500),
    choices: [BIMODAL],
  },
  {
    name: "reasoning",
    description: "step-by-step reasoning: short questions, long answers",
    targets: { ttftP99S: 2, itlP99S: 0.1 },
    systemPromptTokens: 250,
    input: lognormal(100, 5000, 1000, 800),
    output: { min: 500, max: 32_000, mean: 8000, sd: 6500, type: "exponential" },
  },
  {
    name: "batch-summarization-rag",
    description: "summaries of long documents, nobody waits",
    targets: { ttftP99S: 15, itlP99S: 0.1, e2eP99S: 430 },
    systemPromptTokens: 500,
    input: { min: 1000, max: 80_000, mean: 15_000, sd: 22_000, type: "bimodal" },
    output: { min: 50, max: 2000, mean: 500, sd: 300, type: "normal" },
    choices: [BIMODAL],
  },
  {
    name: "batch-synthetic-data-generation",
    description: "synthetic data: short questions, long answers, nobody waits",
    targets: { e2eP99S: 30 },
    systemPromptTokens: 2000,
    input: lognormal(50, 15_000, 500, 1200),
    output: { min: 500, max: 8000, mean: 4000, sd: 2500, type: "uniform" },
  },
  {
    name: "agentic-trace-replay",
    description: "tool-driven agents as in a recorded corpus: contexts that grow call by call",
    targets: {},
    systemPromptTokens: 0,
    // What of a mean input of 49 141 tokens is not shared with the call before, of which 44 636 are.
    input: lognormal(1, 3_403_502, 4505, 138_889),
    output: lognormal(1, 146_112, 659, 3073),
    turns: lognormal(1, 300, 21.9, 23.4),
    betweenTurnsS: lognormal(0.001, 7199.6, 13.03, 176.4),
    // So that calls have the published mean input: a call is on average 23 calls into its session.
    addedPerTurn: lognormal(1, 146_112, 1282, 3073),
    choices: [
      "observed means and deviations are taken for lognormal distributions, which the source does not say",
      "a first call has as many tokens as others do not share; a call adds 1 282, with which calls have the published mean input",
      "the 8 % of calls that share nothing with the one before are not drawn",
    ],
  },
];

/** The families of inference-perf's catalogue, by name. */
export const WORKLOAD_FAMILIES: readonly WorkloadFamily[] = STATED.map((stated) => ({
  name: stated.name,
  description: stated.description,
  source: SOURCE,
  targets: stated.targets,
  choices: [
    BOUNDS,
    ...(stated.systemPromptTokens > 0 ? [PREFIX] : []),
    ...(stated.turns === undefined ? [] : [WAIT]),
    ...(stated.choices ?? []),
  ],
  classOf: (contextTokensMax) => classOf(stated, contextTokensMax),
}));

function classOf(stated: StatedFamily, contextTokensMax: number): TrafficClass {
  const { name, systemPromptTokens, input, output, turns, betweenTurnsS, addedPerTurn } = stated;
  return {
    name,
    weight: 1,
    lengths: {
      kind: "independent",
      promptTokens: distributionOf(input),
      outputTokens: distributionOf(output),
    },
    ...(systemPromptTokens > 0 ? { prefix: { groups: 1, tokens: systemPromptTokens } } : {}),
    ...(turns === undefined || betweenTurnsS === undefined || addedPerTurn === undefined
      ? {}
      : {
          conversation: {
            turns: distributionOf(turns),
            thinkS: distributionOf(betweenTurnsS),
            addedTokens: distributionOf(addedPerTurn),
            contextTokensMax,
          },
        }),
  };
}

/** A distribution by its published mean and standard deviation before its bounds cut it. */
function distributionOf({ min, max, mean, sd, type }: Stated): ValueDistribution {
  switch (type) {
    case "log_normal": {
      const sigmaSquared = log(1 + (sd / mean) * (sd / mean));
      const median = mean * exp(-sigmaSquared / 2);
      return { kind: "lognormal", median, sigma: Math.sqrt(sigmaSquared), min, max };
    }
    case "normal":
      return { kind: "normal", mean, standardDeviation: sd, min, max };
    case "exponential":
      return { kind: "exponential", mean, min, max };
    case "uniform":
      return { kind: "uniform", min, max };
    case "bimodal": {
      const above = mean + (sd * sd) / (mean - min);
      const share = (mean - min) / (above - min);
      return {
        kind: "mixture",
        parts: [
          { weight: 1 - share, of: { kind: "fixed", value: min } },
          { weight: share, of: { kind: "fixed", value: above } },
        ],
      };
    }
  }
}
