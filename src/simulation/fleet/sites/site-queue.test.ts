import { describe, expect, it } from "vitest";

import { createRandomStreams } from "../../../engine/streams.js";
import { createLatencyHistogram } from "./latency-histogram.js";
import { createSiteBooks } from "./site-books.js";
import { createSiteDemand } from "./site-demand.js";
import { serviceFixture, sitesFixture } from "./site-fixture.js";
import { computeExceeds, solveSiteQueue } from "./site-queue.js";
import { drawSites } from "./site-set.js";
import type { SitesSpec } from "./sites-spec.js";

const COMPUTE_S = 0.2;

/** Latencies of every single request, first come first served, at rates that hold for an hour each. */
function everyRequest(options: {
  readonly ratesPerS: readonly number[];
  readonly slots: number;
  readonly variation: number;
  readonly seed: number;
}): Float64Array {
  const { ratesPerS, slots, variation, seed } = options;
  const streams = createRandomStreams(seed);
  const arrivals = streams.stream("arrivals");
  const works = streams.stream("works");
  const spreadS = Math.sqrt(variation) * COMPUTE_S;
  const freeAtS = new Float64Array(slots);
  const latencies: number[] = [];
  ratesPerS.forEach((ratePerS, hour) => {
    if (ratePerS === 0) return;
    for (let nowS = hour * 3_600 + arrivals.exponential(1 / ratePerS); nowS < (hour + 1) * 3_600;) {
      let slot = 0;
      for (let other = 1; other < slots; other++)
        if (freeAtS[other]! < freeAtS[slot]!) slot = other;
      const workS = COMPUTE_S - spreadS + (spreadS === 0 ? 0 : works.exponential(spreadS));
      const endS = Math.max(nowS, freeAtS[slot]!) + workS;
      freeAtS[slot] = endS;
      latencies.push(endS - nowS);
      nowS += arrivals.exponential(1 / ratePerS);
    }
  });
  return Float64Array.from(latencies).sort();
}

const shareAbove = (sorted: Float64Array, limitS: number): number =>
  sorted.filter((latencyS) => latencyS > limitS).length / sorted.length;

describe("the queue of a site against every single request", () => {
  it.each([
    // slots, load, variation, largest error of the share beyond a second, of the mean wait
    [2, 0.5, 1, 0.002, 0.05],
    [2, 0.8, 1, 0.006, 0.08],
    [2, 0.8, 0.5, 0.01, 0.1],
    [4, 0.9, 0, 0.01, 0.15],
  ])("steady: %i slots at load %d, variation %d", (slots, load, variation, shareMax, waitMax) => {
    const arrivalsPerS = (load * slots) / COMPUTE_S;
    const sorted = everyRequest({
      ratesPerS: new Array<number>(8).fill(arrivalsPerS),
      slots,
      variation,
      seed: 7,
    });
    const queue = solveSiteQueue({
      arrivalsPerS,
      slots,
      computeS: COMPUTE_S,
      variation,
      utilizationMax: 0.95,
    });
    const waitS = sorted.reduce((sum, latencyS) => sum + latencyS, 0) / sorted.length - COMPUTE_S;
    expect(Math.abs(queue.latencyExceeds(1) - shareAbove(sorted, 1))).toBeLessThan(shareMax);
    expect(Math.abs(queue.waitMeanS / waitS - 1)).toBeLessThan(waitMax);
  });

  it("a day whose hours differ, hour by hour as if each were steady", () => {
    const hours = [0, 0, 0, 0, 0, 0, 1, 3, 5, 6, 7, 8, 9, 8, 7, 7, 8, 10, 9, 6, 4, 2, 0, 0].map(
      (one) => one / 100,
    );
    const service = serviceFixture({ perSiteDay: 250_000, hours, variation: 0.5 });
    const spec: SitesSpec = sitesFixture(
      { serves: [{ service: 0, gpusPerNode: 1, computeS: COMPUTE_S }] },
      { services: [service] },
    );
    const [site] = drawSites(spec, createRandomStreams(1));
    const books = createSiteBooks(spec, 1, { durationS: 86_400, stepS: 3_600 });
    const slots = 2;
    const demand = createSiteDemand(
      site!,
      { service: 0, gpusPerNode: 1, computeS: COMPUTE_S },
      service,
      books.services[0]!,
    );
    demand.serve({ fromS: 0, toS: 86_400, slots, hasLink: true });
    demand.finish();
    const book = books.services[0]!;
    expect(book.requests[0]).toBeCloseTo(250_000, 3);
    const sorted = everyRequest({
      ratesPerS: hours.map((one) => (one * 250_000) / 3_600),
      slots,
      variation: 0.5,
      seed: 3,
    });
    const quantile = (q: number): number => sorted[Math.floor(q * sorted.length)]!;
    expect(Math.abs(book.missed[0]! / 250_000 - shareAbove(sorted, 1))).toBeLessThan(0.01);
    expect(Math.abs(book.latency.quantileS(0.5)! / quantile(0.5) - 1)).toBeLessThan(0.04);
    expect(Math.abs(book.latency.quantileS(0.95)! / quantile(0.95) - 1)).toBeLessThan(0.1);
  });
});

describe("what a site takes and what not", () => {
  it("takes requests up to its limit of load, and nothing without slots", () => {
    const setting = { slots: 2, computeS: 0.5, variation: 1, utilizationMax: 0.9 };
    expect(solveSiteQueue({ ...setting, arrivalsPerS: 10 }).takenPerS).toBeCloseTo(3.6, 12);
    expect(solveSiteQueue({ ...setting, arrivalsPerS: 10 }).utilization).toBeCloseTo(0.9, 12);
    expect(solveSiteQueue({ ...setting, arrivalsPerS: 1 }).takenPerS).toBe(1);
    expect(solveSiteQueue({ ...setting, arrivalsPerS: 1, slots: 0 }).takenPerS).toBe(0);
  });

  it("M/M/1 in closed form, and the limit of equal rates without a difference of equal numbers", () => {
    const queue = solveSiteQueue({
      arrivalsPerS: 0.5,
      slots: 1,
      computeS: 1,
      variation: 1,
      utilizationMax: 0.95,
    });
    expect(queue.waitMeanS).toBeCloseTo(1, 12);
    // Response of M/M/1 is exponential with rate μ - λ.
    for (const limitS of [0.5, 2, 10])
      expect(queue.latencyExceeds(limitS)).toBeCloseTo(Math.exp(-0.5 * limitS), 9);
    expect(computeExceeds(0.1, 0.2, 0)).toBe(1);
    expect(computeExceeds(0.3, 0.2, 0)).toBe(0);
  });

  it("quantiles of known distributions are within an edge", () => {
    const histogram = createLatencyHistogram(0.001, 100);
    histogram.add(1_000, 0, (timeS) => Math.exp(-timeS / 0.4));
    expect(histogram.quantileS(0.5)! / (0.4 * Math.log(2))).toBeCloseTo(1, 2);
    expect(histogram.quantileS(0.99)! / (0.4 * Math.log(100))).toBeCloseTo(1, 2);
    const fixed = createLatencyHistogram(0.001, 100);
    fixed.add(5, 0.25, (timeS) => (timeS < 0.25 ? 1 : 0));
    expect(Math.abs(fixed.quantileS(0.9)! / 0.25 - 1)).toBeLessThan(0.037);
    expect(createLatencyHistogram(0.001, 1).quantileS(0.5)).toBeNull();
  });
});
