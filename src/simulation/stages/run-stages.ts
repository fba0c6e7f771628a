/** A step every request goes through before the next: equal servers, one request each, first come first served. */
export interface Stage {
  readonly name: string;
  /** Requests it works on at once, ≥ 1. */
  readonly servers: number;
  /** Seconds of a request, by its place in the table; finite, ≥ 0. */
  seconds(request: number): number;
}

/** How busy a stage was, and how long requests waited before it. */
export interface StageUse {
  readonly name: string;
  readonly servers: number;
  /** Seconds of work of all requests together. */
  readonly workS: number;
  /** Work over servers and time from the first arrival to the last end, 0 to 1. */
  readonly busyShare: number;
  /** Seconds each request waited, by its place in the table. */
  readonly waitS: Float64Array;
}

/** What stages did to requests. */
export interface StagesRun {
  /** When each request left the last stage, by its place in the table. Seconds. */
  readonly leftS: Float64Array;
  /** Requests in the order they left; ties in the order of the table. */
  readonly order: Int32Array;
  readonly stages: readonly StageUse[];
}

/**
 * Sends requests through stages one after the other. Between stages they line up by when they come, ties by
 * their place in the table. Costs n log n.
 *
 * @param arrivalS when each request comes to the first stage, never falling
 */
export function runStages(arrivalS: Float64Array, stages: readonly Stage[]): StagesRun {
  let leftS = Float64Array.from(arrivalS);
  let order = Int32Array.from(arrivalS, (_, request) => request);
  const uses: StageUse[] = [];
  for (const stage of stages) {
    const came = leftS;
    const { use, ended } = runStage(stage, came, order);
    uses.push(use);
    leftS = ended;
    order = Int32Array.from(order).sort(
      (left, right) => ended[left]! - ended[right]! || left - right,
    );
  }
  return { leftS, order, stages: uses };
}

function runStage(
  stage: Stage,
  cameS: Float64Array,
  order: Int32Array,
): { readonly use: StageUse; readonly ended: Float64Array<ArrayBuffer> } {
  const freeAt = createServers(stage.servers);
  const ended = new Float64Array(cameS.length);
  const waitS = new Float64Array(cameS.length);
  let workS = 0;
  let endS = 0;
  for (const request of order) {
    const came = cameS[request]!;
    const start = Math.max(came, freeAt.earliest());
    const seconds = stage.seconds(request);
    if (!(seconds >= 0) || seconds === Infinity)
      throw new RangeError(`stage ${stage.name}: request ${request} takes ${seconds} s`);
    freeAt.replaceEarliest(start + seconds);
    waitS[request] = start - came;
    ended[request] = start + seconds;
    workS += seconds;
    endS = Math.max(endS, start + seconds);
  }
  const spanS = order.length === 0 ? 0 : endS - cameS[order[0]!]!;
  const busyShare = spanS > 0 ? workS / (spanS * stage.servers) : 0;
  return {
    use: { name: stage.name, servers: stage.servers, workS, busyShare, waitS },
    ended,
  };
}

/** Times at which servers are free, the earliest at hand: a binary heap. */
function createServers(count: number): {
  earliest(): number;
  replaceEarliest(timeS: number): void;
} {
  if (!Number.isSafeInteger(count) || count < 1)
    throw new RangeError(`a stage has at least one server, got ${count}`);
  const heap = new Float64Array(count);
  return {
    earliest: () => heap[0]!,
    replaceEarliest(timeS) {
      let at = 0;
      for (;;) {
        const left = 2 * at + 1;
        if (left >= count) break;
        const right = left + 1;
        const child = right < count && heap[right]! < heap[left]! ? right : left;
        if (heap[child]! >= timeS) break;
        heap[at] = heap[child]!;
        at = child;
      }
      heap[at] = timeS;
    },
  };
}
