import type { RandomStreams } from "../../../engine/streams.js";
import { createOctaveHistogram, type OctaveHistogram } from "../../../stats/octave-histogram.js";
import type { DataStore } from "./data/data-store.js";
import type { FleetClock, FleetTimer } from "./fleet-clock.js";
import type { MemberCluster } from "./member-cluster.js";
import { packGang } from "./node-pool.js";
import type { FleetServiceSpec, UsersSpec } from "./service-spec.js";

/** Requests of the people of one region. */
export interface UsersOutcome {
  readonly region: string;
  requests: number;
  unserved: number;
  missedGoal: number;
  /** Served by a cluster that is not the nearest allowed one. */
  elsewhere: number;
  /** Begun anew because the cluster that had them went down. */
  rerouted: number;
  readonly latency: OctaveHistogram;
  /** Requests served. */
  served: number;
  wanSumS: number;
  queueSumS: number;
  computeSumS: number;
  readonly servedBy: Map<string, number>;
}

/** What one service did. */
export interface ServiceOutcome {
  readonly name: string;
  readonly users: readonly UsersOutcome[];
}

interface Request {
  readonly users: number;
  readonly bornS: number;
  /** When it came to the cluster it waits at. */
  queuedS: number;
  endTimer: FleetTimer | undefined;
  startedS: number;
}

interface ReplicaHolder {
  readonly holderName: string;
  readonly station: Station;
  pool: number;
  nodes: readonly number[];
  isReady: boolean;
}

/** The replicas of a service on one member, one queue before them. */
interface Station {
  readonly member: MemberCluster;
  readonly wanted: number;
  readonly replicas: Set<ReplicaHolder>;
  readonly waiting: Request[];
  readonly busy: Set<Request>;
  hasModel: boolean;
}

/** What services need of the run. */
export interface ServiceSetting {
  readonly clock: FleetClock;
  readonly data: DataStore;
  readonly members: readonly MemberCluster[];
  readonly streams: RandomStreams;
}

/**
 * One model served from several clusters. A request goes to the nearest cluster that its people's data may be
 * processed at and that has a free slot or room in its queue, else to the nearest that is up; it takes the round
 * trip, the wait for a slot, and its compute time.
 */
export class ServiceRun {
  readonly outcome: ServiceOutcome;
  private readonly stations: readonly Station[];
  /** For the people of every region: stations by distance, the nearest first. */
  private readonly order: readonly (readonly number[])[];

  constructor(
    private readonly spec: FleetServiceSpec,
    private readonly setting: ServiceSetting,
  ) {
    this.stations = spec.replicas.map(({ member, count }) => ({
      member: setting.members[member]!,
      wanted: count,
      replicas: new Set(),
      waiting: [],
      busy: new Set(),
      hasModel: spec.model === undefined,
    }));
    this.order = spec.users.map(({ allowed, rttS }) =>
      this.stations
        .map(({ member }, index) => ({ index, member: member.index }))
        .filter(({ member }) => allowed[member]!)
        .sort((left, right) => rttS[left.member]! - rttS[right.member]! || left.index - right.index)
        .map(({ index }) => index),
    );
    this.outcome = { name: spec.name, users: spec.users.map(({ region }) => emptyUsers(region)) };
  }

  /** Fetches the model where replicas will be, and lets requests come. */
  start(): void {
    const { data, clock } = this.setting;
    for (const station of this.stations) {
      if (this.spec.model === undefined) continue;
      data.fetch(this.spec.model, station.member.index, () => {
        station.hasModel = true;
        station.member.due();
      });
    }
    this.spec.users.forEach((users, index) => {
      if (users.requestsPerS > 0) this.next(index, users, clock.nowS);
    });
  }

  /** Puts replicas that are missing on GPUs that are free, before jobs get them. */
  takeRoom(member: number): void {
    const { clock } = this.setting;
    const { gpusPerReplica, gpuModel, name } = this.spec;
    this.stations.forEach((station) => {
      if (station.member.index !== member || !station.hasModel || station.member.isDown) return;
      const demand = {
        workers: 1,
        gpusPerWorker: gpusPerReplica,
        ...(gpuModel === undefined ? {} : { gpuModels: [gpuModel] }),
      };
      while (station.replicas.size < station.wanted) {
        const found = station.member.poolsFor(demand).flatMap((pool) => {
          const nodes = packGang(station.member.pools[pool]!.freeByNode(), 1, gpusPerReplica);
          return nodes === undefined ? [] : [{ pool, nodes }];
        })[0];
        if (found === undefined) break;
        const replica: ReplicaHolder = { holderName: name, station, ...found, isReady: false };
        station.member.pools[found.pool]!.take(replica, found.nodes, gpusPerReplica);
        station.replicas.add(replica);
        clock.at(clock.nowS + this.spec.startS, "release", () => {
          if (!station.replicas.has(replica)) return;
          replica.isReady = true;
          this.serve(station);
        });
      }
      const missing = station.wanted - station.replicas.size;
      if (missing > 0)
        station.member.otherDemand.set(`service ${name}`, { count: missing, ...demand });
      else station.member.otherDemand.delete(`service ${name}`);
    });
  }

  /** A replica's node went. What it worked on, and what no replica is left for, is sent on. */
  lost(holder: object): void {
    const replica = this.stations
      .flatMap(({ replicas }) => [...replicas])
      .find((one) => one === holder);
    if (replica === undefined) return;
    const { station } = replica;
    station.replicas.delete(replica);
    station.member.pools[replica.pool]!.give(replica, replica.nodes, this.spec.gpusPerReplica);
    const tooMany = [...station.busy].slice(slotsOf(station, this.spec));
    const homeless = readyOf(station) === 0 ? station.waiting.splice(0) : [];
    for (const request of tooMany) {
      request.endTimer?.cancel();
      station.busy.delete(request);
    }
    for (const request of [...tooMany, ...homeless]) {
      this.outcome.users[request.users]!.rerouted++;
      this.route(request);
    }
  }

  private next(index: number, users: UsersSpec, fromS: number): void {
    const { clock, streams } = this.setting;
    const stream = streams.stream(`fleet requests/${this.spec.name}/${users.region}`);
    const atS = fromS + stream.exponential(1 / users.requestsPerS);
    clock.at(atS, "arrive", () => {
      this.outcome.users[index]!.requests++;
      this.route({ users: index, bornS: atS, queuedS: atS, endTimer: undefined, startedS: atS });
      this.next(index, users, atS);
    });
  }

  private route(request: Request): void {
    const { clock } = this.setting;
    const up = this.order[request.users]!.filter(
      (index) => this.stations[index]!.member.isConnected && readyOf(this.stations[index]!) > 0,
    );
    const target =
      up.find((index) => {
        const station = this.stations[index]!;
        const slots = slotsOf(station, this.spec);
        return (
          station.busy.size < slots ||
          station.waiting.length < Math.floor(slots * this.spec.waitingPerSlotMax)
        );
      }) ?? up[0];
    if (target === undefined) {
      this.outcome.users[request.users]!.unserved++;
      return;
    }
    const station = this.stations[target]!;
    request.queuedS = clock.nowS;
    station.waiting.push(request);
    this.serve(station);
  }

  private serve(station: Station): void {
    const { clock, streams } = this.setting;
    const slots = slotsOf(station, this.spec);
    while (station.waiting.length > 0 && station.busy.size < slots) {
      const request = station.waiting.shift()!;
      station.busy.add(request);
      request.startedS = clock.nowS;
      const stream = streams.stream(`fleet compute/${this.spec.name}/${station.member.spec.name}`);
      const workS =
        this.spec.compute === "fixed" ? this.spec.computeS : stream.exponential(this.spec.computeS);
      const speed = speedOf(station);
      request.endTimer = clock.at(clock.nowS + workS / speed, "release", () => {
        station.busy.delete(request);
        this.finish(station, request);
        this.serve(station);
      });
    }
  }

  private finish(station: Station, request: Request): void {
    const { nowS } = this.setting.clock;
    const outcome = this.outcome.users[request.users]!;
    const users = this.spec.users[request.users]!;
    const wanS = users.rttS[station.member.index]!;
    const latencyS = nowS - request.bornS + wanS;
    outcome.latency.add(latencyS, 1);
    outcome.served++;
    outcome.wanSumS += wanS;
    // Time at a cluster that went down counts as waiting.
    outcome.queueSumS += request.startedS - request.bornS;
    outcome.computeSumS += nowS - request.startedS;
    if (this.spec.latencyGoalS !== undefined && latencyS > this.spec.latencyGoalS)
      outcome.missedGoal++;
    if (this.stations[this.order[request.users]![0]!] !== station) outcome.elsewhere++;
    const { name } = station.member.spec;
    outcome.servedBy.set(name, (outcome.servedBy.get(name) ?? 0) + 1);
  }
}

function readyOf(station: Station): number {
  let ready = 0;
  for (const replica of station.replicas) ready += Number(replica.isReady);
  return ready;
}

function slotsOf(station: Station, spec: FleetServiceSpec): number {
  return readyOf(station) * spec.slotsPerReplica;
}

/** Replicas of one station share a queue; where their GPUs differ, the mean of their speeds is used. */
function speedOf({ replicas, member }: Station): number {
  let sum = 0;
  let count = 0;
  for (const replica of replicas) {
    if (!replica.isReady) continue;
    sum += member.pools[replica.pool]!.spec.speed;
    count++;
  }
  return count === 0 ? 1 : sum / count;
}

function emptyUsers(region: string): UsersOutcome {
  return {
    region,
    requests: 0,
    unserved: 0,
    missedGoal: 0,
    elsewhere: 0,
    rerouted: 0,
    latency: createOctaveHistogram(),
    served: 0,
    wanSumS: 0,
    queueSumS: 0,
    computeSumS: 0,
    servedBy: new Map(),
  };
}
