import type { RandomStream, RandomStreams } from "../../../engine/streams.js";
import { judgeEviction } from "../../../policy/fleet/eviction.js";
import type { DataStore } from "./data/data-store.js";
import type { FleetClock, FleetTimer } from "./fleet-clock.js";
import type { MemberCluster } from "./member-cluster.js";
import { packGang, type Holder } from "./node-pool.js";
import { emptyUsers, type ServiceOutcome } from "./service-outcome.js";
import type { FleetServiceSpec, UsersSpec } from "./service-spec.js";

/** Kubernetes' terminationGracePeriodSeconds. */
const GRACE_S = 30;

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
  /** It was told to end. */
  isEnding: boolean;
}

/** The replicas of a service on one member, one queue before them. */
interface Station {
  readonly member: MemberCluster;
  readonly wanted: number;
  readonly replicas: Set<ReplicaHolder>;
  /** Evicted, and still on their nodes. */
  readonly ending: Set<ReplicaHolder>;
  /** Called when the replacements of evicted replicas have their place, the oldest first. */
  readonly displaced: (() => void)[];
  readonly waiting: Request[];
  readonly busy: Set<Request>;
  /** Where its compute times come from. */
  readonly stream: RandomStream;
  hasModel: boolean;
  /** Replicas that answer, and the mean speed of their GPUs. */
  ready: number;
  speed: number;
}

/** What services need of the run. */
export interface ServiceSetting {
  readonly clock: FleetClock;
  readonly data: DataStore;
  readonly members: readonly MemberCluster[];
  readonly streams: RandomStreams;
  /** A replica on this member serves from now on. */
  readonly readyChanged: (member: number) => void;
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

  private readonly byRegion = new Map<string, MemberCluster[]>();

  constructor(
    readonly spec: FleetServiceSpec,
    private readonly setting: ServiceSetting,
  ) {
    for (const member of setting.members)
      this.byRegion.set(member.spec.region, [
        ...(this.byRegion.get(member.spec.region) ?? []),
        member,
      ]);
    this.stations = spec.replicas.map(({ member, count }) => ({
      member: setting.members[member]!,
      wanted: count,
      replicas: new Set(),
      ending: new Set(),
      displaced: [],
      waiting: [],
      busy: new Set(),
      stream: setting.streams.stream(
        `fleet compute/${spec.name}/${setting.members[member]!.spec.name}`,
      ),
      hasModel: spec.model === undefined,
      ready: 0,
      speed: 1,
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
    const { data, streams } = this.setting;
    for (const station of this.stations) {
      if (this.spec.model === undefined) continue;
      data.fetch(this.spec.model, station.member.index, () => {
        station.hasModel = true;
        station.member.due();
      });
    }
    this.spec.users.forEach((users, index) => {
      if (users.requestsPerS === 0) return;
      const stream = streams.stream(`fleet requests/${this.spec.name}/${users.region}`);
      this.next(index, users, stream, this.spec.firstRequestS);
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
        const replica: ReplicaHolder = {
          holderName: name,
          station,
          ...found,
          isReady: false,
          isEnding: false,
        };
        station.member.pools[found.pool]!.take(replica, found.nodes, gpusPerReplica);
        station.replicas.add(replica);
        station.displaced.shift()?.();
        clock.at(clock.nowS + this.spec.startS, "release", () => {
          if (!station.replicas.has(replica)) return;
          replica.isReady = true;
          countReady(station);
          this.serve(station);
          this.setting.readyChanged(station.member.index);
        });
      }
      const missing = station.wanted - station.replicas.size;
      if (missing > 0)
        station.member.otherDemand.set(`service ${name}`, { count: missing, ...demand });
      else station.member.otherDemand.delete(`service ${name}`);
    });
  }

  /**
   * A replica's node went. What it worked on, and what no replica is left for, is sent on.
   *
   * @param placed called when its replacement has a place
   */
  lost(holder: object, placed?: () => void): void {
    const replica = this.replicaOf(holder);
    if (replica === undefined) return;
    const { station } = replica;
    if (placed !== undefined && !replica.isEnding) station.displaced.push(placed);
    station.replicas.delete(replica);
    countReady(station);
    this.letGo(replica);
  }

  /** Whether it is one of its replicas. */
  has(holder: object): boolean {
    return this.replicaOf(holder) !== undefined;
  }

  /** Replicas that should be on a member, and those of them that answer; undefined where the service has none. */
  stateOn(member: number): { readonly wanted: number; readonly ready: number } | undefined {
    const station = this.stations.find((one) => one.member.index === member);
    return station === undefined ? undefined : { wanted: station.wanted, ready: station.ready };
  }

  /**
   * Asks a replica to leave its node, as its disruption budget allows. It takes no more requests, finishes those it
   * has within its grace, and a replacement looks for a place from now on.
   *
   * @param placed called when the replacement has its place
   * @returns why it stays; undefined when it leaves
   */
  evict(holder: Holder, placed: () => void): string | undefined {
    const replica = this.replicaOf(holder);
    if (replica === undefined || replica.isEnding) return undefined;
    const { station } = replica;
    const { wanted, ready } = station;
    // Kubernetes' rule: a replica that does not serve yet may go while the budget is kept.
    const available = replica.isReady ? ready : Math.min(wanted, ready + 1);
    const state = { wanted, placements: wanted, available };
    if (judgeEviction(state, this.spec.budget) !== "allowed")
      return `may not be evicted: its disruption budget keeps what serves, ${ready} of ${wanted} now`;
    replica.isEnding = true;
    station.replicas.delete(replica);
    station.ending.add(replica);
    station.displaced.push(placed);
    countReady(station);
    const { clock } = this.setting;
    clock.at(clock.nowS + (this.spec.graceS ?? GRACE_S), "release", () => {
      if (station.ending.has(replica)) this.letGo(replica);
    });
    station.member.due();
    if (station.ready === 0) this.sendOn(station.waiting.splice(0));
    return undefined;
  }

  private replicaOf(holder: object): ReplicaHolder | undefined {
    return this.stations
      .flatMap(({ replicas, ending }) => [...replicas, ...ending])
      .find((one) => one === holder);
  }

  /** Gives its GPUs back; what it worked on, and what no replica is left for, is sent on. */
  private letGo(replica: ReplicaHolder): void {
    const { station } = replica;
    station.ending.delete(replica);
    station.member.pools[replica.pool]!.give(replica, replica.nodes, this.spec.gpusPerReplica);
    const tooMany = [...station.busy].slice(slotsOf(station, this.spec));
    const homeless = station.ready === 0 ? station.waiting.splice(0) : [];
    for (const request of tooMany) {
      request.endTimer?.cancel();
      station.busy.delete(request);
    }
    this.sendOn([...tooMany, ...homeless]);
  }

  private sendOn(requests: readonly Request[]): void {
    for (const request of requests) {
      this.outcome.users[request.users]!.rerouted++;
      this.route(request);
    }
  }

  private next(index: number, users: UsersSpec, stream: RandomStream, fromS: number): void {
    const { clock } = this.setting;
    const atS = fromS + stream.exponential(1 / users.requestsPerS);
    clock.at(atS, "arrive", () => {
      this.outcome.users[index]!.requests++;
      this.route({ users: index, bornS: atS, queuedS: atS, endTimer: undefined, startedS: atS });
      this.next(index, users, stream, atS);
    });
  }

  private route(request: Request): void {
    const { clock } = this.setting;
    const target = this.nearest(request.users);
    if (target === undefined) {
      this.outcome.users[request.users]!.unserved++;
      return;
    }
    const station = this.stations[target]!;
    request.queuedS = clock.nowS;
    station.waiting.push(request);
    this.serve(station);
  }

  /** The nearest allowed cluster that is up and has room; the nearest that is up where none has. */
  private nearest(users: number): number | undefined {
    let first: number | undefined;
    const { region } = this.spec.users[users]!;
    const isCutOff = this.isCutOff(region);
    for (const index of this.order[users]!) {
      const station = this.stations[index]!;
      const { member } = station;
      if (station.ready === 0) continue;
      // A cluster is there for the people beside it although its line is cut.
      if (member.spec.region !== region && (isCutOff || !member.isConnected)) continue;
      const slots = slotsOf(station, this.spec);
      const hasRoom =
        station.busy.size < slots ||
        station.waiting.length < Math.floor(slots * this.spec.waitingPerSlotMax);
      if (hasRoom) return index;
      first ??= index;
    }
    return first;
  }

  /** The lines of all clusters of a region are cut, and with them that of its people. */
  private isCutOff(region: string): boolean {
    const here = this.byRegion.get(region) ?? [];
    return here.length > 0 && here.every(({ isCut }) => isCut);
  }

  private serve(station: Station): void {
    const { clock } = this.setting;
    const slots = slotsOf(station, this.spec);
    while (station.waiting.length > 0 && station.busy.size < slots) {
      const request = station.waiting.shift()!;
      station.busy.add(request);
      request.startedS = clock.nowS;
      const workS =
        this.spec.compute === "fixed"
          ? this.spec.computeS
          : station.stream.exponential(this.spec.computeS);
      request.endTimer = clock.at(clock.nowS + workS / station.speed, "release", () => {
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

function slotsOf(station: Station, spec: FleetServiceSpec): number {
  return station.ready * spec.slotsPerReplica;
}

/** Replicas of one station share a queue; where their GPUs differ, the mean of their speeds is used. */
function countReady(station: Station): void {
  let sum = 0;
  let ready = 0;
  for (const replica of station.replicas) {
    if (!replica.isReady) continue;
    sum += station.member.pools[replica.pool]!.spec.speed;
    ready++;
  }
  station.ready = ready;
  station.speed = ready === 0 ? 1 : sum / ready;
}
