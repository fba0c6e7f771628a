/** Requests that wait for an engine, by place from the head. */
export interface WaitingQueue {
  readonly length: number;
  /** @returns undefined behind the end */
  at(place: number): number | undefined;
  /** A request that comes. */
  push(request: number): void;
  /** A request that was thrown out. */
  pushBack(request: number): void;
  removeAt(place: number): void;
}

/** First come, first served, and those thrown out before all others. Works at the head in constant time on average. */
export function createFifoQueue(): WaitingQueue {
  return new FifoQueue();
}

class FifoQueue implements WaitingQueue {
  /** In front of `back`, the head at the end. */
  private readonly front: number[] = [];
  private back: number[] = [];
  private first = 0;

  get length(): number {
    return this.front.length + this.back.length - this.first;
  }

  at(place: number): number | undefined {
    const { front } = this;
    return place < front.length
      ? front[front.length - 1 - place]
      : this.back[this.first + place - front.length];
  }

  push(request: number): void {
    this.back.push(request);
  }

  pushBack(request: number): void {
    this.front.push(request);
  }

  removeAt(place: number): void {
    const { front } = this;
    if (place < front.length) {
      front.splice(front.length - 1 - place, 1);
      return;
    }
    if (place > front.length) {
      this.back.splice(this.first + place - front.length, 1);
      return;
    }
    this.first++;
    if (this.first * 2 > this.back.length) {
      this.back = this.back.slice(this.first);
      this.first = 0;
    }
  }
}

/** In an order of their own, wherever they come from. @param isBefore a strict total order */
export function createSortedQueue(
  isBefore: (left: number, right: number) => boolean,
): WaitingQueue {
  const sorted: number[] = [];
  const insert = (request: number): void => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBefore(sorted[middle]!, request)) low = middle + 1;
      else high = middle;
    }
    sorted.splice(low, 0, request);
  };
  return {
    get length() {
      return sorted.length;
    },
    at: (place) => sorted[place],
    push: insert,
    pushBack: insert,
    removeAt(place) {
      sorted.splice(place, 1);
    },
  };
}
