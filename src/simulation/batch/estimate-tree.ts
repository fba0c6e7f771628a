/**
 * Waiting jobs of one demand class with their estimates, for the question "who is the first in the queue
 * with an estimate of at most t?".
 *
 * A tournament tree over the class's jobs in queue order, whose nodes hold the least estimate below them.
 */
export interface EstimateTree {
  /** Place of the first waiting job with an estimate ≤ `limitS`; -1 when there is none. */
  firstAtMost(limitS: number): number;
  /** The job at this place waits, with this estimate in seconds. */
  add(place: number, estimateS: number): void;
  /** The job at this place no longer waits. */
  remove(place: number): void;
}

/** @param size places, one per job of the class */
export function createEstimateTree(size: number): EstimateTree {
  let width = 1;
  while (width < size) width *= 2;
  const least = new Float64Array(2 * width).fill(Infinity);
  const set = (place: number, estimateS: number): void => {
    let node = width + place;
    least[node] = estimateS;
    while (node > 1) {
      node >>= 1;
      least[node] = Math.min(least[2 * node]!, least[2 * node + 1]!);
    }
  };
  return {
    firstAtMost(limitS) {
      // Infinity marks "nobody waits here": no estimate is infinite.
      if (!(least[1]! <= limitS) || least[1] === Infinity) return -1;
      let node = 1;
      while (node < width) node = least[2 * node]! <= limitS ? 2 * node : 2 * node + 1;
      return node - width;
    },
    add: set,
    remove(place) {
      set(place, Infinity);
    },
  };
}
