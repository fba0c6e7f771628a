import type { Problem } from "../diagnostics/problem.js";
import { InputError } from "../diagnostics/problem.js";
import type { ResolvedConfiguration } from "../scenario/resolved.js";
import { placeRunning, type RunningFault } from "../simulation/batch/running-at-start.js";
import type { JobTable } from "../workload/job-table.js";
import { keepJobs } from "../workload/keep-jobs.js";

/** Problems that are shown one by one. */
const PROBLEMS_MAX = 20;
/** Left-out jobs that a warning names. */
const NAMED_MAX = 5;
/** Placements that look at nothing but GPUs. */
const GPUS_ONLY = new Set(["pool", "consolidate"]);

/**
 * Holds the jobs that run when a trace begins against the cluster: they stay on their nodes, are left out
 * where the cluster lacks those, or are placed like others, as the scenario says.
 *
 * @param file the trace, as the scenario writes it
 * @param warn called with a full sentence
 * @throws InputError when a recorded node is not there, or holds less than runs on it
 */
export function settleRunningJobs(
  jobs: JobTable,
  { name, cluster, policy, workload }: ResolvedConfiguration,
  file: string,
  warn: (sentence: string) => void,
): JobTable {
  if (jobs.runningOn === undefined || workload.kind !== "trace") return jobs;
  const { runningJobs = "stay" } = workload;
  if (runningJobs === "placed") return withoutNodes(jobs);
  const { placement } = policy;
  const withHost = placement.kind === "scorers" || !GPUS_ONLY.has(placement.name);
  const { faults } = placeRunning(jobs, cluster, { withHost });
  const elsewhere = faults.filter(({ rule }) => rule === "unknown-node");
  const isLeftOut = runningJobs === "stay-where-known";
  const inTheWay = isLeftOut ? faults.filter((fault) => !elsewhere.includes(fault)) : faults;
  if (inTheWay.length > 0) throw new InputError(problemsOf(inTheWay, file, name));
  if (elsewhere.length === 0) return jobs;
  warn(leftOutWarning(jobs, elsewhere, file, name));
  const rows = new Set(elsewhere.map(({ job }) => job));
  return keepJobs(jobs, (row) => !rows.has(row));
}

/** The same jobs, as if they all had yet to start. */
function withoutNodes(jobs: JobTable): JobTable {
  const { runningOn: _on, runningOnOffset: _offset, nodeNames: _names, ranS: _ran, ...rest } = jobs;
  return rest;
}

function problemsOf(
  faults: readonly RunningFault[],
  file: string,
  variant: string | undefined,
): readonly Problem[] {
  const where = variant === undefined ? "" : `in variant "${variant}": `;
  const problems = faults.slice(0, PROBLEMS_MAX).map(({ rule, message, suggestion }): Problem => ({
    file,
    rule,
    path: "workload.runningJobs",
    message: `${where}${message}`,
    ...(suggestion === undefined ? {} : { suggestion }),
    help:
      rule === "unknown-node"
        ? "give the nodes their names with cluster.nodes[].names (headroom import does), leave such jobs out with workload.runningJobs: stay-where-known, or let the policy place all of them with workload.runningJobs: placed"
        : "mend the cluster, or let the policy place running jobs: workload.runningJobs: placed",
  }));
  const rest = faults.length - problems.length;
  if (rest === 0) return problems;
  const message = `${where}${rest} more problems with the nodes of running jobs`;
  return [...problems, { file, rule: "unknown-node", path: "workload.runningJobs", message }];
}

function leftOutWarning(
  jobs: JobTable,
  faults: readonly RunningFault[],
  file: string,
  variant: string | undefined,
): string {
  const named = faults.slice(0, NAMED_MAX).map(({ job }) => jobs.ids[job]!);
  const rest = faults.length - named.length;
  const which = `${named.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
  return (
    `${file}: ${faults.length} running ${faults.length === 1 ? "job is" : "jobs are"} left out` +
    `${variant === undefined ? "" : ` in variant “${variant}”`}: the cluster does not have the nodes of ${which}.`
  );
}
