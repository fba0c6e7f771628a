import type { BatchObservation, BatchSeries } from "./batch-spec.js";
import { UTILIZATION_QUANTITIES } from "./batch-spec.js";
import { createIdleObserver, type IdleObserver } from "./idle-observer.js";
import type { Lanes } from "./lanes.js";
import { createMigMeter, type MigMeter, type MigTotals } from "./mig-meter.js";
import { OUT_STATES, type NodeService } from "./node-service.js";
import {
  createUtilizationRecorder,
  type UtilizationRecorder,
  type UtilizationTotals,
} from "./utilization-recorder.js";

const SERIES_ROWS_MAX = 20_000;

/** Watches the state of a run from instant to instant. */
export interface Sampler {
  readonly idleClassNames: readonly string[];
  /** Takes in the state that holds from `nowS` on. */
  sample(nowS: number, state: { readonly queued: number; readonly running: number }): void;
  finish(endS: number): void;
  totals(): UtilizationTotals;
  /** What MIG layouts stranded and which instances were held; undefined without MIG, or when idle classes are not watched. */
  mig(): MigTotals | undefined;
  series(): BatchSeries;
}

class BatchSampler implements Sampler {
  readonly idleClassNames: readonly string[];
  private readonly idle: IdleObserver | undefined;
  private readonly recorder: UtilizationRecorder;
  private readonly values: Float64Array;
  private readonly migMeter: MigMeter | undefined;

  constructor(
    private readonly lanes: Lanes,
    private readonly observe: BatchObservation,
    private readonly service: NodeService | undefined,
  ) {
    const hasJobs = lanes.classes.count > 0;
    this.idle = observe.idleClasses === true && hasJobs ? createIdleObserver(lanes) : undefined;
    const outNames = this.idle === undefined || service === undefined ? [] : OUT_STATES;
    this.idleClassNames = [...(this.idle?.names ?? []), ...outNames];
    this.migMeter = createMigMeter(this.idle?.parts ?? []);
    const quantities = UTILIZATION_QUANTITIES.length + this.idleClassNames.length;
    this.values = new Float64Array(quantities);
    this.recorder = createUtilizationRecorder({
      quantities,
      rowsMax: observe.seriesRowsMax ?? SERIES_ROWS_MAX,
    });
  }

  sample(nowS: number, state: { readonly queued: number; readonly running: number }): void {
    const { values } = this;
    let usedMilli = 0;
    for (const lane of this.lanes.lanes) usedMilli += lane.gang.gpuMilliUsed;
    values[0] = usedMilli;
    values[1] = state.queued;
    values[2] = state.running;
    if (this.idle !== undefined) {
      this.idle.measure(values, UTILIZATION_QUANTITIES.length);
      this.service?.measure(values, UTILIZATION_QUANTITIES.length + this.idle.names.length);
    }
    this.recorder.sample(nowS, values);
    this.migMeter?.sample(nowS);
    if (this.observe.checkInvariants === true) {
      for (const lane of this.lanes.lanes) lane.gang.checkInvariants();
    }
  }

  finish(endS: number): void {
    this.recorder.finish(endS);
    this.migMeter?.sample(endS);
  }

  mig(): MigTotals | undefined {
    return this.migMeter?.totals();
  }

  totals(): UtilizationTotals {
    return this.recorder.totals();
  }

  series(): BatchSeries {
    const { timeS, columns } = this.recorder.columns();
    return {
      timeS,
      gpuMilliAllocated: columns[0]!,
      jobsQueued: Int32Array.from(columns[1]!, Math.round),
      jobsRunning: Int32Array.from(columns[2]!, Math.round),
      idleMilliByClass: Object.fromEntries(
        this.idleClassNames.map((name, index) => [
          name,
          columns[UTILIZATION_QUANTITIES.length + index]!,
        ]),
      ),
    };
  }
}

/**
 * @param service what is out of service over time; absent when nothing ever is
 * @throws RangeError when `seriesRowsMax` is too small
 */
export function createSampler(
  lanes: Lanes,
  observe: BatchObservation = {},
  service?: NodeService,
): Sampler {
  return new BatchSampler(lanes, observe, service);
}
