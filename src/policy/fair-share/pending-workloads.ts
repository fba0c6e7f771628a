import type { QuotaRequest } from "./flavor-search.js";
import type { QuotaLayout } from "./quota-layout.js";

/** A waiting workload; the number is the caller's name for it. */
export interface PendingWorkload {
  readonly workload: number;
  readonly queue: number;
  readonly request: QuotaRequest;
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
 * one that waits is set aside, the next comes up, and all that is set aside in a tree of queues comes back
 * when quota is freed there; one that preempts stays first until it comes back otherwise, or those coming
 * back would stand before it and its victims start again in the room they made (Kueue's sticky head,
 * kubernetes-sigs/kueue#7157). A head set aside in a cycle during which its tree was woken comes back at once.
 */
export interface PendingWorkloads {
  /** Number of workloads, without heads that are taken. */
  readonly waiting: number;
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

/** No workload waiting. `add` and `putBack` cost O(log waiting); `wake` O(set aside * log waiting). */
export function createPendingWorkloads(layout: QuotaLayout): PendingWorkloads {
  const heaps: Entry[][] = Array.from({ length: layout.queueCount }, () => []);
  const aside: Entry[][] = Array.from({ length: layout.queueCount }, () => []);
  // By root: how often the tree was woken.
  const wakes = new Float64Array(layout.nodeCount);
  const wakesOf = (queue: number): number => wakes[layout.root[queue]!]!;
  let arrivals = 0;
  let waiting = 0;
  return {
    get waiting() {
      return waiting;
    },
    add({ workload, queue, request }) {
      const places = { arrival: arrivals, preempting: false, staysFirst: false, takenAtWake: 0 };
      pushHeap(heaps[queue]!, { workload, queue, request, ...places });
      arrivals += 1;
      waiting += 1;
    },
    takeHeads() {
      const heads = heaps.flatMap((heap) => popHeap(heap) ?? []);
      for (const head of heads) head.takenAtWake = wakesOf(head.queue);
      waiting -= heads.length;
      return heads;
    },
    putBack(head, why) {
      const entry = head as Entry;
      const { queue } = entry;
      const isStrict = layout.rules[queue]!.strategy === "strict-fifo";
      entry.preempting = why === "preempts";
      entry.staysFirst = entry.preempting && !isStrict;
      waiting += 1;
      const isAside = why === "waits" && !isStrict && entry.takenAtWake === wakesOf(queue);
      if (isAside) aside[queue]!.push(entry);
      else pushHeap(heaps[queue]!, entry);
    },
    wake(queue) {
      wakes[layout.root[queue]!]! += 1;
      for (let other = 0; other < layout.queueCount; other += 1) {
        if (layout.root[other] !== layout.root[queue]) continue;
        for (const entry of aside[other]!.splice(0)) pushHeap(heaps[other]!, entry);
      }
    },
    forEach(visit) {
      for (const entries of [...heaps, ...aside]) for (const entry of entries) visit(entry);
    },
  };
}

interface Entry extends PendingWorkload {
  readonly arrival: number;
  preempting: boolean;
  staysFirst: boolean;
  takenAtWake: number;
}

function isBefore(left: Entry, right: Entry): boolean {
  if (left.staysFirst !== right.staysFirst) return left.staysFirst;
  const a = left.request;
  const b = right.request;
  return (b.priority - a.priority || a.queuedS - b.queuedS || left.arrival - right.arrival) < 0;
}

function pushHeap(heap: Entry[], entry: Entry): void {
  let slot = heap.push(entry) - 1;
  while (slot > 0) {
    const above = (slot - 1) >> 1;
    if (!isBefore(entry, heap[above]!)) break;
    heap[slot] = heap[above]!;
    slot = above;
  }
  heap[slot] = entry;
}

function popHeap(heap: Entry[]): Entry | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (first === undefined || last === undefined || heap.length === 0) return first;
  let slot = 0;
  for (let child = 1; child < heap.length; child = 2 * slot + 1) {
    if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
    if (!isBefore(heap[child]!, last)) break;
    heap[slot] = heap[child]!;
    slot = child;
  }
  heap[slot] = last;
  return first;
}
