import type { BlockPool } from "./block-pool.js";

/** Requests whose prompt is computed here, and whose blocks stay until another engine has fetched them. */
export class ParkedPrompts {
  private readonly requests = new Set<number>();
  /** Until when, where that is known; the earliest first. */
  private ends: { readonly request: number; readonly timeS: number }[] = [];

  constructor(private readonly pool: BlockPool) {}

  /** When the next blocks are no longer needed; Infinity when that is not known. */
  get nextS(): number {
    return this.ends[0]?.timeS ?? Infinity;
  }

  /** @returns false when the request was parked already, by an attempt before this one */
  park(request: number): boolean {
    const isFirst = !this.requests.has(request);
    if (!isFirst) this.pool.unpark(request);
    this.ends = this.ends.filter((one) => one.request !== request);
    this.pool.park(request);
    this.requests.add(request);
    return isFirst;
  }

  /** The blocks are not needed from then on. */
  endAt(request: number, timeS: number): void {
    const others = this.ends.filter((one) => one.request !== request);
    this.ends = [...others, { request, timeS }].sort((left, right) => left.timeS - right.timeS);
  }

  /** Lets go of what is not needed any more. @returns how many requests */
  endUntil(nowS: number): number {
    let ended = 0;
    while (this.nextS <= nowS) {
      const { request } = this.ends.shift()!;
      if (!this.requests.delete(request)) continue;
      this.pool.unpark(request);
      ended++;
    }
    return ended;
  }

  /** All that are left; nobody is, then. */
  evacuate(): number[] {
    const left = [...this.requests];
    for (const request of left) this.pool.unpark(request);
    this.requests.clear();
    this.ends = [];
    return left;
  }
}
