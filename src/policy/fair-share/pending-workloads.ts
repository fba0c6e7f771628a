import type { QuotaRequest } from "./flavor-search.js";
import type { HeapItem, IndexedHeap } from "./indexed-heap.js";
import { createIndexedHeap } from "./indexed-heap.js";
import type { QuotaLayout } from "./quota-layout.js";

/** A waiting workload; the number is the caller's name for it. */
export interface PendingWorkload {
  readonly workload: number;
  readonly queue: number;
  readonly request: QuotaRequest;
  /**
   * Workloads of one queue and one kind ask for the same amounts, at the same priority, in the same flavors:
   * what is said of one holds for all. Absent: it is like no other.
   */
  readonly kind?: number;
}

/** The first workload of a queue, taken out to be decided on; it can be offered to a cycle as it is. */
export interface TakenHead extends PendingWorkload {
  /** True when it last came back as `preempts`. */
  readonly preempting: boolean;
}

/**
 * Why a head comes back. `waits`: it cannot be admitted as things stand. `again`: it was overtaken in the
 * cycle. `preempts`: it waits for the room of those it pushes out.
 */
export type HeadReturn = "waits" | "again" | "preempts";

/**
 * Waiting workloads of every queue, in the order of priority, time of queueing, order of arrival here.
 *
 * A cycle takes the heads of all queues, decides, and puts back those that were not admitted. Under
 * `strict-fifo` all come back to their place: a head that waits stops its queue. Under `best-effort-fifo`
 * one that waits is set aside with all others of its kind, the next comes up, and what is set aside in a
 * tree of queues comes back when quota is freed there (kinds: Kueue's equivalence classes). One that
 * preempts stays first until it comes back otherwise, or those coming back would stand before it and its
 * victims start again in the room they made (Kueue's sticky head, kubernetes-sigs/kueue#7157). A head set
 * aside in a cycle during which its tree was woken comes back at once.
 */
export interface PendingWorkloads {
  /** Number of workloads, without heads that are taken. */
  readonly waiting: number;
  /** @throws RangeError when another of its kind in the queue has a different priority */
  add(pending: PendingWorkload): void;
  /** Takes out the first workload of every queue that has one, in queue order. */
  takeHeads(): readonly TakenHead[];
  /** A head that was not admitted comes back. */
  putBack(head: TakenHead, why: HeadReturn): void;
  /** Quota of this queue was freed, or its rules changed. */
  wake(queue: number): void;
  /** Every workload but the taken heads, in no set order. */
  forEach(visit: (pending: PendingWorkload) => void): void;
}

/** No workload waiting. All changes cost O(log waiting), `wake` O(kinds set aside * log kinds). */
export function createPendingWorkloads(layout: QuotaLayout): PendingWorkloads {
  const queues = layout.rules.map(({ strategy }) => createLine(strategy === "strict-fifo"));
  // By root: how often the tree was woken.
  const wakes = new Float64Array(layout.nodeCount);
  const wakesOf = (queue: number): number => wakes[layout.root[queue]!]!;
  let arrivals = 0;
  let waiting = 0;
  return {
    get waiting() {
      return waiting;
    },
    add(pending) {
      const { workload, queue, request, kind } = pending;
      const bucket = bucketFor(queues[queue]!, pending);
      const flags = { preempting: false, staysFirst: false, takenAtWake: 0, place: -1 };
      const entry = { workload, queue, request, bucket, arrival: arrivals, ...flags };
      enter(queues[queue]!, kind === undefined ? entry : { ...entry, kind });
      arrivals += 1;
      waiting += 1;
    },
    takeHeads() {
      const heads = queues.flatMap((line) => leave(line) ?? []);
      for (const head of heads) head.takenAtWake = wakesOf(head.queue);
      waiting -= heads.length;
      return heads;
    },
    putBack(head, why) {
      const entry = head as Entry;
      const line = queues[entry.queue]!;
      entry.preempting = why === "preempts";
      entry.staysFirst = entry.preempting && !line.isStrict;
      waiting += 1;
      enter(line, entry);
      if (why === "waits" && !line.isStrict && entry.takenAtWake === wakesOf(entry.queue))
        setAside(line, entry.bucket);
    },
    wake(queue) {
      wakes[layout.root[queue]!]! += 1;
      queues.forEach((line, other) => {
        if (layout.root[other] === layout.root[queue]) comeBack(line);
      });
    },
    forEach(visit) {
      for (const { buckets } of queues)
        for (const { entries } of buckets) for (const entry of entries) visit(entry);
    },
  };
}

interface Entry extends PendingWorkload, HeapItem {
  readonly bucket: Bucket;
  readonly arrival: number;
  preempting: boolean;
  staysFirst: boolean;
  takenAtWake: number;
}

/** The workloads of one kind. */
interface Bucket extends HeapItem {
  readonly kind: number | undefined;
  readonly priority: number;
  readonly order: IndexedHeap<Entry>;
  readonly entries: Set<Entry>;
  isAside: boolean;
}

/** One queue: its kinds that are not set aside, by their first workloads. */
interface Line {
  readonly isStrict: boolean;
  readonly order: IndexedHeap<Bucket>;
  readonly buckets: Set<Bucket>;
  readonly byKind: Map<number, Bucket>;
  aside: Bucket[];
}

function createLine(isStrict: boolean): Line {
  const order = createIndexedHeap<Bucket>((left, right) =>
    isBefore(left.order.first!, right.order.first!),
  );
  return { isStrict, order, buckets: new Set(), byKind: new Map(), aside: [] };
}

function isBefore(left: Entry, right: Entry): boolean {
  if (left.staysFirst !== right.staysFirst) return left.staysFirst;
  const a = left.request;
  const b = right.request;
  return (b.priority - a.priority || a.queuedS - b.queuedS || left.arrival - right.arrival) < 0;
}

function bucketFor({ byKind }: Line, { request, kind }: PendingWorkload): Bucket {
  const known = kind === undefined ? undefined : byKind.get(kind);
  if (known !== undefined && known.priority !== request.priority) {
    throw new RangeError(
      `quota: workloads of kind ${kind} have priorities ${known.priority} and ${request.priority}`,
    );
  }
  if (known !== undefined) return known;
  const order = createIndexedHeap<Entry>(isBefore);
  const { priority } = request;
  const bucket = { kind, priority, order, entries: new Set<Entry>(), isAside: false, place: -1 };
  if (kind !== undefined) byKind.set(kind, bucket);
  return bucket;
}

/** A workload takes its place; one of a kind that is set aside is set aside too. */
function enter(line: Line, entry: Entry): void {
  const { bucket } = entry;
  bucket.order.add(entry);
  bucket.entries.add(entry);
  line.buckets.add(bucket);
  if (bucket.kind !== undefined) line.byKind.set(bucket.kind, bucket);
  if (bucket.isAside && !entry.staysFirst) return;
  if (bucket.isAside) {
    bucket.isAside = false;
    line.aside = line.aside.filter((other) => other !== bucket);
  }
  if (bucket.place >= 0) line.order.moved(bucket);
  else line.order.add(bucket);
}

/** Takes the first workload out, if there is one. */
function leave(line: Line): Entry | undefined {
  const bucket = line.order.first;
  const entry = bucket?.order.first;
  if (bucket === undefined || entry === undefined) return undefined;
  bucket.order.remove(entry);
  bucket.entries.delete(entry);
  if (bucket.entries.size > 0) line.order.moved(bucket);
  else {
    line.order.remove(bucket);
    line.buckets.delete(bucket);
  }
  return entry;
}

function setAside(line: Line, bucket: Bucket): void {
  line.order.remove(bucket);
  bucket.isAside = true;
  line.aside.push(bucket);
}

function comeBack(line: Line): void {
  for (const bucket of line.aside) {
    bucket.isAside = false;
    line.order.add(bucket);
  }
  line.aside = [];
}
