import { addStretch, type SiteBooks } from "./site-books.js";
import { createSiteDemand, type SiteDemand } from "./site-demand.js";
import { createSiteMachine, DOWN_CAUSES, type SiteMachine } from "./site-machine.js";
import type { Site } from "./site-set.js";
import { drawTimeline, type SiteTimeline } from "./site-timeline.js";
import type { SitesSpec } from "./sites-spec.js";
import { createTelemetryQueue, type TelemetryQueue } from "./telemetry-queue.js";

/** What a site tells while it runs. */
export type SiteNotice = (
  timeS: number,
  site: Site,
  kind: "site-down" | "site-up" | "site-expired",
  what: string,
) => void;

/** One site of a run: what happens to it by itself, what is done with it, and what is counted. */
export interface SiteRun {
  readonly site: Site;
  readonly timeline: SiteTimeline;
  readonly state: Pick<SiteMachine, "isUp" | "isWhole" | "hasLink" | "isRunning">;
  /** When something happens next by itself; Infinity when nothing does. */
  readonly nextS: number;
  /** Lets everything happen up to this time, and counts it. */
  advance(untilS: number): void;
  /** Takes a node out until then. Advance to now before. */
  takeNode(node: number, nowS: number, untilS: number): void;
  /** Takes a service on a node out until then. */
  takeService(node: number, service: number, untilS: number): void;
  /** Writes what is written once, at the end of the run. */
  finish(): void;
  /** True while a rollout has it: another one waits. */
  isTaken: boolean;
  /** Marks the time in which a rollout updates it; undefined ends it. */
  setUpdating(rollout: number | undefined): void;
}

/** Creates a site as it is at second 0. */
export function createSiteRun(
  site: Site,
  spec: SitesSpec,
  books: SiteBooks,
  notice: SiteNotice,
): SiteRun {
  return new RunningSite(site, spec, books, notice);
}

class RunningSite implements SiteRun {
  readonly timeline: SiteTimeline;
  readonly state: SiteMachine;
  private readonly telemetry: TelemetryQueue;
  private readonly demands: readonly SiteDemand[];
  /** When each service on each node answers again after an update: node × services + service. */
  private readonly takenUntilS: Float64Array;
  private readonly slotsEach: readonly number[];
  private readonly allSlots: number;
  private nextChange = 0;
  private nowS = 0;
  isTaken = false;
  private rollout: number | undefined;

  constructor(
    readonly site: Site,
    private readonly spec: SitesSpec,
    private readonly books: SiteBooks,
    private readonly notice: SiteNotice,
  ) {
    const { template, stream } = site;
    this.timeline = drawTimeline(site, books.durationS);
    this.state = createSiteMachine(site, stream.fork("vote"));
    this.telemetry = createTelemetryQueue(template.telemetryHorizonS, template.telemetryBackfill);
    this.demands = template.serves.map((here) =>
      createSiteDemand(site, here, spec.services[here.service]!, books.services[here.service]!),
    );
    this.takenUntilS = new Float64Array(template.nodes * template.serves.length);
    this.slotsEach = template.serves.map(
      ({ service, gpusPerNode }) => gpusPerNode * spec.services[service]!.slotsPerGpu,
    );
    this.allSlots = template.nodes * this.slotsEach.reduce((sum, slots) => sum + slots, 0);
  }

  get nextS(): number {
    const change = this.timeline.changes[this.nextChange]?.timeS ?? Infinity;
    return Math.min(change, this.state.nextS, this.nextServiceS);
  }

  advance(untilS: number): void {
    for (;;) {
      const nextS = this.nextS;
      if (nextS > untilS) break;
      this.count(nextS);
      this.happen(nextS);
    }
    this.count(untilS);
  }

  finish(): void {
    for (const demand of this.demands) demand.finish();
  }

  takeNode(node: number, nowS: number, untilS: number): void {
    this.watched(nowS, () => this.state.takeNode(node, nowS, untilS));
  }

  takeService(node: number, service: number, untilS: number): void {
    const { serves } = this.site.template;
    const place = serves.findIndex((here) => here.service === service);
    if (place === -1) throw new Error(`site ${this.site.name}: no service ${service} to update`);
    this.takenUntilS[node * serves.length + place] = untilS;
  }

  setUpdating(rollout: number | undefined): void {
    this.rollout = rollout;
  }

  private happen(nowS: number): void {
    const { changes } = this.timeline;
    const change = changes[this.nextChange];
    this.watched(nowS, () => {
      if (change !== undefined && change.timeS <= nowS) {
        this.nextChange++;
        if (change.kind === "node-fails") this.books.nodeFailures[this.site.index]!++;
        this.state.change(change);
      } else this.state.settle(nowS);
    });
    for (let index = 0; index < this.takenUntilS.length; index++)
      if (this.takenUntilS[index]! <= nowS) this.takenUntilS[index] = 0;
  }

  /** Does something and notices when it took the site down, brought it back, or ended its time. */
  private watched(nowS: number, act: () => void): void {
    const { index } = this.site;
    const wasUp = this.state.isUp;
    const wasExpired = this.state.isExpired;
    act();
    if (wasUp && !this.state.isUp) {
      this.books.outages[index]!++;
      if (this.rollout !== undefined) this.books.outagesInUpdate[this.rollout]![index]!++;
      const when = this.rollout !== undefined ? " while it was updated" : "";
      this.notice(
        nowS,
        this.site,
        "site-down",
        `is down${when}: ${CAUSE_WORDS[this.state.downCause]}`,
      );
    } else if (!wasUp && this.state.isUp) this.notice(nowS, this.site, "site-up", "is up again");
    if (!wasExpired && this.state.isExpired) {
      this.books.expired[index] = 1;
      this.notice(
        nowS,
        this.site,
        "site-expired",
        "was without its control plane for longer than its limit",
      );
    }
  }

  /** When the next service is ready, other than by the nodes themselves. */
  private get nextServiceS(): number {
    const { nodes, serves } = this.site.template;
    let nextS = Infinity;
    for (let node = 0; node < nodes; node++) {
      for (let place = 0; place < serves.length; place++) {
        const readyS = this.readyS(node, place);
        if (readyS > this.nowS && readyS < nextS) nextS = readyS;
      }
    }
    return nextS;
  }

  /** When a service on a node answers, as things are now; Infinity while the node or the site is down. */
  private readyS(node: number, place: number): number {
    if (this.state.isBarred(node)) return Infinity;
    const { serves } = this.site.template;
    const { startS } = this.spec.services[serves[place]!.service]!;
    const sinceS = this.state.upSinceS(node);
    // What runs at second 0 has been started before.
    const startedS = sinceS === 0 ? 0 : sinceS + startS;
    return Math.max(startedS, this.takenUntilS[node * serves.length + place]!);
  }

  /** Counts the stretch from the last moment to this one, in which nothing changed. */
  private count(toS: number): void {
    const fromS = this.nowS;
    if (toS <= fromS) return;
    const { index, template } = this.site;
    const { books, state } = this;
    const lengthS = toS - fromS;
    if (state.isUp) books.upS[index]! += lengthS;
    else books.downS[DOWN_CAUSES.indexOf(state.downCause)]![index]! += lengthS;
    if (!state.hasLink) books.awayS[index]! += lengthS;
    this.telemetry.pass({
      fromS,
      toS,
      isMeasured: state.isUp,
      isSent: state.isUp && state.hasLink,
    });
    books.telemetryLostS[index] = this.telemetry.lostS;

    let ready = 0;
    template.serves.forEach((_, place) => {
      const slots = this.readySlots(place);
      ready += slots;
      this.demands[place]!.serve({ fromS, toS, slots, hasLink: state.hasLink });
    });
    books.readySlotS[index]! += ready * lengthS;
    books.allSlotS[index]! += this.allSlots * lengthS;
    this.countSteps(fromS, toS, ready);
    this.nowS = toS;
  }

  private countSteps(fromS: number, toS: number, ready: number): void {
    const step = this.books.steps[this.spec.templates.indexOf(this.site.template)]!;
    const stretch = { fromS, toS, stepS: this.books.stepS };
    addStretch(step.upS, stretch, Number(this.state.isUp));
    addStretch(step.awayS, stretch, Number(!this.state.hasLink));
    addStretch(step.readySlotS, stretch, ready);
    addStretch(step.allSlotS, stretch, this.allSlots);
    addStretch(step.updatingS, stretch, Number(this.rollout !== undefined));
  }

  private readySlots(place: number): number {
    let slots = 0;
    for (let node = 0; node < this.site.template.nodes; node++)
      if (this.readyS(node, place) <= this.nowS) slots += this.slotsEach[place]!;
    return slots;
  }
}

const CAUSE_WORDS: Readonly<Record<SiteMachine["downCause"], string>> = {
  power: "its power is away",
  nodes: "too few nodes and votes are left",
  data: "no node with current data is left",
  redeploy: "it is set up again",
  starting: "its nodes are booting",
};
