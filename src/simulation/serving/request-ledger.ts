import { InvariantError } from "../../base/assert.js";
import type { RequestTable } from "../../workload/requests/request-table.js";

/** A request as it comes to a service. */
export interface ServiceRequest {
  readonly arrivalS: number;
  /** ≥ 1. */
  readonly promptTokens: number;
  /** ≥ 1. */
  readonly outputTokens: number;
  /** Index into the classes of the service; 0 by default. */
  readonly classIndex?: number;
  /** −1, the default, for the bare model. */
  readonly adapter?: number;
  /** Group of prompts that begin with the same tokens, and how many these are; −1, the default, for none. */
  readonly prefixGroup?: number;
  readonly prefixTokens?: number;
  /** Conversation whose context this prompt begins with; −1, the default, for none. */
  readonly conversation?: number;
}

/** What became of a request. `open` until one of the others is known. */
export const REQUEST_OUTCOMES = [
  "open",
  "answered",
  /** Prompt and answer are larger than the cache of a replica: it could never end. */
  "too-large",
  /** Turned away with HTTP 429: the queue of its replica was too long, or the pool too full for its class. */
  "refused",
  /** It waited too long and left before anything was computed for it. */
  "gave-up",
] as const;
/** What became of a request. */
export type RequestOutcome = (typeof REQUEST_OUTCOMES)[number];

const OPEN = 0;

/**
 * All requests of a service as columns: what they ask for, and what became of them.
 *
 * Columns are longer than `count` and are replaced when they grow: read them through the ledger every time.
 */
export class RequestLedger {
  count = 0;
  arrivalS: Float64Array;
  promptTokens: Int32Array;
  outputTokens: Int32Array;
  /** Columns few workloads have; undefined until a request comes that has one of them. */
  traits: RequestTraits | undefined;

  /** Index into `REQUEST_OUTCOMES`. */
  outcome: Uint8Array;
  /** Number of the replica that has it or had it last; −1 for none. */
  replicaOf: Int32Array;
  /** When it was first taken into a batch. Seconds; NaN before. */
  startedS: Float64Array;
  /** End of the step that emitted the first token, and the last one so far. Seconds; NaN before. */
  firstTokenS: Float64Array;
  lastTokenS: Float64Array;
  /** Times it lost its cache and began again on the same replica. */
  preemptions: Int32Array;

  /** Times it was routed again from scratch because its replica was lost. */
  restarts: Int32Array;

  /** Tokens in the cache, tokens emitted, and blocks held: what engines write. */
  done: Int32Array;
  emitted: Int32Array;
  owned: Int32Array;

  constructor(capacity: number) {
    this.arrivalS = new Float64Array(capacity);
    this.promptTokens = new Int32Array(capacity);
    this.outputTokens = new Int32Array(capacity);
    this.outcome = new Uint8Array(capacity);
    this.replicaOf = new Int32Array(capacity);
    this.startedS = new Float64Array(capacity);
    this.firstTokenS = new Float64Array(capacity);
    this.lastTokenS = new Float64Array(capacity);
    this.preemptions = new Int32Array(capacity);
    this.restarts = new Int32Array(capacity);
    this.done = new Int32Array(capacity);
    this.emitted = new Int32Array(capacity);
    this.owned = new Int32Array(capacity);
  }

  /** Enters a request and returns its number. @throws InvariantError for one without a prompt or an answer */
  add(request: ServiceRequest): number {
    if (!(request.promptTokens >= 1 && request.outputTokens >= 1))
      throw new InvariantError("serving: a request needs a token of prompt and one of answer", {
        ...request,
      });
    if (this.count === this.arrivalS.length) this.grow(Math.max(64, 2 * this.count));
    const index = this.count++;
    this.arrivalS[index] = request.arrivalS;
    this.promptTokens[index] = request.promptTokens;
    this.outputTokens[index] = request.outputTokens;
    this.outcome[index] = OPEN;
    this.replicaOf[index] = -1;
    this.startedS[index] = Number.NaN;
    this.firstTokenS[index] = Number.NaN;
    this.lastTokenS[index] = Number.NaN;
    const { classIndex = 0, adapter = -1, prefixGroup = -1, conversation = -1 } = request;
    if (classIndex !== 0 || adapter >= 0 || prefixGroup >= 0 || conversation >= 0)
      this.traits ??= createTraits(this.arrivalS.length);
    const { traits } = this;
    if (traits !== undefined) {
      traits.classIndex[index] = classIndex;
      traits.adapter[index] = adapter;
      traits.prefixGroup[index] = prefixGroup;
      traits.prefixTokens[index] = prefixGroup < 0 ? 0 : (request.prefixTokens ?? 0);
      traits.conversation[index] = conversation;
    }
    return index;
  }

  /** Forgets what engines know of a request, which is to begin from scratch. */
  restart(request: number): void {
    this.restarts[request]!++;
    this.done[request] = 0;
    this.emitted[request] = 0;
    this.owned[request] = 0;
    this.firstTokenS[request] = Number.NaN;
    this.lastTokenS[request] = Number.NaN;
    this.outcome[request] = OPEN;
    this.replicaOf[request] = -1;
  }

  private grow(capacity: number): void {
    const longer = <Column extends Float64Array | Int32Array | Uint8Array>(
      column: Column,
    ): Column => {
      const next = new (column.constructor as new (length: number) => Column)(capacity);
      next.set(column);
      return next;
    };
    this.arrivalS = longer(this.arrivalS);
    this.promptTokens = longer(this.promptTokens);
    this.outputTokens = longer(this.outputTokens);
    this.outcome = longer(this.outcome);
    this.replicaOf = longer(this.replicaOf);
    this.startedS = longer(this.startedS);
    this.firstTokenS = longer(this.firstTokenS);
    this.lastTokenS = longer(this.lastTokenS);
    this.preemptions = longer(this.preemptions);
    this.restarts = longer(this.restarts);
    this.done = longer(this.done);
    this.emitted = longer(this.emitted);
    this.owned = longer(this.owned);
    if (this.traits === undefined) return;
    this.traits = {
      classIndex: longer(this.traits.classIndex),
      adapter: longer(this.traits.adapter),
      prefixGroup: longer(this.traits.prefixGroup),
      prefixTokens: longer(this.traits.prefixTokens),
      conversation: longer(this.traits.conversation),
    };
  }
}

/** What requests may have beyond lengths; −1 for none, as in `ServiceRequest`. */
export interface RequestTraits {
  readonly classIndex: Uint8Array;
  readonly adapter: Int32Array;
  readonly prefixGroup: Int32Array;
  readonly prefixTokens: Int32Array;
  readonly conversation: Int32Array;
}

function createTraits(capacity: number): RequestTraits {
  return {
    classIndex: new Uint8Array(capacity),
    adapter: new Int32Array(capacity).fill(-1),
    prefixGroup: new Int32Array(capacity).fill(-1),
    prefixTokens: new Int32Array(capacity),
    conversation: new Int32Array(capacity).fill(-1),
  };
}

/** One row of a request table as a request to a service. */
export function requestOfRow(table: RequestTable, row: number): ServiceRequest {
  const { classes, adapters, prefixes, conversation } = table;
  return {
    arrivalS: table.arrivalS[row]!,
    promptTokens: table.promptTokens[row]!,
    outputTokens: table.outputTokens[row]!,
    classIndex: classes === undefined ? 0 : Math.max(0, classes.index[row]!),
    adapter: adapters?.index[row] ?? -1,
    prefixGroup: prefixes?.group[row] ?? -1,
    prefixTokens: prefixes?.tokens[row] ?? 0,
    conversation: conversation?.[row] ?? -1,
  };
}
