import type { CellAmounts } from "./quota-ledger.js";

/** What the preemption rules know of an admitted workload. */
export interface AdmittedWorkload {
  readonly handle: number;
  /** Unchanging number, in order of admission; decides between otherwise equal workloads. */
  readonly sequence: number;
  readonly queue: number;
  readonly priority: number;
  /** Time by which the queue orders workloads of one priority. Seconds. */
  readonly queuedS: number;
  /** Seconds. */
  readonly admittedS: number;
  readonly use: CellAmounts;
  /** True once it is told to stop and still holds its quota. */
  evicted: boolean;
}

/** Workloads of one queue, each list with those first that are pushed out first (`compareYielding`). */
export interface QueueWorkloads {
  readonly stopping: readonly AdmittedWorkload[];
  readonly running: readonly AdmittedWorkload[];
}

/** The admitted workloads by handle and by queue. Handles are reused after release. */
export interface WorkloadBook {
  /** @throws RangeError when the handle is not live */
  get(handle: number): AdmittedWorkload;
  /** Returns the handle. */
  add(workload: Omit<AdmittedWorkload, "handle" | "sequence" | "evicted">): number;
  remove(handle: number): void;
  /** Notes that a workload was told to stop. */
  markStopping(handle: number): void;
  workloadsOf(queue: number): QueueWorkloads;
  readonly count: number;
}

/** Who yields first: lowest priority, then most recently admitted, then admitted first. A total order. */
export function compareYielding(left: AdmittedWorkload, right: AdmittedWorkload): number {
  return (
    left.priority - right.priority ||
    right.admittedS - left.admittedS ||
    left.sequence - right.sequence
  );
}

/** An empty book. A change costs O(log n) to find the place and O(n) moves, n workloads in the queue. */
export function createWorkloadBook(queueCount: number): WorkloadBook {
  const entries: (AdmittedWorkload | undefined)[] = [];
  const free: number[] = [];
  const queues = Array.from({ length: queueCount }, () => ({
    stopping: [] as AdmittedWorkload[],
    running: [] as AdmittedWorkload[],
  }));
  let sequence = 0;
  let count = 0;
  const get = (handle: number): AdmittedWorkload => {
    const entry = entries[handle];
    if (entry === undefined)
      throw new RangeError(`quota: no admitted workload has the handle ${handle}`);
    return entry;
  };
  const listOf = ({ queue, evicted }: AdmittedWorkload): AdmittedWorkload[] =>
    evicted ? queues[queue]!.stopping : queues[queue]!.running;
  const insert = (entry: AdmittedWorkload): void =>
    void listOf(entry).splice(placeOf(listOf(entry), entry), 0, entry);
  const takeOff = (entry: AdmittedWorkload): void =>
    void listOf(entry).splice(placeOf(listOf(entry), entry), 1);
  return {
    get,
    get count() {
      return count;
    },
    add({ queue, priority, queuedS, admittedS, use }) {
      const handle = free.pop() ?? entries.length;
      const entry: AdmittedWorkload = {
        handle,
        sequence,
        queue,
        priority,
        queuedS,
        admittedS,
        use,
        evicted: false,
      };
      entries[handle] = entry;
      sequence += 1;
      count += 1;
      insert(entry);
      return handle;
    },
    remove(handle) {
      takeOff(get(handle));
      entries[handle] = undefined;
      free.push(handle);
      count -= 1;
    },
    markStopping(handle) {
      const entry = get(handle);
      takeOff(entry);
      entry.evicted = true;
      insert(entry);
    },
    workloadsOf: (queue) => queues[queue]!,
  };
}

/** Where the entry stands, or would stand, in a sorted list. */
function placeOf(list: readonly AdmittedWorkload[], entry: AdmittedWorkload): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareYielding(list[middle]!, entry) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
