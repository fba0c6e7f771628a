/** Steps after which the search for more rings stops and keeps what it has. */
const STEPS_MAX = 200_000;

/**
 * How many rings over all GPUs, each taking one direction of one link per hop, direct NVLinks carry at once.
 *
 * Every undirected ring counts twice, once per direction. For two GPUs the ring is the pair, and every link
 * between them is one. Zero when no ring stays on NVLink.
 *
 * @param links links between GPU `i` and `j` of the set, symmetric
 */
export function nvlinkRingCount(links: readonly (readonly number[])[]): number {
  const count = links.length;
  if (count === 2) return links[0]![1]!;
  const mesh = links[0]![1]!;
  const isMesh = links.every((row, at) => row.every((each, to) => at === to || each === mesh));
  // All arcs of a complete graph fall into Hamiltonian rings, but for four and six (Tillson 1980).
  if (isMesh && mesh > 0 && count !== 4 && count !== 6) return mesh * (count - 1);
  const free = links.map((row) => [...row]);
  const perGpu = links.map((row) => row.reduce((sum, each) => sum + each, 0));
  const bound = Math.floor(Math.min(...perGpu) / 2);
  let best = 0;
  let steps = 0;
  // Rings are found one after the other; a later ring may force an earlier one to go elsewhere.
  const extend = (path: number[], used: boolean[], found: number): void => {
    best = Math.max(best, found);
    if (best >= bound || steps++ > STEPS_MAX) return;
    const last = path[path.length - 1]!;
    if (path.length === count) {
      if (free[last]![0]! === 0) return;
      take(free, last, 0, -1);
      extend([0], firstUsed(count), found + 1);
      take(free, last, 0, 1);
      return;
    }
    for (let next = 1; next < count; next++) {
      if (used[next] === true || free[last]![next]! === 0) continue;
      take(free, last, next, -1);
      used[next] = true;
      path.push(next);
      extend(path, used, found);
      path.pop();
      used[next] = false;
      take(free, last, next, 1);
      if (best >= bound) return;
    }
  };
  extend([0], firstUsed(count), 0);
  return 2 * best;
}

function firstUsed(count: number): boolean[] {
  return Array.from({ length: count }, (_unused, gpu) => gpu === 0);
}

function take(free: number[][], left: number, right: number, change: number): void {
  free[left]![right]! += change;
  free[right]![left]! += change;
}
