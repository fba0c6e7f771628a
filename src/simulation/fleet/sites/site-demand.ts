import type { ServiceBook } from "./site-books.js";
import { computeExceeds, computeFloorS, solveSiteQueue, type SiteQueue } from "./site-queue.js";
import type { Site } from "./site-set.js";
import type { ServedHere, SiteService } from "./sites-spec.js";

const HOUR_S = 3_600;
const DAY_S = 86_400;
const WEEK_S = 7 * DAY_S;

/** Requests per second of a service at a site at a moment of its local time. */
function arrivalsPerS(service: SiteService, factor: number, localS: number): number {
  // Local time may lie before the start of the run: its week is then the one before.
  const inWeekS = localS - Math.floor(localS / WEEK_S) * WEEK_S;
  const day = Math.floor(inWeekS / DAY_S);
  const hour = Math.floor((inWeekS - day * DAY_S) / HOUR_S);
  const perHour = service.perSiteDay * service.days[day]! * service.hours[hour]! * factor;
  return perHour / HOUR_S;
}

/** Requests of one service at one site, from the steady state of each hour. */
export interface SiteDemand {
  /** A stretch in which neither slots nor link changed. */
  serve(stretch: {
    readonly fromS: number;
    readonly toS: number;
    readonly slots: number;
    readonly hasLink: boolean;
  }): void;
}

/** @param book where it is written, under the site's index */
export function createSiteDemand(
  site: Site,
  here: ServedHere,
  service: SiteService,
  book: ServiceBook,
): SiteDemand {
  const { computeS } = here;
  const { variation, utilizationMax, latencyGoalS, elsewhereComputeS } = service;
  const floorS = computeFloorS(computeS, variation);
  let lastQueue: SiteQueue | undefined;
  let lastArrivals = -1;
  let lastSlots = -1;
  const queueFor = (arrivals: number, slots: number): SiteQueue => {
    if (lastQueue === undefined || arrivals !== lastArrivals || slots !== lastSlots) {
      lastQueue = solveSiteQueue({
        arrivalsPerS: arrivals,
        slots,
        computeS,
        variation,
        utilizationMax,
      });
      lastArrivals = arrivals;
      lastSlots = slots;
    }
    return lastQueue;
  };
  const elsewhere = (requests: number): void => {
    const tripS = site.roundTripS;
    const exceeds = (timeS: number): number =>
      timeS < tripS ? 1 : computeExceeds(timeS - tripS, elsewhereComputeS!, variation);
    book.elsewhere[site.index]! += requests;
    book.missed[site.index]! += requests * exceeds(latencyGoalS);
    book.latency.add(requests, tripS + computeFloorS(elsewhereComputeS!, variation), exceeds);
  };
  const serveHour = (seconds: number, arrivals: number, slots: number, hasLink: boolean): void => {
    if (arrivals === 0) return;
    const queue = queueFor(arrivals, slots);
    const requests = arrivals * seconds;
    const taken = Math.min(requests, queue.takenPerS * seconds);
    const rest = requests - taken;
    book.requests[site.index]! += requests;
    book.missed[site.index]! += taken * queue.latencyExceeds(latencyGoalS);
    book.latency.add(taken, floorS, queue.latencyExceeds);
    if (rest <= 0) return;
    if (elsewhereComputeS !== undefined && hasLink) elsewhere(rest);
    else {
      book.unserved[site.index]! += rest;
      book.missed[site.index]! += rest;
    }
  };
  return {
    serve({ fromS, toS, slots, hasLink }) {
      let nowS = fromS;
      while (nowS < toS) {
        const arrivals = arrivalsPerS(service, site.demandFactor, nowS + site.dayOffsetS);
        let endS = nextHourS(nowS, site.dayOffsetS);
        // Hours alike are one stretch.
        while (
          endS < toS &&
          arrivalsPerS(service, site.demandFactor, endS + site.dayOffsetS) === arrivals
        )
          endS = nextHourS(endS, site.dayOffsetS);
        endS = Math.min(toS, endS);
        serveHour(endS - nowS, arrivals, slots, hasLink);
        nowS = endS;
      }
    },
  };
}

/** The end of the local hour, or a bit beyond where rounding would stand still. */
function nextHourS(nowS: number, dayOffsetS: number): number {
  const localS = nowS + dayOffsetS;
  const hourEndS = (Math.floor(localS / HOUR_S) + 1) * HOUR_S - dayOffsetS;
  return hourEndS > nowS ? hourEndS : nowS + 1e-3;
}
