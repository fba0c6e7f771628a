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
  /** Writes latencies: hours alike are solved once and written together. Once, at the end of the run. */
  finish(): void;
}

/** Hours with the same rate and the same slots. */
interface AlikeHours {
  readonly queue: SiteQueue;
  /** Share of what is taken that misses its target. */
  readonly missShare: number;
  taken: number;
}

/** @param book where it is written, under the site's index */
export function createSiteDemand(
  site: Site,
  here: ServedHere,
  service: SiteService,
  book: ServiceBook,
): SiteDemand {
  return new Demand(site, here, service, book);
}

class Demand implements SiteDemand {
  /** By slots, then by arrivals per second. */
  private readonly alike: Map<number, AlikeHours>[] = [];
  private sentAway = 0;

  constructor(
    private readonly site: Site,
    private readonly here: ServedHere,
    private readonly service: SiteService,
    private readonly book: ServiceBook,
  ) {}

  serve(stretch: Parameters<SiteDemand["serve"]>[0]): void {
    const { fromS, toS, slots, hasLink } = stretch;
    const { dayOffsetS, demandFactor } = this.site;
    let nowS = fromS;
    while (nowS < toS) {
      const endS = Math.min(toS, nextHourS(nowS, dayOffsetS));
      const arrivals = arrivalsPerS(this.service, demandFactor, nowS + dayOffsetS);
      if (arrivals > 0) this.serveHour(endS - nowS, arrivals, slots, hasLink);
      nowS = endS;
    }
  }

  finish(): void {
    const { latency } = this.book;
    const floorS = computeFloorS(this.here.computeS, this.service.variation);
    for (const hours of this.alike)
      for (const { taken, queue } of hours?.values() ?? [])
        latency.add(taken, floorS, queue.latencyExceeds);
    if (this.sentAway > 0) {
      const { exceeds, shortestS } = this.elsewhere();
      latency.add(this.sentAway, shortestS, exceeds);
    }
  }

  private serveHour(seconds: number, arrivals: number, slots: number, hasLink: boolean): void {
    const { book, site } = this;
    const hours = this.hoursLike(arrivals, slots);
    const requests = arrivals * seconds;
    const taken = Math.min(requests, hours.queue.takenPerS * seconds);
    hours.taken += taken;
    book.requests[site.index]! += requests;
    book.missed[site.index]! += taken * hours.missShare;
    const rest = requests - taken;
    if (rest <= 0) return;
    if (this.service.elsewhereComputeS !== undefined && hasLink) {
      this.sentAway += rest;
      book.elsewhere[site.index]! += rest;
      book.missed[site.index]! += rest * this.elsewhere().exceeds(this.service.latencyGoalS);
    } else {
      book.unserved[site.index]! += rest;
      book.missed[site.index]! += rest;
    }
  }

  private hoursLike(arrivals: number, slots: number): AlikeHours {
    const known = (this.alike[slots] ??= new Map<number, AlikeHours>());
    let hours = known.get(arrivals);
    if (hours === undefined) {
      const { variation, utilizationMax, latencyGoalS } = this.service;
      const { computeS } = this.here;
      const setting = { arrivalsPerS: arrivals, slots, computeS, variation, utilizationMax };
      const queue = solveSiteQueue(setting);
      hours = { queue, missShare: queue.latencyExceeds(latencyGoalS), taken: 0 };
      known.set(arrivals, hours);
    }
    return hours;
  }

  /** Latency where requests go that the site cannot serve: round trip and compute. */
  private elsewhere(): {
    readonly shortestS: number;
    readonly exceeds: (timeS: number) => number;
  } {
    const { roundTripS } = this.site;
    const { variation, elsewhereComputeS } = this.service;
    return {
      shortestS: roundTripS + computeFloorS(elsewhereComputeS!, variation),
      exceeds: (timeS) =>
        timeS < roundTripS ? 1 : computeExceeds(timeS - roundTripS, elsewhereComputeS!, variation),
    };
  }
}

/** The end of the local hour, or a bit beyond where rounding would stand still. */
function nextHourS(nowS: number, dayOffsetS: number): number {
  const localS = nowS + dayOffsetS;
  const hourEndS = (Math.floor(localS / HOUR_S) + 1) * HOUR_S - dayOffsetS;
  return hourEndS > nowS ? hourEndS : nowS + 1e-3;
}
