import type { ArrivalDescription, TrafficClass, ValueDistribution } from "./traffic-description.js";

/** Traffic shaped like a published trace, without the trace. */
export interface TrafficPreset {
  readonly name: string;
  readonly description: string;
  readonly source: string;
  /** What of the trace is not in it. */
  readonly leftOut: string;
  /** Mean rate of the trace, requests per second. */
  readonly requestsPerS: number;
  readonly gapVariation: NonNullable<ArrivalDescription["gapVariation"]>;
  readonly class: TrafficClass;
}

const SOURCE =
  "Azure LLM inference trace 2023 (CC-BY; Patel et al., Splitwise, ISCA 2024): quantiles, rate and variation of the gaps, computed from the published rows";
const SHARES = [0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1];

/** Presets of both services of the trace. */
export const AZURE_PRESETS: readonly TrafficPreset[] = [
  {
    name: "azure-2023-conversation",
    description: "a chat service: prompts of 1 020 tokens and answers of 129 at the median",
    source: SOURCE,
    leftOut: "how the rate changes within the hour, and which answer belongs to which prompt",
    requestsPerS: 5.53,
    gapVariation: 1.09,
    class: classOf(
      "azure-2023-conversation",
      [2, 29, 181, 207, 396, 1020, 1189, 2734, 4083, 4142, 14_050],
      [7, 16, 41, 54, 85, 129, 395, 424, 451, 601, 1000],
    ),
  },
  {
    name: "azure-2023-code",
    description: "a code completion service: long prompts, answers of 13 tokens, strong bursts",
    source: SOURCE,
    leftOut:
      "silences of minutes between bursts beyond what gamma gaps have, and which answer belongs to which prompt",
    requestsPerS: 2.57,
    gapVariation: 13.15,
    class: classOf(
      "azure-2023-code",
      [3, 17, 75, 147, 578, 1469, 2745, 5186, 7302, 7436, 7437],
      [6, 6, 6, 7, 9, 13, 24, 55, 90, 252, 1899],
    ),
  },
];

function classOf(
  name: string,
  prompts: readonly number[],
  outputs: readonly number[],
): TrafficClass {
  const quantiles = (values: readonly number[]): ValueDistribution => ({
    kind: "quantiles",
    points: SHARES.map((share, at) => [share, values[at]!] as const),
  });
  return {
    name,
    weight: 1,
    lengths: {
      kind: "independent",
      promptTokens: quantiles(prompts),
      outputTokens: quantiles(outputs),
    },
  };
}
