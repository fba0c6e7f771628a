/** Items of sorted sequences: the first one, and those after it. */
export interface SortedSource<T> {
  readonly first: T;
  readonly rest: Iterator<T, undefined>;
}

/** Items of several sorted sequences in one order, read no further than they are asked for. */
export interface MergedOrder<T> {
  /** The item at a place, or undefined beyond the last. Places already asked for cost nothing. */
  at(place: number): T | undefined;
}

/** A source of what is left of an iterator, or undefined when that is nothing. */
export function sourceOf<T>(items: Iterator<T, undefined>): SortedSource<T> | undefined {
  const { done, value } = items.next();
  return done === true ? undefined : { first: value, rest: items };
}

/**
 * Merges sequences as they are asked for: O(sources) at once, O(log sources) for every further place.
 *
 * Preemption may choose among thousands of workloads and takes a few.
 *
 * @param compare a total order: no two items are equal; every source is sorted by it
 */
export function createMergedOrder<T>(
  sources: readonly SortedSource<T>[],
  compare: (left: T, right: T) => number,
): MergedOrder<T> {
  const heap = sources.map(({ first, rest }): Head<T> => ({ item: first, rest }));
  const ordered: T[] = [];
  for (let slot = (heap.length >> 1) - 1; slot >= 0; slot -= 1) sink(heap, slot, compare);
  return {
    at(place) {
      while (ordered.length <= place && heap.length > 0) {
        ordered.push(heap[0]!.item);
        const { done, value } = heap[0]!.rest.next();
        if (done !== true) heap[0]!.item = value;
        else {
          const last = heap.pop()!;
          if (heap.length === 0) break;
          heap[0] = last;
        }
        sink(heap, 0, compare);
      }
      return ordered[place];
    },
  };
}

interface Head<T> {
  item: T;
  readonly rest: Iterator<T, undefined>;
}

function sink<T>(heap: Head<T>[], from: number, compare: (left: T, right: T) => number): void {
  const head = heap[from]!;
  let slot = from;
  for (let child = 2 * slot + 1; child < heap.length; child = 2 * slot + 1) {
    if (child + 1 < heap.length && compare(heap[child + 1]!.item, heap[child]!.item) < 0)
      child += 1;
    if (compare(heap[child]!.item, head.item) >= 0) break;
    heap[slot] = heap[child]!;
    slot = child;
  }
  heap[slot] = head;
}
