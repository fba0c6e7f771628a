import { formatQuantity } from "./format-quantity.js";
import { labelMetric } from "./metric-label.js";
import type { GoalResult, RunResult } from "./result-document.js";

/** What the decision sentence talks about: a run, and how to name it. */
export interface DecidedRun {
  readonly result: Pick<RunResult, "goals" | "jobs" | "gpu" | "stopReason">;
  /** The variant's name; absent for the base. */
  readonly name?: string;
}

/**
 * Says in plain words whether the cluster is enough, from the goals alone.
 *
 * Without goals there is nothing to decide, so it states what happened instead.
 *
 * @param options.cluster how a person would name the cluster: "8 nodes × 8 H100 (64 GPUs)"
 */
export function decide(options: {
  readonly cluster: string;
  readonly base: DecidedRun;
  readonly variants: readonly DecidedRun[];
}): string {
  const { cluster, base, variants } = options;
  if (base.result.goals.length === 0) return describe(cluster, base);
  const sentences = [verdict(cluster, base), leftOut(base), ...variants.map(variantVerdict)];
  return sentences.filter((sentence) => sentence !== "").join(" ");
}

function describe(cluster: string, run: DecidedRun): string {
  const { jobs, gpu } = run.result;
  const wait =
    jobs.waitS.p95 === null
      ? ""
      : `; 95 % of them waited at most ${formatQuantity(jobs.waitS.p95, "s")}`;
  return (
    `${cluster} completed ${jobs.completed} of ${jobs.count} jobs${wait}; ` +
    `jobs held ${formatQuantity(gpu.allocatedShare, "share")} of the GPU time. No goals were set, so nothing is decided.` +
    (leftOut(run) === "" ? "" : ` ${leftOut(run)}`)
  );
}

function verdict(cluster: string, { result }: DecidedRun): string {
  const missed = result.goals.filter((goal) => !goal.met);
  const total = result.goals.length;
  if (missed.length === 0) {
    return `Yes: ${cluster} meets ${all(total)} (${closest(result.goals)}).`;
  }
  return `No: ${cluster} misses ${count(missed.length, total)}: ${missed.map(shortfall).join("; ")}.`;
}

/** What no goal counts and a buyer must know: jobs that no node could ever hold, jobs that did not end. */
function leftOut({ result }: DecidedRun): string {
  const { count, neverPlaceable, waiting, running } = result.jobs;
  const facts: string[] = [];
  if (neverPlaceable > 0)
    facts.push(`${neverPlaceable} of ${count} jobs can never be placed on it`);
  if (waiting + running > 0)
    facts.push(`${waiting + running} of ${count} jobs had not ended when the run stopped`);
  return facts.length === 0 ? "" : `Not counted in this: ${facts.join("; ")}.`;
}

function variantVerdict(run: DecidedRun): string {
  const { goals } = run.result;
  const missed = goals.filter((goal) => !goal.met);
  const name = run.name ?? "the variant";
  if (missed.length === 0) {
    return `With “${name}” ${all(goals.length)} ${goals.length === 1 ? "is" : "are"} met (${closest(goals)}).`;
  }
  return `With “${name}” it misses ${count(missed.length, goals.length)}: ${missed.map(shortfall).join("; ")}.`;
}

function count(missed: number, total: number): string {
  return missed === total ? all(total) : `${missed} of ${total} goals`;
}

function all(total: number): string {
  if (total === 1) return "the goal";
  return total === 2 ? "both goals" : `all ${total} goals`;
}

function shortfall(goal: GoalResult): string {
  const bound = goal.comparison === "atMost" ? "at most" : "at least";
  const actual = goal.actual === null ? "no value" : formatQuantity(goal.actual, goal.unit);
  return `${goalName(goal)} is ${actual}, goal ${bound} ${formatQuantity(goal.target, goal.unit)}`;
}

/** The name the scenario gave the goal, or its metric in words. */
function goalName({ id, metric, comparison }: GoalResult): string {
  return id === `${metric} ${comparison}` ? labelMetric(metric).phrase : id;
}

/** The met goal with the least room, as evidence for "yes". */
function closest(goals: readonly GoalResult[]): string {
  const [tightest] = [...goals].sort((left, right) => room(left) - room(right));
  return tightest === undefined ? "" : `tightest: ${shortfall(tightest)}`;
}

/** Distance to the target as a share of the target; smaller is tighter. */
function room({ actual, target, comparison }: GoalResult): number {
  if (actual === null) return -1;
  const scale = Math.max(Math.abs(target), Number.EPSILON);
  return (comparison === "atMost" ? target - actual : actual - target) / scale;
}
