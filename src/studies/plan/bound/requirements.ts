import type { Demand, Taking } from "./demand.js";

/**
 * What goals on waits or completion times ask of single jobs: at most `lateMax` jobs are later than `atMostS`.
 *
 * `wait`: not running for so long. `completion`: ended so long after submission.
 */
export interface TimeGoals {
  readonly kind: "wait" | "completion";
  /** From the shortest time to the longest; later levels let fewer jobs be later. At least one. */
  readonly levels: readonly TimeLevel[];
}

/** One step of `TimeGoals`. */
export interface TimeLevel {
  readonly atMostS: number;
  /** Jobs that may be later, or never placed. */
  readonly lateMax: number;
}

/** Puts levels in order and leaves out those that ask for nothing beyond a shorter one. */
export function inLevels(levels: readonly TimeLevel[]): readonly TimeLevel[] {
  const sorted = [...levels].sort(
    (left, right) => left.atMostS - right.atMostS || left.lateMax - right.lateMax,
  );
  return sorted.filter(
    ({ lateMax }, index) => !sorted.slice(0, index).some((before) => before.lateMax <= lateMax),
  );
}

/** Units that the groups of a set must have together. */
export interface Requirement {
  readonly unit: string;
  /** Bit g is set for every group that helps. */
  readonly groups: number;
  /** By group: units of one node. */
  readonly byGroup: readonly number[];
  readonly atLeast: number;
  /** Where it comes from, for people. */
  readonly why: string;
}

/** Sets of groups beyond this number are not combined with each other. */
const SETS_COMBINED_MAX = 6;

/** Sets of groups that some jobs are bound to, and their unions: jobs that fit into nothing else need these. */
export function groupSets(accepts: Int32Array): readonly number[] {
  const single = [...new Set(accepts)].filter((mask) => mask !== 0);
  const all = single.reduce((mask, one) => mask | one, 0);
  if (single.length > SETS_COMBINED_MAX) return [...new Set([...single, all])];
  const sets = new Set<number>();
  for (let chosen = 1; chosen < 1 << single.length; chosen++) {
    sets.add(single.reduce((mask, one, index) => ((chosen >> index) & 1 ? mask | one : mask), 0));
  }
  return [...sets].sort((left, right) => left - right);
}

/** Jobs that fit into the groups of a set only. */
function boundJobs(demand: Demand, taking: Taking, groups: number): readonly number[] {
  const own: number[] = [];
  for (let job = 0; job < demand.count; job++) {
    const mask = demand.accepts[job]!;
    if (mask !== 0 && (mask & ~groups) === 0 && taking.byJob[job]! > 0) own.push(job);
  }
  return own;
}

/** Units of the largest gang that has to fit: all but `neverPlaced` gangs do, with all their workers at once. */
export function largestGang(
  demand: Demand,
  taking: Taking,
  groups: number,
  neverPlaced: number,
): number {
  const own = boundJobs(demand, taking, groups);
  const gangs = Float64Array.from(own, (job) => taking.byJob[job]!).sort();
  return gangs[gangs.length - 1 - neverPlaced] ?? 0;
}

/** What goals ask of one set of groups in one unit: the most over all windows. */
export function requirementOf(
  demand: Demand,
  taking: Taking,
  options: {
    readonly groups: number;
    readonly goals: TimeGoals;
    /** Ends of windows; every pair is one. */
    readonly timesS: readonly number[];
  },
): number {
  const { groups, goals, timesS } = options;
  const own = boundJobs(demand, taking, groups);
  const { kind, levels } = goals;
  if (own.length <= levels.at(-1)!.lateMax) return 0;
  const work = new Float64Array(own.length);
  const saved = new Float64Array(own.length);
  let most = 0;
  for (let from = 0; from < timesS.length; from++) {
    for (let to = from + 1; to < timesS.length; to++) {
      const startS = timesS[from]!;
      const endS = timesS[to]!;
      const within = (job: number, atMostS: number): number =>
        taking.byJob[job]! * runWithin(demand, job, { kind, atMostS }, startS, endS);
      own.forEach((job, index) => {
        work[index] = within(job, levels[0]!.atMostS);
      });
      let needed = work.reduce((sum, value) => sum + value, 0);
      if (needed <= most * (endS - startS)) continue;
      levels.forEach(({ atMostS, lateMax }, level) => {
        // Jobs later than this level are at best as late as the next one allows, or never run.
        const next = levels[level + 1]?.atMostS;
        own.forEach((job, index) => {
          const later = next === undefined ? 0 : within(job, next);
          saved[index] = within(job, atMostS) - later;
        });
        needed -= sumOfLargest(saved, lateMax);
      });
      most = Math.max(most, needed / (endS - startS));
    }
  }
  return most;
}

/** Seconds that a job which meets the goal runs at least between two times. */
function runWithin(
  { submitS, runS }: Demand,
  job: number,
  { kind, atMostS }: { readonly kind: TimeGoals["kind"]; readonly atMostS: number },
  startS: number,
  endS: number,
): number {
  const submittedS = submitS[job]!;
  if (submittedS >= endS) return 0;
  const before = Math.max(0, startS - submittedS);
  const leftS = Math.max(0, runS[job]! - before);
  if (kind === "completion") {
    // Only jobs that must be done by then: whether the others have begun is open.
    return submittedS + atMostS <= endS ? Math.min(leftS, endS - startS) : 0;
  }
  return Math.min(leftS, Math.max(0, endS - Math.max(startS, submittedS) - atMostS));
}

/** Sum of the `count` largest values, all >= 0; the values are left in another order. */
function sumOfLargest(values: Float64Array, count: number): number {
  if (count === 0) return 0;
  values.sort();
  let sum = 0;
  for (let index = Math.max(0, values.length - count); index < values.length; index++) {
    sum += values[index]!;
  }
  return sum;
}

/** Times between which work is counted: quantiles of the submissions, up to the end of what can be judged. */
export function windowTimes(demand: Demand, untilS: number, count: number): readonly number[] {
  const endS = Math.min(untilS, demand.lastSubmitS);
  const times = new Set<number>([endS]);
  for (let index = 0; index < count - 1; index++) {
    const row = Math.floor((index * demand.count) / (count - 1));
    const timeS = demand.submitS[row];
    if (timeS !== undefined && timeS < endS) times.add(timeS);
  }
  return [...times].sort((left, right) => left - right);
}
