import { InvariantError } from "../../base/assert.js";
import type { Engine, EventId, EventKind } from "../../engine/types.js";
import type { RestartCost } from "../../policy/queue/types.js";
import type { GangParts } from "../../policy/gang/types.js";
import type { GangRates } from "./gang-rates.js";
import type { JobColumns } from "./job-columns.js";
import type { Lane } from "./lane.js";
import type { PlacementLog } from "./placement-log.js";
import type { ProcessHost } from "./process-host.js";
import type { WorkBook } from "./work-book.js";

const NONE = -1;

/** What the runs of a simulation are made from. */
export interface GangRunSetting {
  readonly engine: Engine;
  readonly columns: JobColumns;
  readonly placements: PlacementLog;
  readonly rates: GangRates;
  readonly work: WorkBook;
  readonly processes: ProcessHost;
  /** Room of a job that runs since before the run began, once; undefined for others. */
  takeRoomAtStart(job: number): GangParts | undefined;
  laneOf(job: number): Lane;
  /** True for a job that ends only when it is told to. */
  isEndless(job: number): boolean;
  /** What each job holds, or asks for when it starts: `DemandClasses.heldOf`. */
  readonly heldOf: Int32Array;
  /** The job has done its work; it still has its room. */
  ended(job: number): void;
  /** The end of a running job moved. */
  endMoved(job: number): void;
}

/**
 * The gangs that run: where they are, at what rate they work, and when they will end.
 *
 * The rate is asked when a gang starts and whenever it may have changed; what was done so far is booked at
 * the old rate, and the event of the end moves.
 */
export class GangRuns {
  private readonly endKind: EventKind;
  private readonly rateKind: EventKind;
  private reviewPending = false;

  constructor(private readonly setting: GangRunSetting) {
    const { engine } = setting;
    this.endKind = engine.defineEvent("job ends", "release", (job) => {
      setting.ended(job);
    });
    this.rateKind = engine.defineEvent("rates are reviewed", "decide", () => {
      this.reviewPending = false;
      this.review();
    });
  }

  /** Finds room for the job and lets it work; false when there is none. */
  tryStart(job: number): boolean {
    const { columns, placements, rates, work, processes, engine } = this.setting;
    const lane = this.setting.laneOf(job);
    const demand = this.setting.heldOf[job]!;
    const room = this.setting.takeRoomAtStart(job);
    const gang = room === undefined ? lane.gang.tryPlace(demand) : lane.gang.placeAt(demand, room);
    if (gang === NONE && room !== undefined)
      throw new InvariantError(`gang runs: the recorded room of job ${job} is taken`);
    if (gang === NONE) return false;
    columns.gangOf[job] = gang;
    placements.write(job, lane.gang.lastParts);
    rates.started(job, lane, lane.gang.lastParts);
    processes.jobStarted(job);
    const rate = rates.rateOf(job);
    if (room !== undefined) work.adopt(job, rate);
    this.scheduleEnd(job, work.start(job, engine.nowS, rate));
    return true;
  }

  /** The job gives its room up. */
  leave(job: number): void {
    const { columns, rates } = this.setting;
    this.setting.laneOf(job).gang.release(columns.gangOf[job]!);
    columns.gangOf[job] = NONE;
    rates.stopped(job);
  }

  /** Puts a job that left back where it was; false when some of its room is taken. */
  reseat(job: number): boolean {
    const { columns, placements, rates, processes } = this.setting;
    const lane = this.setting.laneOf(job);
    const parts = placements.partsOf(job);
    const place = (): number => lane.gang.placeAt(this.setting.heldOf[job]!, parts);
    // A job goes on where its node is being drained, so it may be put back there.
    const gang = processes.putBack(lane, parts, place);
    columns.gangOf[job] = gang;
    if (gang !== NONE) rates.started(job, lane, parts);
    return gang !== NONE;
  }

  /** Where a running job is; valid until the next start. */
  partsOf(job: number): GangParts {
    return this.setting.placements.partsOf(job);
  }

  /** Lets a running job hold exactly these parts, as this demand, instead of what it has; false when some of them are taken. */
  replaceAt(job: number, demand: number, parts: GangParts): boolean {
    this.leave(job);
    this.setting.heldOf[job] = demand;
    this.setting.placements.write(job, parts);
    const isSeated = this.reseat(job);
    if (isSeated) this.setting.processes.jobMoved();
    return isSeated;
  }

  /** Lets a running job hold this demand wherever there is room; false, and nothing changed, when there is none. */
  replaceAnywhere(job: number, demand: number): boolean {
    const { columns, heldOf, placements, rates, processes } = this.setting;
    const lane = this.setting.laneOf(job);
    const before = heldOf[job]!;
    this.leave(job);
    const gang = lane.gang.tryPlace(demand);
    if (gang === NONE) {
      if (!this.reseat(job))
        throw new InvariantError(
          `gang runs: job ${job} does not fit into its own room as ${before}`,
        );
      return false;
    }
    heldOf[job] = demand;
    columns.gangOf[job] = gang;
    placements.write(job, lane.gang.lastParts);
    rates.started(job, lane, lane.gang.lastParts);
    processes.jobMoved();
    return true;
  }

  /** Books the work of a job that was replaced and lets it go on at its new rate after a pause in seconds. */
  rescaled(job: number, pauseS: number): void {
    const { work, engine, rates } = this.setting;
    this.cancelEnd(job);
    this.scheduleEnd(job, work.changeRate(job, engine.nowS, rates.rateOf(job), pauseS));
    this.setting.endMoved(job);
  }

  /** Ends the run of a job that left before its work was done. @param cost where it is not the queue policy's */
  stop(job: number, cost?: RestartCost): void {
    const { columns, work, engine } = this.setting;
    this.cancelEnd(job);
    work.stop(job, engine.nowS, cost);
    columns.dueS[job] = Number.NaN;
  }

  /** Asks for a review at the end of this instant's releases. */
  dueReview(): void {
    const { rates, engine } = this.setting;
    if (!rates.mayChange || this.reviewPending) return;
    this.reviewPending = true;
    engine.schedule(this.rateKind, engine.nowS, 0);
  }

  /** Books the work of jobs whose rate changed and moves their ends. */
  review(): void {
    const { columns, rates, work, engine } = this.setting;
    if (!rates.mayChange) return;
    rates.takeChanged((job) => {
      if (columns.gangOf[job] === NONE) return;
      const rate = rates.rateOf(job);
      if (rate === work.rateOf(job)) return;
      this.cancelEnd(job);
      this.scheduleEnd(job, work.changeRate(job, engine.nowS, rate));
      this.setting.endMoved(job);
    });
  }

  private scheduleEnd(job: number, dueS: number): void {
    const { columns, engine } = this.setting;
    columns.dueS[job] = dueS;
    // A job that stands still has no end in sight.
    const hasEnd = dueS !== Infinity && !this.setting.isEndless(job);
    columns.endEvent[job] = hasEnd ? engine.schedule(this.endKind, dueS, job) : NONE;
  }

  private cancelEnd(job: number): void {
    const event = this.setting.columns.endEvent[job]!;
    if (event !== NONE) this.setting.engine.cancel(event as EventId);
  }
}
