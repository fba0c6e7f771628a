/** Items in order, sorted no further than they are asked for. */
export interface LazyOrder<T> {
  /** The item at a place, or undefined beyond the last. Places already asked for cost nothing. */
  at(place: number): T | undefined;
}

/**
 * Orders items as they are asked for: O(n) at once, O(log n) for every further place.
 *
 * Preemption looks at thousands of workloads and takes a few.
 *
 * @param compare a total order: no two items are equal
 */
export function createLazyOrder<T>(
  items: readonly T[],
  compare: (left: T, right: T) => number,
): LazyOrder<T> {
  const heap = [...items];
  const ordered: T[] = [];
  for (let slot = (heap.length >> 1) - 1; slot >= 0; slot -= 1) sink(heap, slot, compare);
  return {
    at(place) {
      while (ordered.length <= place && heap.length > 0) {
        ordered.push(heap[0]!);
        const last = heap.pop()!;
        if (heap.length === 0) break;
        heap[0] = last;
        sink(heap, 0, compare);
      }
      return ordered[place];
    },
  };
}

function sink<T>(heap: T[], from: number, compare: (left: T, right: T) => number): void {
  const item = heap[from]!;
  let slot = from;
  for (let child = 2 * slot + 1; child < heap.length; child = 2 * slot + 1) {
    if (child + 1 < heap.length && compare(heap[child + 1]!, heap[child]!) < 0) child += 1;
    if (compare(heap[child]!, item) >= 0) break;
    heap[slot] = heap[child]!;
    slot = child;
  }
  heap[slot] = item;
}
