import { formatNumber } from "../../base/units.js";
import { formatQuantity } from "./format-quantity.js";
import { labelMetric } from "./metric-label.js";
import { confidenceWords, replicationWords } from "./replication-words.js";
import type { GoalResult, RunResult } from "./result-document.js";

/** What the decision sentence talks about: a run, and how to name it. */
export interface DecidedRun {
  readonly result: Pick<
    RunResult,
    "goals" | "jobs" | "gpu" | "stopReason" | "replications" | "serving"
  >;
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
  const sentences = [
    verdict(cluster, base),
    basis(base),
    unsettled(base),
    leftOut(base),
    ...variants.map(variantVerdict),
  ];
  return sentences.filter((sentence) => sentence !== "").join(" ");
}

function describe(cluster: string, run: DecidedRun): string {
  const { jobs, gpu, serving } = run.result;
  const wait =
    jobs.waitS.p95 === null
      ? ""
      : `; 95 % of them waited at most ${formatQuantity(jobs.waitS.p95, "s")}`;
  const done = `completed ${jobCount(jobs.completed)} of ${jobCount(jobs.count)} jobs${wait}`;
  const what =
    serving === undefined
      ? done
      : jobs.count === 0
        ? describeServing(serving)
        : `${done}, and ${describeServing(serving)}`;
  return (
    `${cluster} ${what}; ` +
    `${serving === undefined ? "jobs" : jobs.count === 0 ? "replicas" : "jobs and replicas"} held ${formatQuantity(gpu.allocatedShare, "share")} of the GPU time. No goals were set, so nothing is decided.` +
    [basis(run), unsettled(run), leftOut(run)]
      .map((text) => (text === "" ? "" : ` ${text}`))
      .join("")
  );
}

function describeServing({ requests, finished, ttftS }: NonNullable<RunResult["serving"]>): string {
  const first =
    ttftS.p95 === null
      ? ""
      : `; 95 % of them had their first token after at most ${formatQuantity(ttftS.p95, "s")}`;
  return `answered ${jobCount(finished)} of ${jobCount(requests)} requests${first}`;
}

function verdict(cluster: string, { result }: DecidedRun): string {
  const { missed, open } = judged(result.goals);
  const total = result.goals.length;
  const confidence = confidenceWords(result.replications);
  const sure = confidence === undefined ? "" : `, at ${confidence}`;
  if (missed.length > 0) {
    return `No${sure}: ${cluster} misses ${count(missed.length, total)}: ${missed.map(shortfall).join("; ")}${alsoOpen(open)}.`;
  }
  if (open.length > 0) {
    return `Not shown${sure}: whether ${cluster} meets ${count(open.length, total)} is open: ${open.map(shortfall).join("; ")}.`;
  }
  return `Yes${sure}: ${cluster} meets ${all(total)} (${closest(result.goals)}).`;
}

/** Goals by what was shown of them; one run shows everything it can. */
function judged(goals: readonly GoalResult[]): {
  readonly missed: readonly GoalResult[];
  readonly open: readonly GoalResult[];
} {
  return {
    missed: goals.filter((goal) => !goal.met && goal.verdict !== "not shown"),
    open: goals.filter((goal) => goal.verdict === "not shown"),
  };
}

function alsoOpen(open: readonly GoalResult[]): string {
  return open.length === 0 ? "" : `; not shown either way: ${open.map(shortfall).join("; ")}`;
}

/** What the figures are, where they are not those of one plain run. */
function basis({ result }: DecidedRun): string {
  if (result.replications === undefined) return "";
  const words = replicationWords(result.replications);
  return `Figures are ${words}.`;
}

/** Waits of a queue that grows until the last job arrives are no property of the cluster. */
function unsettled({ result }: DecidedRun): string {
  const services = overloadedServices(result);
  const sentences = [
    ...(result.jobs.overloaded === true
      ? ["Waits did not settle: they say how long the run is, not how the cluster does."]
      : []),
    ...(services === ""
      ? []
      : [`${services} does not keep up: its latencies say how long the run is.`]),
  ];
  return sentences.join(" ");
}

function overloadedServices({ serving }: DecidedRun["result"]): string {
  const names = (serving?.services ?? []).flatMap(({ name, verdict: found }) =>
    found === "overloaded" ? [`“${name}”`] : [],
  );
  return names.length === 0 ? "" : `Service ${names.join(", ")}`;
}

/** What no goal counts and a buyer must know: jobs that no node could ever hold, jobs that did not end. */
function leftOut({ result }: DecidedRun): string {
  const { count, neverPlaceable, waiting, running } = result.jobs;
  const facts: string[] = [];
  if (neverPlaceable > 0)
    facts.push(`${jobCount(neverPlaceable)} of ${jobCount(count)} jobs can never be placed on it`);
  if (waiting + running > 0)
    facts.push(
      `${jobCount(waiting + running)} of ${jobCount(count)} jobs had not ended when the run stopped`,
    );
  const open = result.serving?.open ?? 0;
  if (open > 0)
    facts.push(
      `${jobCount(open)} of ${jobCount(result.serving!.requests)} requests had no full answer when the run ended`,
    );
  facts.push(...missingStagePods(result));
  return facts.length === 0 ? "" : `Not counted in this: ${facts.join("; ")}.`;
}

function missingStagePods({ serving }: DecidedRun["result"]): readonly string[] {
  return (serving?.services ?? []).flatMap(({ name, stages = [] }) =>
    stages.flatMap(({ name: stage, pods }) => {
      if (pods === undefined || pods.missingS === 0) return [];
      return [
        pods.placed < pods.wanted
          ? `${pods.wanted - pods.placed} of ${pods.wanted} pods for ${stage} of service “${name}” have no place on it`
          : `pods for ${stage} of service “${name}” had to wait for a place on it`,
      ];
    }),
  );
}

function variantVerdict(run: DecidedRun): string {
  const { goals } = run.result;
  const { missed, open } = judged(goals);
  const name = run.name ?? "the variant";
  const settled =
    run.result.jobs.overloaded === true
      ? ", and waits do not settle"
      : overloadedServices(run.result) === ""
        ? ""
        : ", and a service does not keep up";
  if (missed.length > 0) {
    return `With “${name}” it misses ${count(missed.length, goals.length)}: ${missed.map(shortfall).join("; ")}${alsoOpen(open)}${settled}.`;
  }
  if (open.length > 0) {
    return `With “${name}” it is not shown whether ${count(open.length, goals.length)} ${open.length === 1 ? "is" : "are"} met: ${open.map(shortfall).join("; ")}${settled}.`;
  }
  return `With “${name}” ${all(goals.length)} ${goals.length === 1 ? "is" : "are"} met (${closest(goals)})${settled}.`;
}

/** Means over replications need not be whole. */
function jobCount(jobs: number): string {
  return Number.isInteger(jobs) ? String(jobs) : formatNumber(jobs, { digits: 5, separator: "" });
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
  const range =
    goal.interval === null
      ? ""
      : ` (${goal.interval.map((end) => formatQuantity(end, goal.unit)).join(" to ")})`;
  return `${goalName(goal)} is ${actual}${range}, goal ${bound} ${formatQuantity(goal.target, goal.unit)}`;
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
function room({ actual, interval, target, comparison }: GoalResult): number {
  if (actual === null) return -1;
  const nearest = interval === null ? actual : interval[comparison === "atMost" ? 1 : 0];
  const scale = Math.max(Math.abs(target), Number.EPSILON);
  return (comparison === "atMost" ? target - nearest : nearest - target) / scale;
}
