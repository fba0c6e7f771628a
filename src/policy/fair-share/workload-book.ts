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

/** The admitted workloads by handle and by queue. Handles are reused after release. */
export interface WorkloadBook {
  /** @throws RangeError when the handle is not live */
  get(handle: number): AdmittedWorkload;
  /** Returns the handle. */
  add(workload: Omit<AdmittedWorkload, "handle" | "sequence" | "evicted">): number;
  remove(handle: number): void;
  /** Workloads of a queue, in no set order. */
  workloadsOf(queue: number): readonly AdmittedWorkload[];
  /** Least priority among the workloads of a queue; +Infinity when it has none. */
  leastPriorityOf(queue: number): number;
  readonly count: number;
}

/** An empty book. Adding and removing cost O(1), and O(distinct priorities) when the last of the least goes. */
export function createWorkloadBook(queueCount: number): WorkloadBook {
  const entries: (AdmittedWorkload | undefined)[] = [];
  const placeInQueue: number[] = [];
  const free: number[] = [];
  const queues = Array.from({ length: queueCount }, createQueueBook);
  let sequence = 0;
  let count = 0;
  const get = (handle: number): AdmittedWorkload => {
    const entry = entries[handle];
    if (entry === undefined)
      throw new RangeError(`quota: no admitted workload has the handle ${handle}`);
    return entry;
  };
  return {
    get,
    get count() {
      return count;
    },
    add(workload) {
      const handle = free.pop() ?? entries.length;
      const entry = { ...workload, handle, sequence, evicted: false };
      entries[handle] = entry;
      sequence += 1;
      count += 1;
      const queue = queues[workload.queue]!;
      placeInQueue[handle] = queue.workloads.push(entry) - 1;
      queue.countByPriority.set(
        entry.priority,
        (queue.countByPriority.get(entry.priority) ?? 0) + 1,
      );
      queue.leastPriority = Math.min(queue.leastPriority, entry.priority);
      return handle;
    },
    remove(handle) {
      const entry = get(handle);
      const queue = queues[entry.queue]!;
      const last = queue.workloads.pop()!;
      if (last !== entry) {
        queue.workloads[placeInQueue[handle]!] = last;
        placeInQueue[last.handle] = placeInQueue[handle]!;
      }
      forgetPriority(queue, entry.priority);
      entries[handle] = undefined;
      free.push(handle);
      count -= 1;
    },
    workloadsOf: (queue) => queues[queue]!.workloads,
    leastPriorityOf: (queue) => queues[queue]!.leastPriority,
  };
}

interface QueueBook {
  readonly workloads: AdmittedWorkload[];
  readonly countByPriority: Map<number, number>;
  leastPriority: number;
}

function createQueueBook(): QueueBook {
  return { workloads: [], countByPriority: new Map(), leastPriority: Number.POSITIVE_INFINITY };
}

function forgetPriority(queue: QueueBook, priority: number): void {
  const left = queue.countByPriority.get(priority)! - 1;
  if (left > 0) {
    queue.countByPriority.set(priority, left);
    return;
  }
  queue.countByPriority.delete(priority);
  if (priority !== queue.leastPriority) return;
  queue.leastPriority = Number.POSITIVE_INFINITY;
  for (const other of queue.countByPriority.keys())
    queue.leastPriority = Math.min(queue.leastPriority, other);
}
