import { formatDuration } from "../../base/units.js";
import type { BatchRun } from "../../simulation/batch/batch-spec.js";
import type { Assumption } from "../run/result-document.js";
import type { BacktestDocument, OverCapacity } from "./backtest-document.js";
import type { LoadedBacktest } from "./load-backtest.js";

/** Clocks of accounting systems count whole seconds; differences up to this are rounding. */
const ROUNDING_S = 1;

/** What the replay takes for granted; the cluster file's own assumptions come first. */
export function backtestAssumptions({
  configuration,
  assumedPolicy,
}: LoadedBacktest): readonly Assumption[] {
  const assumed = (id: string, what: string, value: string, source: string): Assumption => ({
    id,
    what,
    value,
    provenance: "assumed",
    source,
  });
  const { policy } = configuration;
  return [
    ...configuration.assumptions,
    ...assumedPolicy.map((part) =>
      assumed(
        `policy-${part}`,
        part === "queue" ? "Order of the queue" : "Where jobs are placed",
        part === "queue"
          ? policy.queue.name
          : policy.placement.kind === "named"
            ? policy.placement.name
            : "weighted scorers",
        `neither the cluster file nor --${part} names it`,
      ),
    ),
    assumed(
      "empty-start",
      "The cluster when the trace begins",
      "empty",
      "the trace does not hold jobs that ran before: early waits come out too short",
    ),
    assumed(
      "same-durations",
      "How long a job runs",
      "as recorded, wherever it is placed",
      "recorded durations; the placement of the record is not known",
    ),
    assumed(
      "nodes-stay",
      "Nodes that fail, drain or are added",
      "none",
      "the cluster file is one state for the whole trace",
    ),
  ];
}

/** What a reader of the numbers must know, in full sentences. */
export function backtestWarnings(
  facts: Pick<BacktestDocument, "jobs" | "recordedUse" | "policy" | "trace">,
  run: BatchRun,
): readonly string[] {
  const warnings = facts.recordedUse.overCapacity.map(overCapacityWarning);
  if (facts.policy.assumed.length > 0) {
    warnings.push(
      `Nobody named the ${facts.policy.assumed.join(" and the ")} of this cluster: ` +
        `${facts.policy.assumed.map((part) => (part === "queue" ? facts.policy.queue.name : String(facts.policy.placement))).join(" and ")} ` +
        `was taken. Name yours with ${facts.policy.assumed.map((part) => `--${part}`).join(" and ")}.`,
    );
  }
  const { jobs } = run;
  const differing = countWhere(jobs.count, (job) => {
    const ranS =
      (jobs.recordedEndS?.[job] ?? Number.NaN) - (jobs.recordedStartS?.[job] ?? Number.NaN);
    return Math.abs(ranS - jobs.durationS[job]!) > ROUNDING_S;
  });
  if (differing > 0) {
    warnings.push(
      `Of ${differing} jobs the time from start to end is not their duration (they were suspended or started again); they were simulated with their duration.`,
    );
  }
  if (jobs.dependencyOffset !== undefined) {
    warnings.push(
      "The trace has dependencies between jobs. They are not simulated: a job whose recorded wait includes waiting for another job comes out too short.",
    );
  }
  return [...warnings, ...run.warnings];
}

function overCapacityWarning(over: OverCapacity): string {
  const where = over.partition === "" ? "the cluster file" : `its partition ${over.partition}`;
  const at =
    over.peakAt === null ? `second ${over.peakAtS}` : `${over.peakAt} (second ${over.peakAtS})`;
  return (
    `The record has ${over.peakGpus} GPUs in use at ${at}, and ${where} has ${over.capacityGpus}; ` +
    `it is above that for ${formatDuration(over.aboveS)} in all. The cluster file is not the cluster of this trace: ` +
    "correct it before believing any error below."
  );
}

function countWhere(count: number, holds: (index: number) => boolean): number {
  let found = 0;
  for (let index = 0; index < count; index++) if (holds(index)) found++;
  return found;
}
