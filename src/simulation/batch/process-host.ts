import type { ClusterSpec } from "../../cluster/spec.js";
import type { RandomStreams } from "../../engine/streams.js";
import type { Engine, EventId, EventKind } from "../../engine/types.js";
import type { GangParts } from "../../policy/gang/types.js";
import type { JobTable } from "../../workload/job-table.js";
import type { ClusterControl, ClusterProcess, OutState, StopTerms } from "./cluster-process.js";
import { forEachPart } from "./gang-rates.js";
import type { Lanes } from "./lanes.js";
import type { Lane } from "./lane.js";
import { NodeService } from "./node-service.js";
import type { PlacementLog } from "./placement-log.js";
import { createRunningJobs } from "./running-jobs.js";
import type { WorkBook } from "./work-book.js";

const GPU_MILLI = 1000;

/** What the processes of a run need of its simulation. */
export interface ProcessSetting {
  readonly engine: Engine;
  readonly streams: RandomStreams;
  readonly cluster: ClusterSpec;
  readonly jobs: JobTable;
  readonly lanes: Lanes;
  readonly placements: PlacementLog;
  readonly work: WorkBook;
  /** Stops a running job and puts it back into its queue. */
  interrupt(job: number, terms: StopTerms): void;
  /** Capacity of a lane went out of service or came back. */
  capacityChanged(lane: number): void;
  /** A process has acted: rates may have changed. */
  afterMoment(): void;
  /** As `submit` and `endJob` of `ClusterControl`. */
  readonly managed: { submit(job: number): string | undefined; end(job: number): void };
  /** As in `ClusterControl`. */
  hold(): void;
  release(): void;
}

/** The processes of a run, and what the simulation tells them. */
export interface ProcessHost {
  /** Tries to put a job back where it was, also on nodes that are out of service since. @returns what `place` returns */
  putBack(lane: Lane, parts: GangParts, place: () => number): number;
  /** What is out of service; undefined when the run has no processes and nothing ever is. */
  readonly nodes: NodeService | undefined;
  start(): void;
  jobStarted(job: number): void;
  /** A job that a process submitted runs, or was stopped by somebody else. */
  managedStarted(job: number): void;
  managedStopped(job: number, reason: string): void;
  /** Some running job is elsewhere than before. */
  jobMoved(): void;
  /** The job has ended or was stopped, and its room is free; `partsOf` still says where it was. */
  jobLeft(job: number): void;
  /** The instant is over but for what is observed. */
  settled(forEachWaiting: (visit: (job: number) => void) => void): void;
  /** Nothing is left to do: what processes still wait for is dropped. */
  allDone(): void;
}

interface Moment {
  readonly process: number;
  readonly code: number;
  readonly event: EventId;
}

class ActiveProcessHost implements ProcessHost {
  readonly nodes: NodeService;
  private readonly processes: readonly ClusterProcess[];
  private readonly kind: EventKind;
  private readonly emptyKind: EventKind;
  private readonly moments = new Map<number, Moment>();
  private readonly keyOfEvent = new Map<EventId, number>();
  private nextKey = 0;
  private readonly running: ReturnType<typeof createRunningJobs>;
  /** Jobs on each node that is out of service and not yet empty. */
  private readonly leftOn = new Map<number, number>();
  private isOver = false;
  /** Process that submitted a managed job. */
  private readonly ownerOf = new Map<number, ClusterProcess>();

  constructor(
    private readonly setting: ProcessSetting,
    processes: readonly ClusterProcess[],
  ) {
    const { engine, cluster, jobs, lanes } = setting;
    this.processes = processes;
    this.nodes = new NodeService(cluster, lanes.lanes);
    this.running = createRunningJobs(jobs.count);
    this.kind = engine.defineEvent("moment of a process", "release", (key) => {
      const { process, code, event } = this.moments.get(key)!;
      this.moments.delete(key);
      this.keyOfEvent.delete(event);
      this.processes[process]!.happens(code);
      setting.afterMoment();
    });
    this.emptyKind = engine.defineEvent("node is empty", "release", (node) => {
      this.tellEmptied(node);
      setting.afterMoment();
    });
  }

  start(): void {
    this.processes.forEach((process, index) => {
      process.start(this.controlOf(index));
    });
  }

  jobStarted(job: number): void {
    this.running.add(job);
  }

  managedStarted(job: number): void {
    this.ownerOf.get(job)?.jobStarted?.(job);
  }

  managedStopped(job: number, reason: string): void {
    this.ownerOf.get(job)?.jobStopped?.(job, reason);
  }

  jobMoved(): void {
    const { engine } = this.setting;
    for (const [node, before] of this.leftOn) {
      const left = this.jobsOn(node).length;
      this.leftOn.set(node, left);
      if (left === 0 && before > 0) engine.schedule(this.emptyKind, engine.nowS, node);
    }
  }

  jobLeft(job: number): void {
    this.running.remove(job);
    if (this.leftOn.size === 0) return;
    for (const node of this.nodesOf(job)) {
      const left = this.leftOn.get(node);
      if (left === undefined) continue;
      this.leftOn.set(node, left - 1);
      if (left === 1) this.setting.engine.schedule(this.emptyKind, this.setting.engine.nowS, node);
    }
  }

  settled(forEachWaiting: (visit: (job: number) => void) => void): void {
    for (const process of this.processes) process.settled?.(forEachWaiting);
  }

  putBack(lane: Lane, parts: GangParts, place: () => number): number {
    const nodes = new Set<number>();
    forEachPart(lane, parts, (node) => nodes.add(node));
    return this.nodes.asIfOpen([...nodes], place);
  }

  allDone(): void {
    this.isOver = true;
    for (const { event } of this.moments.values()) this.setting.engine.cancel(event);
    this.moments.clear();
    this.keyOfEvent.clear();
  }

  private controlOf(process: number): ClusterControl {
    const { engine, cluster, jobs, lanes } = this.setting;
    const { name } = this.processes[process]!;
    const { nodes } = this;
    const change = (node: number, changed: boolean): void => {
      if (changed) this.setting.capacityChanged(nodes.laneIndex(node));
    };
    return {
      get nowS() {
        return engine.nowS;
      },
      cluster,
      jobs,
      hasPlaces: lanes.lanes.every(({ gang }) => gang.cluster !== undefined),
      stream: (stream) => this.setting.streams.stream(`processes/${name}/${stream}`),
      schedule: (timeS, code) => this.schedule(process, timeS, code),
      cancel: (moment) => this.cancel(moment),
      take: (node, state) => {
        this.take(process, node, state);
      },
      restore: (node) => {
        change(node, nodes.restore(process, node));
        if (nodes.stateOf(node) === undefined) this.leftOn.delete(node);
      },
      takeGpus: (node, gpus) => {
        change(node, nodes.takeGpus(process, node, gpus));
      },
      restoreGpus: (node, gpus) => {
        change(node, nodes.restoreGpus(process, node, gpus));
      },
      stateOf: (node) => nodes.stateOf(node),
      jobsOn: (node, gpus) => this.jobsOn(node, gpus),
      stopJobsOn: (node, terms, gpus) => {
        const hit = this.isPool(node)
          ? this.drawFromPool(process, node, gpus)
          : this.jobsOn(node, gpus);
        for (const job of hit) this.setting.interrupt(job, terms);
        return hit;
      },
      stopJob: (job, terms) => {
        if (!this.running.has(job))
          throw new RangeError(`cluster process ${name}: job ${job} is not running`);
        this.setting.interrupt(job, terms);
      },
      isRunning: (job) => this.running.has(job),
      startedS: (job) => this.setting.work.lastStartS(job),
      lostS: (job) => this.setting.work.lostS(job),
      submit: (job) => {
        this.ownerOf.set(job, this.processes[process]!);
        return this.setting.managed.submit(job);
      },
      endJob: (job) => {
        this.setting.managed.end(job);
      },
      nodesOf: (job) => this.nodeList(job),
      hold: () => {
        this.setting.hold();
      },
      release: () => {
        this.setting.release();
      },
    };
  }

  private schedule(process: number, timeS: number, code: number): EventId {
    const { engine } = this.setting;
    const key = this.nextKey;
    const event = engine.schedule(this.kind, timeS, key);
    this.nextKey = (key + 1) % 2_147_483_647;
    if (this.isOver) {
      engine.cancel(event);
      return event;
    }
    this.moments.set(key, { process, code, event });
    this.keyOfEvent.set(event, key);
    return event;
  }

  private cancel(moment: EventId): boolean {
    const key = this.keyOfEvent.get(moment);
    if (key === undefined) return false;
    this.keyOfEvent.delete(moment);
    this.moments.delete(key);
    return this.setting.engine.cancel(moment);
  }

  private take(process: number, node: number, state: OutState): void {
    const { engine } = this.setting;
    this.nodes.take(process, node, state);
    this.setting.capacityChanged(this.nodes.laneIndex(node));
    const left = this.isPool(node) ? 0 : this.jobsOn(node).length;
    this.leftOn.set(node, left);
    if (left === 0) engine.schedule(this.emptyKind, engine.nowS, node);
  }

  /** Not from within `jobLeft`: a queue may be in the middle of a pass. */
  private tellEmptied(node: number): void {
    if (this.leftOn.get(node) !== 0) return;
    this.leftOn.delete(node);
    for (const process of this.nodes.holdersOf(node)) this.processes[process]!.nodeEmptied?.(node);
  }

  private isPool(node: number): boolean {
    return this.lane(node).gang.cluster === undefined;
  }

  private lane(node: number): Lane {
    return this.setting.lanes.lanes[this.nodes.laneIndex(node)]!;
  }

  private laneOf(job: number): Lane {
    const { lanes, classes } = this.setting.lanes;
    return lanes[classes.lane[classes.classOf[job]!]!]!;
  }

  private gpuMilliOf(job: number): number {
    const { classes } = this.setting.lanes;
    return classes.gpuMilli[classes.heldOf[job]!]!;
  }

  private nodesOf(job: number): ReadonlySet<number> {
    const nodes = new Set<number>();
    forEachPart(this.laneOf(job), this.setting.placements.partsOf(job), (node) => nodes.add(node));
    return nodes;
  }

  private nodeList(job: number): readonly number[] {
    const nodes: number[] = [];
    forEachPart(this.laneOf(job), this.setting.placements.partsOf(job), (node) => nodes.push(node));
    return nodes;
  }

  private jobsOn(node: number, gpus?: readonly number[]): readonly number[] {
    this.nodes.laneIndex(node);
    return this.running.sorted().filter((job) => {
      let isOn = false;
      forEachPart(this.laneOf(job), this.setting.placements.partsOf(job), (partNode, partGpus) => {
        if (partNode !== node) return;
        isOn ||= gpus === undefined || gpus.some((gpu) => partGpus.includes(gpu));
      });
      return isOn;
    });
  }

  /** Draws as many different GPUs as are hit from all in service, and names the jobs that hold one. */
  private drawFromPool(
    process: number,
    node: number,
    gpus: readonly number[] | undefined,
  ): readonly number[] {
    const { cluster, streams } = this.setting;
    const lane = this.lane(node);
    const jobs = this.running.sorted().filter((job) => this.laneOf(job) === lane);
    const busy = jobs.map((job) => Math.ceil(this.gpuMilliOf(job) / GPU_MILLI));
    const busyGpus = busy.reduce((sum, count) => sum + count, 0);
    const inService = busyGpus + Math.floor(lane.gang.gpuMilliFree / GPU_MILLI);
    const wanted = Math.min(inService, gpus?.length ?? cluster.nodes[node]!.gpuCount);
    const random = streams.stream(`processes/${this.processes[process]!.name}/pool`);
    const drawn = new Set<number>();
    while (drawn.size < wanted) drawn.add(random.integerBelow(inService));
    let first = 0;
    return jobs.filter((_, index) => {
      const end = first + busy[index]!;
      const isHit = [...drawn].some((gpu) => gpu >= first && gpu < end);
      first = end;
      return isHit;
    });
  }
}

/** Nothing happens to the cluster, and nobody need be told. */
const NO_PROCESSES: ProcessHost = {
  nodes: undefined,
  putBack: (_lane, _parts, place) => place(),
  start: () => undefined,
  jobStarted: () => undefined,
  managedStarted: () => undefined,
  managedStopped: () => undefined,
  jobMoved: () => undefined,
  jobLeft: () => undefined,
  settled: () => undefined,
  allDone: () => undefined,
};

/** @throws RangeError when two processes have one name */
export function createProcessHost(
  processes: readonly ClusterProcess[],
  setting: ProcessSetting,
): ProcessHost {
  const names = processes.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new RangeError(`cluster processes: two are named "${twice}"`);
  return processes.length === 0 ? NO_PROCESSES : new ActiveProcessHost(setting, processes);
}
