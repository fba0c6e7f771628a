/** How much heavier a waiting request counts than a running one: `DPLBAsyncMPClient` of vLLM. */
const WAITING_WEIGHT = 4;

/** Which of the engines of a data-parallel replica vLLM gives a request: 4 · waiting + running; ties go to the first. */
export function leastLoaded<Item>(
  engines: readonly Item[],
  waiting: (engine: Item) => number,
  running: (engine: Item) => number,
): number {
  let best = 0;
  let bestLoad = Infinity;
  engines.forEach((engine, place) => {
    const load = WAITING_WEIGHT * waiting(engine) + running(engine);
    if (load >= bestLoad) return;
    best = place;
    bestLoad = load;
  });
  return best;
}
