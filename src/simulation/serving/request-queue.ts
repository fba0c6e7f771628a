/** Waiting requests: first come, first served, and those thrown out before all others. */
export interface RequestQueue {
  head(): number | undefined;
  push(request: number): void;
  unshift(request: number): void;
  shift(): void;
}

/** Makes an empty queue. Every operation takes constant time on average. */
export function createRequestQueue(): RequestQueue {
  /** In front of `back`, the head at the end. */
  const front: number[] = [];
  let back: number[] = [];
  let first = 0;
  return {
    head: () => front.at(-1) ?? back[first],
    push: (request) => {
      back.push(request);
    },
    unshift: (request) => {
      front.push(request);
    },
    shift() {
      if (front.pop() !== undefined) return;
      first++;
      if (first * 2 > back.length) {
        back = back.slice(first);
        first = 0;
      }
    },
  };
}
