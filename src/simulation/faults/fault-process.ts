import type { RandomStream } from "../../engine/streams.js";
import { gangGpuMilli } from "../../policy/gang/gang-gpu-milli.js";
import type { JobTable } from "../../workload/job-table.js";
import type { ClusterControl, ClusterProcess, StopTerms } from "../batch/cluster-process.js";
import { drawRepairS, drawTimeToFailureS } from "./draw-times.js";
import type {
  ComponentOutcome,
  FaultComponent,
  FaultInstance,
  FaultsOutcome,
  FaultsSpec,
  MaintenanceWindow,
} from "./fault-spec.js";
import { createMaintenance, type Maintenance } from "./maintenance.js";
import { createNodeStates, type NodeStates } from "./node-states.js";

const GPU_MILLI = 1000;

/** A cluster process with what it saw. */
export interface FaultProcess extends ClusterProcess {
  /** What happened up to now. */
  outcome(): FaultsOutcome;
}

/** One instance with its component and its stream. */
interface Part {
  readonly component: number;
  readonly instance: FaultInstance;
  readonly stream: RandomStream;
  readonly gpuCount: number;
  /** Start of the repair that is going on; NaN while it works. */
  failedS: number;
}

interface Tally {
  failures: number;
  repairs: number;
  interruptions: number;
  downGpuS: number;
  lostGpuS: number;
}

/**
 * Failures, repairs, maintenance and spares of one run.
 *
 * Every instance alternates between working and being repaired, by the clock and from its own random stream:
 * its failures do not depend on what runs on it, on policies, or on other instances. A node is out of service
 * while anything that takes it is.
 */
class RenewingProcess implements FaultProcess {
  readonly name = "faults";
  private readonly tallies: readonly Tally[];
  private parts: readonly Part[] = [];
  private control!: ClusterControl;
  private states!: NodeStates;
  private maintenance!: Maintenance;
  private maintenanceStops = 0;
  private readonly interrupted = new Set<number>();
  /** Work lost by a job up to its last failure. */
  private readonly lostSeenS = new Map<number, number>();

  constructor(
    private readonly spec: FaultsSpec,
    private readonly jobs: JobTable,
  ) {
    this.tallies = spec.components.map(() => ({
      failures: 0,
      repairs: 0,
      interruptions: 0,
      downGpuS: 0,
      lostGpuS: 0,
    }));
  }

  start(control: ClusterControl): void {
    this.control = control;
    this.states = createNodeStates(control, this.spec.sparePools);
    this.parts = this.spec.components.flatMap((component, index) =>
      component.instances.map((instance) => this.partOf(component, index, instance)),
    );
    this.parts.forEach((part, code) => this.scheduleFailure(part, code));
    const offset = this.parts.length;
    this.maintenance = createMaintenance({
      windows: this.spec.maintenance,
      control,
      states: this.states,
      schedule: (timeS, code) => control.schedule(timeS, offset + code),
      stopJobs: (node, window) => {
        const stopped = control.stopJobsOn(node, {
          reason: windowReason(window),
          savesProgress: window.saves,
          restartCostS: this.spec.restartCostS,
        });
        this.maintenanceStops += stopped.length;
      },
    });
    this.maintenance.start();
  }

  happens(code: number): void {
    if (code >= this.parts.length) {
      this.maintenance.happens(code - this.parts.length);
      return;
    }
    const part = this.parts[code]!;
    if (Number.isNaN(part.failedS)) this.fail(part, code);
    else this.repair(part, code);
  }

  outcome(): FaultsOutcome {
    const { nowS, cluster } = this.control;
    const gpuCount = cluster.nodes.reduce((sum, node) => sum + node.gpuCount, 0);
    const openS = new Float64Array(this.tallies.length);
    for (const part of this.parts) {
      if (!Number.isNaN(part.failedS)) {
        openS[part.component]! += part.gpuCount * (nowS - part.failedS);
      }
    }
    const { failedGpuS, drainedGpuS, reservedGpuS, takeovers } = this.states.totals();
    return {
      components: this.spec.components.map((component, index): ComponentOutcome => {
        const tally = this.tallies[index]!;
        return { name: component.name, ...tally, downGpuS: tally.downGpuS + openS[index]! };
      }),
      maintenanceStops: this.maintenanceStops,
      jobsInterrupted: this.interrupted.size,
      failedGpuS,
      drainedGpuS,
      reservedGpuS,
      totalGpuS: gpuCount * nowS,
      takeovers,
      stopReasons: [
        ...this.spec.components.map(failedReason),
        ...this.spec.maintenance.map(windowReason),
      ],
    };
  }

  private partOf(component: FaultComponent, index: number, instance: FaultInstance): Part {
    const { nodes } = this.control.cluster;
    return {
      component: index,
      instance,
      stream: this.control.stream(`${this.spec.stream}/${component.name}/${instance.id}`),
      gpuCount:
        instance.gpus?.length ??
        instance.nodes.reduce((sum, node) => sum + nodes[node]!.gpuCount, 0),
      failedS: Number.NaN,
    };
  }

  private scheduleFailure(part: Part, code: number): void {
    const { timeToFailure } = this.spec.components[part.component]!;
    const { timeFactor = 1 } = part.instance;
    const afterS = timeFactor * drawTimeToFailureS(timeToFailure, part.stream);
    const failsS = this.control.nowS + afterS;
    // Longer than any run: nothing to schedule, and nothing to wait for.
    if (Number.isFinite(failsS)) this.control.schedule(failsS, code);
  }

  private fail(part: Part, code: number): void {
    const { control, states } = this;
    const component = this.spec.components[part.component]!;
    const tally = this.tallies[part.component]!;
    const { nodes, gpus } = part.instance;
    tally.failures++;
    const repairS = drawRepairS(component.repair, part.stream);
    for (const node of nodes) this.stopJobs(part, node);
    if (repairS === 0) {
      tally.repairs++;
      this.scheduleFailure(part, code);
      return;
    }
    part.failedS = control.nowS;
    for (const node of nodes) {
      if (gpus === undefined) states.fail(node, 1);
      else states.failGpus(node, gpus, 1);
    }
    control.schedule(control.nowS + repairS, code);
  }

  private stopJobs(part: Part, node: number): void {
    const { control } = this;
    const tally = this.tallies[part.component]!;
    const terms: StopTerms = {
      reason: failedReason(this.spec.components[part.component]!),
      savesProgress: "at-checkpoints",
      restartCostS: this.spec.restartCostS,
    };
    const lostBeforeS = new Map(
      control.jobsOn(node, part.instance.gpus).map((job) => [job, control.lostS(job)] as const),
    );
    for (const job of control.stopJobsOn(node, terms, part.instance.gpus)) {
      tally.interruptions++;
      this.interrupted.add(job);
      // Nobody knows beforehand who is hit in a pool: what was seen last stands for it.
      const beforeS = lostBeforeS.get(job) ?? this.lostSeenS.get(job) ?? 0;
      const lostS = control.lostS(job) - beforeS;
      this.lostSeenS.set(job, control.lostS(job));
      const gpus = gangGpuMilli(this.jobs, job) / GPU_MILLI;
      tally.lostGpuS += gpus * (lostS + this.spec.restartCostS);
    }
  }

  private repair(part: Part, code: number): void {
    const { control, states } = this;
    const tally = this.tallies[part.component]!;
    const { nodes, gpus } = part.instance;
    tally.repairs++;
    tally.downGpuS += part.gpuCount * (control.nowS - part.failedS);
    part.failedS = Number.NaN;
    for (const node of nodes) {
      if (gpus === undefined) states.fail(node, -1);
      else states.failGpus(node, gpus, -1);
    }
    this.scheduleFailure(part, code);
  }
}

function failedReason({ name }: FaultComponent): string {
  return `stopped: ${name} failed`;
}

function windowReason({ name }: MaintenanceWindow): string {
  return `stopped: ${name}`;
}

/** Makes the process of one run. */
export function createFaultProcess(spec: FaultsSpec, jobs: JobTable): FaultProcess {
  return new RenewingProcess(spec, jobs);
}
