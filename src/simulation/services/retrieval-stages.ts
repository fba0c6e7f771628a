import { InvariantError } from "../../base/assert.js";
import type { RequestTable } from "../../workload/requests/request-table.js";
import { runStages, type StageUse } from "../stages/run-stages.js";

/** A stage before generation that every request takes the same time in. */
export interface RetrievalStage {
  readonly name: string;
  /** Requests it works on at once, ≥ 1. */
  readonly servers: number;
  /** Seconds of one request. */
  readonly secondsEach: number;
}

/** What requests go through before a model answers them. */
export interface RetrievalSpec {
  readonly stages: readonly RetrievalStage[];
  /** Tokens that what was found adds to every prompt. */
  readonly promptTokensMore: number;
  /** What was found is other in every turn, so that turns of a conversation share no cache. */
  readonly dropsConversations: boolean;
}

/** Requests as generation sees them, and what became of them before. */
export interface Retrieved {
  /** Arrivals are those at generation; rows are those of the requests that were given. */
  readonly requests: RequestTable;
  /** When each request came from its user. Seconds. */
  readonly cameS: Float64Array;
  readonly stages: readonly StageUse[];
}

/**
 * Sends requests through the stages before generation. Equal times and first come, first served keep requests in
 * their order, so that rows stay what they were.
 *
 * @throws InvariantError if a stage changed their order
 */
export function retrieve(requests: RequestTable, spec: RetrievalSpec): Retrieved {
  const { arrivalS, promptTokens, conversation: _, ...others } = requests;
  const { leftS, stages } = runStages(
    arrivalS,
    spec.stages.map(({ name, servers, secondsEach }) => ({
      name,
      servers,
      seconds: () => secondsEach,
    })),
  );
  for (let row = 1; row < requests.count; row++) {
    if (leftS[row]! < leftS[row - 1]!)
      throw new InvariantError("retrieval: a request overtook another", { row });
  }
  const { conversation } = requests;
  return {
    requests: {
      ...others,
      ...(conversation === undefined || spec.dropsConversations ? {} : { conversation }),
      arrivalS: leftS,
      promptTokens: promptTokens.map((tokens) => tokens + spec.promptTokensMore),
    },
    cameS: arrivalS,
    stages,
  };
}
