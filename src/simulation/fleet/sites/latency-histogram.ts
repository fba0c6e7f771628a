/** Edges per factor of ten: neighbours are 3.7 % apart. */
const EDGES_PER_DECADE = 64;
/** What is less likely than this is past the last edge that is looked at. */
const NEGLIGIBLE = 1e-8;

/**
 * Latencies of many queues, weighted by their requests, at edges that grow by a constant factor. Quantiles are read
 * between neighbouring edges, so they are off by 3.7 % at most, and by far less where latencies spread.
 */
export interface LatencyHistogram {
  /**
   * Adds requests whose latency exceeds t with this probability.
   *
   * @param floorS no latency is below it
   */
  add(requests: number, floorS: number, exceeds: (latencyS: number) => number): void;
  readonly requests: number;
  /** null without requests. */
  quantileS(q: number): number | null;
}

/** @param shortestS first edge; @param longestS last edge; both > 0 */
export function createLatencyHistogram(shortestS: number, longestS: number): LatencyHistogram {
  const edges: number[] = [shortestS];
  const factor = nthRootOfTen();
  while (edges[edges.length - 1]! < longestS) edges.push(edges[edges.length - 1]! * factor);
  const above = new Float64Array(edges.length);
  let requests = 0;
  return {
    get requests() {
      return requests;
    },
    add(count, floorS, exceeds) {
      if (count <= 0) return;
      requests += count;
      for (let edge = 0; edge < edges.length; edge++) {
        const atS = edges[edge]!;
        if (atS < floorS) {
          above[edge]! += count;
          continue;
        }
        const chance = exceeds(atS);
        if (chance < NEGLIGIBLE) break;
        above[edge]! += count * chance;
      }
    },
    quantileS(q) {
      if (requests <= 0) return null;
      const target = requests * (1 - q);
      let edge = 0;
      while (edge < edges.length && above[edge]! > target) edge++;
      if (edge === 0) return edges[0]!;
      if (edge === edges.length) return edges[edges.length - 1]!;
      const left = above[edge - 1]!;
      const right = above[edge]!;
      const part = left === right ? 1 : (left - target) / (left - right);
      return edges[edge - 1]! + part * (edges[edge]! - edges[edge - 1]!);
    },
  };
}

/** 10^(1/64) by six square roots, which every engine computes alike. */
function nthRootOfTen(): number {
  let factor = 10;
  for (let parts = EDGES_PER_DECADE; parts > 1; parts /= 2) factor = Math.sqrt(factor);
  return factor;
}
