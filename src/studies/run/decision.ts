import { formatNumber } from "../../base/units.js";
import { asksWhether } from "./asks-whether.js";
import { formatQuantity } from "./format-quantity.js";
import {
  allGoals,
  alsoOpen,
  byVerdict,
  countGoals,
  goalOutcome,
  tightestWords,
  verdictSentence,
} from "./goal-words.js";
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
 * It begins with yes or no only where that answers the question and nothing beside the goals speaks against it: every
 * other question is answered by the finding itself. Without goals there is nothing to decide, so it states what
 * happened instead.
 *
 * @param options.cluster how a person would name the cluster: "8 nodes × 8 H100 (64 GPUs)"
 * @param options.question what the scenario asks; null when it asks nothing
 */
export function decide(options: {
  readonly cluster: string;
  readonly question: string | null;
  readonly base: DecidedRun;
  readonly variants: readonly DecidedRun[];
}): string {
  const { cluster, question, base, variants } = options;
  if (base.result.goals.length === 0) return describe(cluster, base);
  const canSayNo = asksWhether(question, { hasAlternatives: variants.length > 0 });
  const sentences = [
    verdict(cluster, base, canSayNo),
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

function verdict(cluster: string, { result }: DecidedRun, canSayNo: boolean): string {
  const { neverPlaceable, overloaded } = result.jobs;
  // Met goals are no "yes" where jobs have no place at all, or figures only say how long the run was.
  const isSound =
    neverPlaceable === 0 &&
    overloaded !== true &&
    overloadedServices(result) === "" &&
    missingStagePods(result).length === 0;
  const confidence = confidenceWords(result.replications);
  return verdictSentence({
    subject: cluster,
    isPlural: !/^1 /.test(cluster),
    goals: result.goals,
    ...(confidence === undefined ? {} : { confidence }),
    saysYes: canSayNo && isSound,
    saysNo: canSayNo,
    metricWords: phraseOf,
  });
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
  const { missed, open } = byVerdict(goals);
  const name = run.name ?? "the variant";
  const settled =
    run.result.jobs.overloaded === true
      ? ", and waits do not settle"
      : overloadedServices(run.result) === ""
        ? ""
        : ", and a service does not keep up";
  const words = (list: readonly GoalResult[]): string =>
    list.map((goal) => goalOutcome(goal, phraseOf)).join("; ");
  if (missed.length > 0) {
    return `With “${name}” it misses ${countGoals(missed.length, goals.length)}: ${words(missed)}${alsoOpen(open, phraseOf)}${settled}.`;
  }
  if (open.length > 0) {
    return `With “${name}” it is not shown whether ${countGoals(open.length, goals.length)} ${goals.length === 1 || open.length === 1 ? "is" : "are"} met: ${words(open)}${settled}.`;
  }
  return `With “${name}” ${allGoals(goals.length)} ${goals.length === 1 ? "is" : "are"} met (${tightestWords(goals, phraseOf)})${settled}.`;
}

function phraseOf(metric: string): string {
  return labelMetric(metric).phrase;
}

/** Means over replications need not be whole. */
function jobCount(jobs: number): string {
  return Number.isInteger(jobs) ? String(jobs) : formatNumber(jobs, { digits: 5, separator: "" });
}
