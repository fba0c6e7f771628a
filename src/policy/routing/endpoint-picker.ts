import type { RandomStream } from "../../engine/streams.js";
import type { Router } from "./router.js";
import { createScorer, type EndpointScorer, type ScorerName } from "./scorers.js";

/** A scorer and how much it counts. */
export interface WeightedScorer {
  readonly scorer: ScorerName;
  /** 1 by default. */
  readonly weight?: number;
}

/** What llm-d's inference scheduler uses when nothing is configured (`config/loader/defaults.go`). */
export const DEFAULT_SCORERS: readonly WeightedScorer[] = [
  { scorer: "queue", weight: 2 },
  { scorer: "kv-cache", weight: 2 },
  { scorer: "prefix", weight: 3 },
];

/** How often the endpoint picker reads the metrics of a replica (`--refresh-metrics-interval`). Seconds. */
const METRICS_REFRESH_S = 0.05;

/** What an endpoint picker is made of. */
export interface EndpointPickerOptions {
  /** `DEFAULT_SCORERS` by default. */
  readonly scorers?: readonly WeightedScorer[];
  /** How old what it reads of replicas may be; 50 ms by default. What it remembers itself is always fresh. Seconds. */
  readonly metricsAgeMaxS?: number;
}

/**
 * The endpoint picker of the Gateway API inference extension: the highest sum of weight times score, each score
 * cut to 0 to 1; equal sums are drawn, each as likely.
 */
export function createEndpointPicker(
  stream: RandomStream,
  options: EndpointPickerOptions = {},
): Router {
  const { scorers = DEFAULT_SCORERS, metricsAgeMaxS = METRICS_REFRESH_S } = options;
  const used: { readonly scorer: EndpointScorer; readonly weight: number }[] = scorers.map(
    ({ scorer, weight = 1 }) => ({ scorer: createScorer(scorer), weight }),
  );
  return {
    name: "endpoint-picker",
    readsState: true,
    metricsAgeMaxS,
    choose(request, endpoints) {
      const totals = endpoints.map(() => 0);
      for (const { scorer, weight } of used)
        scorer.score(request, endpoints).forEach((score, place) => {
          totals[place]! += weight * Math.min(1, Math.max(0, score));
        });
      const most = Math.max(...totals);
      const best = totals.flatMap((total, place) => (total === most ? [place] : []));
      const chosen = best.length === 1 ? best[0]! : stream.pick(best);
      for (const { scorer } of used) scorer.sent?.(request, endpoints[chosen]!);
      return chosen;
    },
  };
}
