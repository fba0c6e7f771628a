import type { RequestTable } from "../../workload/requests/request-table.js";
import {
  type ClassSummary,
  type LatencySummary,
  summarizeClasses,
  summarizeLatency,
} from "./goodput.js";
import type { RequestClass, ServingRun, TokenGapSummary } from "./serving-spec.js";

export type { LatencySummary };

/** Figures of a run of a service. */
export interface ServingSummary {
  readonly requests: {
    readonly count: number;
    readonly answered: number;
    readonly rejected: number;
    /** Turned away with HTTP 429, and left because nothing was computed in time; absent where nobody was. */
    readonly refused?: number;
    readonly gaveUp?: number;
    readonly perS: number;
  };
  readonly ttftS: LatencySummary;
  readonly tpotS: LatencySummary;
  readonly e2eS: LatencySummary;
  /** Between one token of a request and the next, over all tokens. */
  readonly itlS: TokenGapSummary;
  /** By class with its targets, and over all of them; absent where no classes are given. */
  readonly classes?: readonly ClassSummary[];
  /** Requests per second that met every target of their class. */
  readonly goodputPerS?: number;
  /** Of the tokens of prompts, those found in a prefix cache; absent where none was looked for. */
  readonly prefixFoundShare?: number;
  /** Tokens answered per second between the first arrival and the last answer. */
  readonly outputTokensPerS: number;
  readonly preemptions: number;
  /** From the last arrival until the last answer: long where work piles up. Seconds. */
  readonly drainS: number;
  readonly endS: number;
  readonly steps: number;
}

/** Folds a run into its figures. @param classes those of the service, for figures by class */
export function summarizeServing(
  requests: RequestTable,
  run: ServingRun,
  classes: readonly RequestClass[] = [],
): ServingSummary {
  const answered = run.e2eS.reduce((count, e2eS) => count + (Number.isNaN(e2eS) ? 0 : 1), 0);
  const lastArrivalS = requests.arrivalS[requests.count - 1] ?? 0;
  const tokens = requests.outputTokens.reduce(
    (sum, output, request) => sum + (Number.isNaN(run.e2eS[request]!) ? 0 : output),
    0,
  );
  return {
    requests: {
      count: requests.count,
      answered,
      rejected: run.rejected,
      ...(run.refused > 0 ? { refused: run.refused } : {}),
      ...(run.gaveUp > 0 ? { gaveUp: run.gaveUp } : {}),
      perS: lastArrivalS > 0 ? requests.count / lastArrivalS : 0,
    },
    ttftS: summarizeLatency(run.ttftS),
    tpotS: summarizeLatency(run.tpotS),
    e2eS: summarizeLatency(run.e2eS),
    itlS: run.itlS,
    ...goodputOf(requests, run, classes),
    ...prefixOf(run),
    outputTokensPerS: run.endS > 0 ? tokens / run.endS : 0,
    preemptions: run.preemptions.reduce((sum, count) => sum + count, 0),
    drainS: Math.max(0, run.endS - lastArrivalS),
    endS: run.endS,
    steps: run.steps,
  };
}

function goodputOf(
  requests: RequestTable,
  run: ServingRun,
  classes: readonly RequestClass[],
): Pick<ServingSummary, "classes" | "goodputPerS"> {
  if (classes.length === 0) return {};
  const summaries = summarizeClasses(requests, run, classes);
  const met = summaries.reduce((sum, one) => sum + one.met, 0);
  return { classes: summaries, goodputPerS: run.endS > 0 ? met / run.endS : 0 };
}

function prefixOf({ counters }: ServingRun): Pick<ServingSummary, "prefixFoundShare"> {
  const { prefixQueriedTokens, prefixFoundTokens } = counters;
  return prefixFoundTokens > 0 ? { prefixFoundShare: prefixFoundTokens / prefixQueriedTokens } : {};
}
