import { createEngine } from "../../../engine/engine.js";
import type { RandomStreams } from "../../../engine/streams.js";
import type { FleetPartOutcome } from "../fleet-part.js";
import type { FleetUpgradeResult } from "../upgrades/fleet-upgrade-result.js";
import type { ClustersSpec } from "./clusters-spec.js";
import { createClusterRecorder, type ClusterRecorder } from "./cluster-recorder.js";
import type { ClustersRun } from "./clusters-run.js";
import type { FleetJob } from "./copy.js";
import type { WorkSetting } from "./copy-work.js";
import { createDataStore } from "./data/data-store.js";
import { createEventLog, type EventLog } from "./event-log.js";
import { createFleetClock, type FleetClock } from "./fleet-clock.js";
import { clusterFigures } from "./cluster-figures.js";
import { clusterTables } from "./cluster-tables.js";
import { priceGroups, type GroupPrice } from "./group-prices.js";
import { Hub } from "./hub.js";
import { MemberCluster } from "./member-cluster.js";
import { RayRun } from "./ray/ray-run.js";
import { ServiceRun } from "./service-run.js";
import { drawJobs } from "./submitted-jobs.js";
import { MemberUpgrades } from "./upgrades/member-upgrades.js";
import { createWindowSeries, type WindowSeries } from "./window-series.js";

/** Events of one run; a fleet of this part has thousands of jobs and millions of requests at most. */
const EVENTS_MAX = 200_000_000;

/** Result of member clusters: what every part gives, and the runs of jobs, services and Ray for the report. */
export interface ClustersOutcome extends FleetPartOutcome {
  readonly run: ClustersRun;
  /** What became of upgrades of members. */
  readonly upgrades: readonly FleetUpgradeResult[];
}

/**
 * Simulates the member clusters of a fleet with their jobs, data, services and Ray clusters, from second 0 to the
 * end. All of them share one clock; each cluster, pool, link and group of jobs draws from streams of its own name,
 * so that what does not touch does not move.
 *
 * @param look called after every decision of a member
 */
export function simulateClusters(
  spec: ClustersSpec,
  { durationS, stepS }: { readonly durationS: number; readonly stepS: number },
  streams: RandomStreams,
  look: (members: readonly MemberCluster[]) => void = () => undefined,
): ClustersOutcome {
  const engine = createEngine();
  const clock = createFleetClock(engine);
  const world = new ClustersWorld(spec, clock, streams, { durationS, stepS, look });
  world.start();
  const { eventsHandled } = engine.run({ untilS: durationS, eventsMax: EVENTS_MAX });
  return world.finish(eventsHandled);
}

class ClustersWorld {
  private readonly members: readonly MemberCluster[];
  private readonly cuts: readonly WindowSeries[];
  private readonly outages: readonly WindowSeries[];
  private readonly jobs: readonly FleetJob[];
  private readonly work: WorkSetting;
  private readonly hub: Hub;
  private readonly services: readonly ServiceRun[];
  private readonly ray: readonly RayRun[];
  private readonly log: EventLog;
  private readonly recorder: ClusterRecorder;
  private readonly prices: readonly GroupPrice[];
  private readonly upgrades: MemberUpgrades;

  constructor(
    private readonly spec: ClustersSpec,
    private readonly clock: FleetClock,
    streams: RandomStreams,
    private readonly times: {
      readonly durationS: number;
      readonly stepS: number;
      readonly look: (members: readonly MemberCluster[]) => void;
    },
  ) {
    this.log = createEventLog(clock);
    this.cuts = spec.members.map((member) =>
      createWindowSeries(
        member.disconnected,
        member.disconnectedAtRandom,
        streams.stream(`fleet links/${member.name}`),
      ),
    );
    this.outages = spec.members.map((member) =>
      createWindowSeries(
        member.outages,
        member.outagesAtRandom,
        streams.stream(`fleet outages/${member.name}`),
      ),
    );
    this.members = spec.members.map(
      (member, index) => new MemberCluster(index, member, clock, streams, this.eventsOf()),
    );
    const data = createDataStore(spec.data, clock, (member) => [
      this.cuts[member]!,
      this.outages[member]!,
    ]);
    this.work = {
      clock,
      data,
      members: this.members,
      finished: (copy) => {
        this.hub.finished(copy);
      },
    };
    this.jobs = drawJobs(spec.jobs, streams);
    this.hub = new Hub(spec, this.work, () => this.jobs, this.log);
    const setting = {
      clock,
      data,
      members: this.members,
      streams,
      readyChanged: (member: number) => {
        this.upgrades.readyChanged(member);
      },
    };
    this.services = spec.services.map((service) => new ServiceRun(service, setting));
    this.ray = spec.ray.map(
      (cluster) => new RayRun(cluster, this.members[cluster.member]!, clock, streams),
    );
    const { work, services, ray } = this;
    this.upgrades = new MemberUpgrades(spec.upgrades ?? [], this.members, {
      clock,
      work,
      services,
      ray,
    });
    this.prices = priceGroups(spec, this.hub.costs);
    this.recorder = createClusterRecorder(this.members, clock, times.stepS);
  }

  start(): void {
    this.members.forEach((_, member) => {
      this.watch(member);
    });
    this.spec.data.datasets.forEach(({ copyTo = [] }, dataset) => {
      for (const place of copyTo) this.work.data.fetch(dataset, place, () => undefined);
    });
    for (const service of this.services) service.start();
    for (const cluster of this.ray) cluster.start();
    for (const job of this.jobs)
      this.clock.at(job.submitS, "arrive", () => {
        this.hub.submit(job);
      });
    for (const member of this.members) member.due();
    this.upgrades.start();
    this.recorder.start();
  }

  finish(eventsHandled: number): ClustersOutcome {
    for (const cluster of this.ray) cluster.finish();
    const run: ClustersRun = {
      spec: this.spec,
      durationS: this.times.durationS,
      members: this.members,
      jobs: this.jobs,
      moves: this.work.data.moves,
      services: this.services.map(({ outcome }) => outcome),
      ray: this.ray.map(({ outcome }) => outcome),
      prices: this.prices,
      eventsHandled,
    };
    return {
      run,
      figures: clusterFigures(run),
      timeline: this.log.events,
      series: this.recorder.series(),
      tables: clusterTables(run),
      warnings: this.warnings(),
      upgrades: this.upgrades.results(this.times.durationS),
    };
  }

  private warnings(): readonly string[] {
    const waiting = this.jobs.filter(({ endS }) => endS === undefined);
    const never = waiting.filter(({ reason }) => reason !== undefined);
    return [
      ...(waiting.length === 0
        ? []
        : [
            `Jobs not done when the run ended: ${waiting.length} of ${this.jobs.length}; in times they count up to then.`,
          ]),
      ...[
        ...new Set(never.map(({ group, reason }) => `${group.name} was not placed: ${reason!}.`)),
      ],
      ...this.log.cut.map(
        ({ kind, count }) => `The timeline shows the first of ${count} events of the kind ${kind}.`,
      ),
    ];
  }

  private eventsOf(): ConstructorParameters<typeof MemberCluster>[4] {
    return {
      admitted: (copy) => {
        this.hub.admitted(copy);
        this.upgrades.admitted(copy);
      },
      stopped: (copy, why, by) => {
        this.upgrades.stopping(copy);
        return this.hub.stopped(copy, why, by);
      },
      gated: (copy) => {
        this.hub.gated(copy);
      },
      beforeAdmission: (member) => {
        for (const service of this.services) service.takeRoom(member);
        this.spec.ray.forEach((cluster, index) => {
          if (cluster.member === member) this.ray[index]!.takeRoom();
        });
      },
      holderLost: (holder) => {
        for (const service of this.services) service.lost(holder);
        for (const cluster of this.ray) cluster.lost(holder);
      },
      changed: () => {
        this.times.look(this.members);
        this.hub.retry();
      },
    };
  }

  /** Follows the windows in which a member has no link, or no power either. */
  private watch(member: number): void {
    const { nowS } = this.clock;
    const cluster = this.members[member]!;
    const outageEndS = this.outages[member]!.endOfCover(nowS);
    const cutEndS = this.cuts[member]!.endOfCover(nowS);
    const isDown = outageEndS !== undefined;
    const isConnected = !isDown && cutEndS === undefined;
    cluster.isCut = cutEndS !== undefined;
    if (isDown !== cluster.isDown) {
      cluster.setDown(isDown);
      this.log.note(
        cluster.spec.name,
        isDown ? "cluster-down" : "cluster-up",
        isDown ? "all nodes are down" : "nodes are up again",
      );
    }
    if (isConnected !== cluster.isConnected) {
      cluster.isConnected = isConnected;
      cluster.disconnectedSinceS = isConnected ? undefined : nowS;
      if (isConnected) this.hub.reconnected(member);
      else this.hub.disconnected(member);
    }
    const nextS = Math.min(
      outageEndS ?? this.outages[member]!.nextStartS(nowS),
      cutEndS ?? this.cuts[member]!.nextStartS(nowS),
    );
    this.clock.at(nextS, "release", () => {
      this.watch(member);
    });
  }
}
