import type { StepTimeModel } from "../../../performance/llm/step-time.js";
import { REQUEST_OUTCOMES, type RequestLedger } from "../request-ledger.js";
import type { ServiceCounters } from "../service-counters.js";

const ANSWERED = REQUEST_OUTCOMES.indexOf("answered");

/** What an engine counts of the requests it ends. */
export interface EngineCounts {
  preemptions: number;
  /** A request has all its tokens. */
  end(request: number): void;
  /** It has not, after all. */
  undoEnd(request: number): void;
  read(): ServiceCounters;
}

/** Makes counters at zero. */
export function createEngineCounts(ledger: RequestLedger, stepTime: StepTimeModel): EngineCounts {
  const { beforeS, afterS, perTokenS } = stepTime;
  const sums = { finished: 0, promptTokens: 0, outputTokens: 0, ttftSumS: 0, e2eSumS: 0 };
  const count = (request: number, sign: 1 | -1): void => {
    const arrivalS = ledger.arrivalS[request]!;
    const outputTokens = ledger.outputTokens[request]!;
    sums.finished += sign;
    sums.promptTokens += sign * ledger.promptTokens[request]!;
    sums.outputTokens += sign * outputTokens;
    sums.ttftSumS += sign * (ledger.firstTokenS[request]! - arrivalS + beforeS);
    const lastS = ledger.lastTokenS[request]! + afterS + perTokenS * outputTokens;
    sums.e2eSumS += sign * (lastS - arrivalS + beforeS);
  };
  return {
    preemptions: 0,
    end(request) {
      ledger.outcome[request] = ANSWERED;
      count(request, 1);
    },
    undoEnd(request) {
      count(request, -1);
    },
    read() {
      return { ...NOTHING_COUNTED, ...sums, preemptions: this.preemptions };
    },
  };
}

/** Counters before anything happened. */
export const NOTHING_COUNTED: ServiceCounters = {
  finished: 0,
  promptTokens: 0,
  outputTokens: 0,
  preemptions: 0,
  ttftSumS: 0,
  e2eSumS: 0,
  prefixQueriedTokens: 0,
  prefixFoundTokens: 0,
  adapterLoads: 0,
  steps: 0,
};

/** Counters of two engines together. */
export function addCounters(left: ServiceCounters, right: ServiceCounters): ServiceCounters {
  const sum: Record<string, number> = {};
  for (const key of Object.keys(NOTHING_COUNTED) as (keyof ServiceCounters)[])
    sum[key] = left[key] + right[key];
  return sum as unknown as ServiceCounters;
}
