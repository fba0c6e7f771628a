import type { Demand, Taking } from "./demand.js";

/** What a goal on waits or completion times asks of single jobs. */
export interface TimeGoal {
  /** `wait`: not running for at most `atMostS`. `completion`: ended `atMostS` after submission. */
  readonly kind: "wait" | "completion";
  readonly atMostS: number;
  /** Jobs that may be later, or never placed. */
  readonly lateMax: number;
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

/** What a goal asks of one set of groups in one unit: the most over all windows, and of the largest gang. */
export function requirementOf(
  demand: Demand,
  taking: Taking,
  options: {
    readonly groups: number;
    readonly goal: TimeGoal;
    /** Ends of windows; every pair is one. */
    readonly timesS: readonly number[];
  },
): number {
  const { groups, goal, timesS } = options;
  const own: number[] = [];
  for (let job = 0; job < demand.count; job++) {
    const mask = demand.accepts[job]!;
    if (mask !== 0 && (mask & ~groups) === 0 && taking.byJob[job]! > 0) own.push(job);
  }
  if (own.length <= goal.lateMax) return 0;
  // Jobs that start at all do so with all their workers at once.
  const gangs = Float64Array.from(own, (job) => taking.byJob[job]!).sort();
  let most = gangs[gangs.length - 1 - goal.lateMax]!;
  const work = new Float64Array(own.length);
  for (let from = 0; from < timesS.length; from++) {
    for (let to = from + 1; to < timesS.length; to++) {
      const startS = timesS[from]!;
      const endS = timesS[to]!;
      if (endS <= startS) continue;
      own.forEach((job, index) => {
        work[index] = taking.byJob[job]! * runWithin(demand, job, goal, startS, endS);
      });
      most = Math.max(most, sumWithoutLargest(work, goal.lateMax) / (endS - startS));
    }
  }
  return most;
}

/** Seconds that a job which meets the goal runs at least between two times. */
function runWithin(
  { submitS, runS }: Demand,
  job: number,
  { kind, atMostS }: TimeGoal,
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

/** Sum of all values but the `count` largest; the values are left in another order. */
function sumWithoutLargest(values: Float64Array, count: number): number {
  if (count > 0) values.sort();
  let sum = 0;
  for (let index = 0; index < values.length - count; index++) sum += values[index]!;
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
