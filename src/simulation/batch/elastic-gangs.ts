import { InvariantError } from "../../base/assert.js";
import type { GangParts, GangPlacer } from "../../policy/gang/types.js";
import type { DemandClasses } from "./demand-classes.js";
import type { ElasticTerms } from "./elastic-terms.js";
import type { GangRuns } from "./gang-runs.js";
import type { GangSizes } from "./gang-sizes.js";
import { createJobHeap } from "./job-order.js";
import type { JobColumns } from "./job-columns.js";
import type { Lanes } from "./lanes.js";
import type { Lane } from "./lane.js";
import type { WorkBook } from "./work-book.js";
import { createSpeedUp, type SpeedUp } from "./worker-scaling.js";

const NONE = -1;
const GPU_MILLI = 1000;

/** What elastic gangs are made from. */
export interface ElasticSetting {
  readonly terms: ElasticTerms;
  readonly classes: DemandClasses;
  readonly lanes: readonly Lane[];
  readonly runs: GangRuns;
  readonly columns: JobColumns;
  readonly work: WorkBook;
  /** Simulated seconds. */
  nowS(): number;
  /** False when a limit keeps the job from holding that much more. Thousandths of a GPU. */
  mayHoldMore(job: number, milli: number): boolean;
  /** The job runs with this many workers now; not called for the workers it asks for when it starts. */
  resized(job: number, workers: number): void;
}

/**
 * Gangs that start smaller than they ask for, give room to gangs that wait, and grow into room that nobody
 * waits for.
 *
 * - A job that does not fit as it asks starts with the most workers that fit, down to its minimum.
 * - When not even its minimum fits, running gangs shrink for it, those with the most GPUs above their minimum
 *   first, the last started of equals first; each gives what is still missing, down to its minimum. Nobody
 *   shrinks in vain.
 * - When nobody waits in the lane, free GPUs go one worker at a time to the gang with the fewest workers, which
 *   gains most; a gang grows only when it then ends earlier, the pause for the change included.
 */
export class ElasticGangs {
  private readonly speedUp: SpeedUp;
  /** Running elastic jobs of each lane, by start. */
  private readonly running: readonly Set<number>[];
  private readonly startNumber: Int32Array;
  private starts = 0;
  private readonly workersKey: Float64Array;
  /** GPU-seconds each elastic job has held, in thousandths of a GPU; as of `accountedS`. */
  readonly gpuMilliS: Float64Array;
  /** Times each job changed its size while it ran. */
  readonly resizes: Int32Array;
  private readonly accountedS: Float64Array;
  private readonly accountedMilli: Float64Array;

  constructor(private readonly setting: ElasticSetting) {
    const { classes, lanes, terms } = setting;
    this.speedUp = createSpeedUp(terms.scaling);
    this.running = lanes.map(() => new Set());
    const jobCount = classes.classOf.length;
    this.startNumber = new Int32Array(jobCount);
    this.workersKey = new Float64Array(jobCount);
    this.gpuMilliS = new Float64Array(jobCount);
    this.resizes = new Int32Array(jobCount);
    this.accountedS = new Float64Array(jobCount);
    this.accountedMilli = new Float64Array(jobCount);
  }

  /** Rate of the job with its fewest workers, relative to what it asks for. */
  slowestRate(job: number): number {
    const { classes } = this.setting;
    const sizes = classes.sizesOf.get(classes.classOf[job]!);
    return sizes === undefined ? 1 : this.speedUp(sizes.min) / this.speedUp(sizes.asked);
  }

  /** False when not even shrinking others to their minimum would make room for a gang of the class. */
  mayFit(demand: number): boolean {
    const smallest = this.smallest(demand);
    const { gang } = this.laneOf(demand);
    if (gang.mayFit(smallest)) return true;
    const { gpuMilli } = this.setting.classes;
    return (
      this.surplusIn(demand) > 0 &&
      gpuMilli[smallest]! <= gang.gpuMilliFree + this.surplusMilliIn(demand)
    );
  }

  /** Starts a job that does not fit as it asks, if some size of it, or shrinking others, makes it fit. */
  tryStart(job: number): boolean {
    const { classes, runs } = this.setting;
    const { classOf, heldOf } = classes;
    const demand = classOf[job]!;
    const { gang } = this.laneOf(demand);
    const sizes = classes.sizesOf.get(demand);
    for (
      let workers = (sizes?.asked ?? 0) - 1;
      workers >= (sizes?.min ?? 0) && workers > 0;
      workers--
    ) {
      heldOf[job] = sizes!.demandOf[workers]!;
      if (gang.mayFit(heldOf[job]) && runs.tryStart(job)) return true;
    }
    heldOf[job] = this.smallest(demand);
    if (this.startInShrunkRoom(job)) return true;
    heldOf[job] = demand;
    return false;
  }

  /** The job has started. */
  started(job: number): void {
    const { classes } = this.setting;
    const { classOf, heldOf } = classes;
    const sizes = classes.sizesOf.get(classOf[job]!);
    if (sizes === undefined) return;
    this.startNumber[job] = ++this.starts;
    this.runningIn(classOf[job]!).add(job);
    this.accountedMilli[job] = 0;
    this.account(job);
    if (heldOf[job] !== classOf[job]) this.setting.resized(job, classes.workers[heldOf[job]!]!);
  }

  /** The job has ended or was stopped. */
  left(job: number): void {
    const { classOf, heldOf } = this.setting.classes;
    if (!this.runningIn(classOf[job]!).delete(job)) return;
    this.account(job);
    heldOf[job] = classOf[job]!;
  }

  /** Brings the accounts of running jobs up to date. */
  finish(): void {
    for (const jobs of this.running) for (const job of jobs) this.account(job);
  }

  private account(job: number): void {
    const { classes } = this.setting;
    const nowS = this.setting.nowS();
    this.gpuMilliS[job]! += (nowS - this.accountedS[job]!) * this.accountedMilli[job]!;
    this.accountedS[job] = nowS;
    this.accountedMilli[job] = classes.gpuMilli[classes.heldOf[job]!]!;
  }

  /** Gives free GPUs of lanes in which nobody waits to their gangs. @param waitingIn jobs that wait in a lane */
  grow(waitingIn: (lane: number) => number): void {
    this.running.forEach((jobs, lane) => {
      if (jobs.size === 0 || waitingIn(lane) > 0) return;
      for (const [job, target] of this.targetsIn(lane)) this.growTo(job, target);
    });
  }

  /** Workers every gang of the lane would have if free GPUs were handed out one worker at a time. */
  private targetsIn(lane: number): ReadonlyMap<number, number> {
    const { classes, lanes } = this.setting;
    let freeMilli = lanes[lane]!.gang.gpuMilliFree;
    const targets = new Map<number, number>();
    const key = this.workersKey;
    const heap = createJobHeap({ key, rank: this.startNumber }, new Int32Array(key.length));
    for (const job of this.running[lane]!) {
      key[job] = classes.workers[classes.heldOf[job]!]!;
      if (key[job]! < this.sizesOf(job).max) heap.push(job);
    }
    for (let job = heap.pop(); job !== NONE; job = heap.pop()) {
      const workerMilli = this.workerMilli(job);
      // A worker without GPUs takes none of what is counted here.
      if (workerMilli > freeMilli || workerMilli === 0) continue;
      freeMilli -= workerMilli;
      key[job]!++;
      targets.set(job, key[job]!);
      if (key[job]! < this.sizesOf(job).max) heap.push(job);
    }
    return targets;
  }

  private growTo(job: number, target: number): void {
    const { classes, runs } = this.setting;
    const before = classes.workers[classes.heldOf[job]!]!;
    const { demandOf } = this.sizesOf(job);
    for (let workers = target; workers > before; workers--) {
      if (!this.isWorthGrowing(job, before, workers)) return;
      const more = classes.gpuMilli[demandOf[workers]!]! - classes.gpuMilli[classes.heldOf[job]!]!;
      if (!this.setting.mayHoldMore(job, more)) continue;
      if (!runs.replaceAnywhere(job, demandOf[workers]!)) continue;
      this.rescaled(job, workers);
      return;
    }
  }

  private isWorthGrowing(job: number, before: number, workers: number): boolean {
    const leftS = this.setting.columns.dueS[job]! - this.setting.nowS();
    const gain = this.speedUp(workers) / this.speedUp(before);
    return this.pauseS(job) + leftS / gain < leftS;
  }

  private startInShrunkRoom(job: number): boolean {
    const { classes, runs } = this.setting;
    const demand = classes.heldOf[job]!;
    if (!this.mayFit(classes.classOf[job]!)) return false;
    const shrunk: { readonly job: number; readonly demand: number; readonly parts: GangParts }[] =
      [];
    for (const giver of this.givers(demand)) {
      shrunk.push({
        job: giver,
        demand: classes.heldOf[giver]!,
        parts: copyOf(runs.partsOf(giver)),
      });
      if (!this.shrinkUntilFits(giver, demand) || !runs.tryStart(job)) continue;
      for (const { job: other } of shrunk)
        this.rescaled(other, classes.workers[classes.heldOf[other]!]!);
      return true;
    }
    // In reverse: what one gave up another may not have taken meanwhile.
    for (const { job: giver, demand: before, parts } of shrunk.reverse())
      this.replace(giver, before, parts);
    return false;
  }

  /** Running gangs above their minimum, in the order in which they give. */
  private givers(demand: number): readonly number[] {
    return [...this.runningIn(demand)]
      .filter((job) => this.surplus(job) > 0)
      .sort(
        (left, right) =>
          this.surplusMilli(right) - this.surplusMilli(left) ||
          this.startNumber[right]! - this.startNumber[left]!,
      );
  }

  /** Takes workers from a gang, the last placed first, until the demand may fit; false when it still does not. */
  private shrinkUntilFits(giver: number, demand: number): boolean {
    const { classes, runs } = this.setting;
    const { gang } = this.laneOf(demand);
    const { min, demandOf } = this.sizesOf(giver);
    while (!gang.mayFit(demand)) {
      const workers = classes.workers[classes.heldOf[giver]!]!;
      if (workers <= min) return false;
      const missing = Math.ceil(
        (classes.gpuMilli[demand]! - gang.gpuMilliFree) / (this.workerMilli(giver) || 1),
      );
      const left = Math.max(min, workers - Math.max(1, missing));
      const row = demandOf[left]!;
      this.replace(
        giver,
        row,
        shortened(runs.partsOf(giver), { workers, left, gpus: classes.gpuMilli[row]! / GPU_MILLI }),
      );
    }
    return true;
  }

  private replace(job: number, demand: number, parts: GangParts): void {
    if (!this.setting.runs.replaceAt(job, demand, parts))
      throw new InvariantError(`elastic gangs: job ${job} does not fit into its own room`);
  }

  private rescaled(job: number, workers: number): void {
    this.account(job);
    if (this.setting.work.lastStartS(job) < this.setting.nowS()) this.resizes[job]!++;
    this.setting.runs.rescaled(job, this.pauseS(job));
    this.setting.resized(job, workers);
  }

  /** A job that starts at this instant has nothing to interrupt. Seconds. */
  private pauseS(job: number): number {
    return this.setting.work.lastStartS(job) < this.setting.nowS()
      ? this.setting.terms.rescaleCostS
      : 0;
  }

  /** The demand of the class at its minimum. */
  smallest(demand: number): number {
    const sizes = this.setting.classes.sizesOf.get(demand);
    return sizes === undefined ? demand : sizes.demandOf[sizes.min]!;
  }

  private sizesOf(job: number): GangSizes {
    const { classes } = this.setting;
    return classes.sizesOf.get(classes.classOf[job]!)!;
  }

  private workerMilli(job: number): number {
    const { classOf, gpuMilli, workers } = this.setting.classes;
    return gpuMilli[classOf[job]!]! / workers[classOf[job]!]!;
  }

  /** Workers above the minimum. */
  private surplus(job: number): number {
    const { heldOf, workers } = this.setting.classes;
    return workers[heldOf[job]!]! - this.sizesOf(job).min;
  }

  private surplusMilli(job: number): number {
    return this.surplus(job) * this.workerMilli(job);
  }

  private surplusIn(demand: number): number {
    let sum = 0;
    for (const job of this.runningIn(demand)) sum += this.surplus(job);
    return sum;
  }

  private surplusMilliIn(demand: number): number {
    let sum = 0;
    for (const job of this.runningIn(demand)) sum += this.surplusMilli(job);
    return sum;
  }

  private runningIn(demand: number): Set<number> {
    return this.running[this.setting.classes.lane[demand]!]!;
  }

  private laneOf(demand: number): { readonly gang: GangPlacer } {
    return this.setting.lanes[this.setting.classes.lane[demand]!]!;
  }
}

/** The elastic gangs of a run; undefined when every job runs with the workers it asks for. */
export function createElasticGangs(
  terms: ElasticTerms | undefined,
  { lanes, classes }: Lanes,
  setting: Omit<ElasticSetting, "terms" | "classes" | "lanes">,
): ElasticGangs | undefined {
  if (terms === undefined || classes.sizesOf.size === 0) return undefined;
  return new ElasticGangs({ terms, classes, lanes, ...setting });
}

function copyOf({ values, length }: GangParts): GangParts {
  return { values: values.slice(0, length), length };
}

/**
 * The room of a gang without its last workers. One part is one worker where there are as many parts as
 * workers; else parts are whole GPUs of a node, taken back from the last.
 */
function shortened(
  parts: GangParts,
  {
    workers,
    left,
    gpus,
  }: { readonly workers: number; readonly left: number; readonly gpus: number },
): GangParts {
  const { values, length } = parts;
  const kept: number[] = [];
  let partCount = 0;
  for (let index = 0; index < length; index += 2 + values[index + 1]!) partCount++;
  const byWorker = partCount === workers;
  let partsLeft = byWorker ? left : partCount;
  let gpusLeft = gpus;
  for (let index = 0; index < length && partsLeft > 0; index += 2 + values[index + 1]!) {
    const partGpus = byWorker ? values[index + 1]! : Math.min(values[index + 1]!, gpusLeft);
    if (partGpus === 0 && !byWorker) break;
    kept.push(values[index]!, partGpus, ...values.subarray(index + 2, index + 2 + partGpus));
    gpusLeft -= partGpus;
    partsLeft--;
  }
  return { values: Int32Array.from(kept), length: kept.length };
}
