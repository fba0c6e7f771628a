/** Things of a service that happen at their times; those of one time in the order they were entered. */
export interface MomentQueue<Moment> {
  /** When the next happens; Infinity when nothing is to come. Seconds. */
  readonly nextS: number;
  push(timeS: number, moment: Moment): void;
  /** The next one, at `nextS`. */
  pop(): Moment | undefined;
}

/** Makes an empty queue. */
export function createMomentQueue<Moment>(): MomentQueue<Moment> {
  const heap: { readonly timeS: number; readonly number: number; readonly moment: Moment }[] = [];
  let entered = 0;
  const isBefore = (left: number, right: number): boolean => {
    const [a, b] = [heap[left]!, heap[right]!];
    return a.timeS === b.timeS ? a.number < b.number : a.timeS < b.timeS;
  };
  const swap = (left: number, right: number): void => {
    [heap[left], heap[right]] = [heap[right]!, heap[left]!];
  };
  return {
    get nextS() {
      return heap[0]?.timeS ?? Infinity;
    },
    push(timeS, moment) {
      heap.push({ timeS, number: entered++, moment });
      for (let place = heap.length - 1; place > 0;) {
        const parent = (place - 1) >> 1;
        if (!isBefore(place, parent)) break;
        swap(place, parent);
        place = parent;
      }
    },
    pop() {
      const first = heap[0];
      const last = heap.pop();
      if (first === undefined || last === undefined) return undefined;
      if (heap.length > 0) heap[0] = last;
      for (let place = 0; ;) {
        const left = 2 * place + 1;
        if (left >= heap.length) break;
        const child = left + 1 < heap.length && isBefore(left + 1, left) ? left + 1 : left;
        if (!isBefore(child, place)) break;
        swap(place, child);
        place = child;
      }
      return first.moment;
    },
  };
}
