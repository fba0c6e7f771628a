import { elasticWorkers } from "../../../../policy/ray/idle-termination.js";
import type { GangRequest, ResourceRequest } from "../../../../policy/ray/resource-demand.js";
import type { FleetTimer } from "../fleet-clock.js";
import type { RayTrainSpec } from "./ray-spec.js";
import {
  fits,
  type OpenNode,
  type RayWork,
  type RayWorkOutcome,
  type RayWorkSetting,
} from "./ray-work-types.js";

/** Ray Train with an elastic number of workers. @see ray-project/ray scaling_policy/elastic.py */
export class TrainWork implements RayWork {
  private workers: OpenNode[] = [];
  private doneWorkerS = 0;
  private safeWorkerS = 0;
  private countedFromS = 0;
  private workFromS = 0;
  private endTimer: FleetTimer | undefined;
  private monitorTimer: FleetTimer | undefined;
  private checkpointTimer: FleetTimer | undefined;
  private hasRun = false;

  constructor(
    private readonly spec: RayTrainSpec,
    readonly outcome: RayWorkOutcome,
    private readonly setting: RayWorkSetting,
  ) {}

  demand(): {
    readonly requests: readonly ResourceRequest[];
    readonly gangs: readonly GangRequest[];
  } {
    const missing =
      this.outcome.endS === undefined ? this.spec.workersMax - this.workers.length : 0;
    return {
      requests: Array.from({ length: missing }, () => ({ resources: this.spec.perWorker })),
      gangs: [],
    };
  }

  assign(): void {
    if (this.outcome.endS !== undefined || this.workers.length > 0) return;
    const possible = this.possible();
    if (possible !== undefined) this.form(possible);
  }

  lost(node: OpenNode): void {
    if (!this.workers.includes(node)) return;
    this.halt();
    this.outcome.restarts++;
    for (const worker of this.workers)
      if (worker !== node) this.setting.give(worker, this.spec.perWorker);
    this.workers = [];
  }

  private possible(): number | undefined {
    const own = new Map<OpenNode, number>();
    for (const node of this.workers) own.set(node, (own.get(node) ?? 0) + 1);
    const free = this.setting.open().map((node) => {
      const mine = own.get(node) ?? 0;
      const amounts: Record<string, number> = { ...node.free };
      for (const [kind, amount] of Object.entries(this.spec.perWorker))
        amounts[kind] = (amounts[kind] ?? 0) + amount * mine;
      return amounts;
    });
    return elasticWorkers(free, this.spec.perWorker, {
      min: this.spec.workersMin,
      max: this.spec.workersMax,
    });
  }

  private form(count: number): void {
    const { clock } = this.setting;
    for (const node of this.setting.open()) {
      while (this.workers.length < count && fits(node.free, this.spec.perWorker)) {
        this.setting.take(node, this.spec.perWorker);
        this.workers.push(node);
      }
    }
    this.outcome.startS ??= clock.nowS;
    this.countedFromS = clock.nowS;
    this.workFromS = clock.nowS + (this.hasRun ? this.spec.restartS : 0);
    this.hasRun = true;
    const leftS = (this.spec.workerSeconds - this.doneWorkerS) / count;
    this.endTimer = clock.at(this.workFromS + leftS, "release", () => {
      this.halt();
      this.release();
      this.outcome.endS = clock.nowS;
      this.setting.changed();
    });
    this.monitor(clock.nowS + this.spec.monitorS);
    this.checkpoint(this.workFromS + this.spec.checkpointS);
  }

  private monitor(atS: number): void {
    const { clock } = this.setting;
    this.monitorTimer = clock.at(Math.max(atS, this.workFromS), "decide", () => {
      const possible = this.possible();
      if (possible === undefined || possible === this.workers.length) {
        this.monitor(clock.nowS + this.spec.monitorS);
        return;
      }
      this.halt();
      this.outcome.restarts++;
      this.release();
      this.form(possible);
      this.setting.changed();
    });
  }

  private checkpoint(atS: number): void {
    this.checkpointTimer = this.setting.clock.at(atS, "release", () => {
      this.count();
      this.safeWorkerS = this.doneWorkerS;
      this.checkpoint(atS + this.spec.checkpointS);
    });
  }

  /** Adds what was done since the last count. */
  private count(): void {
    const { nowS } = this.setting.clock;
    const sinceS = Math.max(this.countedFromS, this.workFromS);
    const standingS = Math.max(0, Math.min(nowS, this.workFromS) - this.countedFromS);
    this.outcome.lostWorkerSeconds += standingS * this.workers.length;
    this.outcome.workerSeconds += Math.max(0, nowS - this.countedFromS) * this.workers.length;
    this.doneWorkerS += Math.max(0, nowS - sinceS) * this.workers.length;
    this.countedFromS = nowS;
  }

  /** Stops, and falls back to the last checkpoint unless all is done. */
  private halt(): void {
    this.endTimer?.cancel();
    this.monitorTimer?.cancel();
    this.checkpointTimer?.cancel();
    this.count();
    // Sums of many parts miss the whole by a rounding error.
    if (this.doneWorkerS >= this.spec.workerSeconds * (1 - 1e-9)) return;
    this.outcome.lostWorkerSeconds += this.doneWorkerS - this.safeWorkerS;
    this.doneWorkerS = this.safeWorkerS;
  }

  private release(): void {
    for (const node of this.workers) this.setting.give(node, this.spec.perWorker);
    this.workers = [];
  }
}
