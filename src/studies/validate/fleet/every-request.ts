import { createRandomStreams } from "../../../engine/streams.js";

/** Requests of one service at one site, each simulated by itself. */
export interface EveryRequestSetting {
  /** Requests per second in each hour. */
  readonly ratesPerS: readonly number[];
  readonly slots: number;
  readonly computeS: number;
  /** Squared coefficient of variation of the compute time: a fixed part and an exponential one. */
  readonly variation: number;
  readonly seed: number;
}

/**
 * Latencies of every single request, first come first served, sorted: what the closed form of a site is held
 * against. Slots are empty at the beginning.
 */
export function everyRequest(setting: EveryRequestSetting): Float64Array {
  const { ratesPerS, slots, computeS, variation, seed } = setting;
  const streams = createRandomStreams(seed);
  const arrivals = streams.stream("arrivals");
  const works = streams.stream("works");
  const spreadS = Math.sqrt(variation) * computeS;
  const freeAtS = new Float64Array(slots);
  const latencies: number[] = [];
  ratesPerS.forEach((ratePerS, hour) => {
    if (ratePerS === 0) return;
    const untilS = (hour + 1) * 3_600;
    let nowS = hour * 3_600 + arrivals.exponential(1 / ratePerS);
    while (nowS < untilS) {
      let slot = 0;
      for (let other = 1; other < slots; other++)
        if (freeAtS[other]! < freeAtS[slot]!) slot = other;
      const workS = computeS - spreadS + (spreadS === 0 ? 0 : works.exponential(spreadS));
      const endS = Math.max(nowS, freeAtS[slot]!) + workS;
      freeAtS[slot] = endS;
      latencies.push(endS - nowS);
      nowS += arrivals.exponential(1 / ratePerS);
    }
  });
  return Float64Array.from(latencies).sort();
}

/** Share of latencies above a limit. */
export function shareAbove(latenciesS: Float64Array, limitS: number): number {
  return latenciesS.filter((latencyS) => latencyS > limitS).length / latenciesS.length;
}
