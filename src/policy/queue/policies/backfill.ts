import { SpecificationError } from "../../../base/specification-error.js";
import type { JobTable } from "../../../workload/job-table.js";
import type { QueueOptions, QueuePolicyEntry, QueuePolicyOption } from "../types.js";

const estimateOptions: readonly QueuePolicyOption[] = [
  {
    name: "estimate",
    type: "choice",
    allowed: ["walltime", "duration"],
    default: "walltime",
    description:
      "What the scheduler believes a job will take: the user's walltime from the trace (every job must have one), or the true duration.",
  },
  {
    name: "estimateFactor",
    type: "number",
    range: [1, 1e6],
    default: 1,
    description:
      "Multiplies every estimate: the model of users who ask for f times what they need.",
  },
];

function estimatesS(name: string, options: QueueOptions, jobs: JobTable): Float64Array {
  const base = options["estimate"] === "duration" ? jobs.durationS : jobs.walltimeS;
  const missing = base.reduce((count, seconds) => count + (Number.isFinite(seconds) ? 0 : 1), 0);
  if (missing > 0) {
    throw new SpecificationError(
      `${name}: every job must have a walltime, ${missing} of ${jobs.count} have none; ` +
        "set the option estimate to duration, or give them walltimes",
    );
  }
  const factor = Number(options["estimateFactor"]);
  return base.map((seconds) => seconds * factor);
}

/** Backfilling behind a reservation of the first job that does not fit (EASY, Lifka 1995). */
export const easyBackfill: QueuePolicyEntry = {
  name: "easy-backfill",
  description:
    "First in, first out with EASY backfilling: the first job that does not fit gets a reservation at the earliest time when, by the estimates of the running jobs, it will fit; a later job may start now if it fits and either ends by then or uses only what the reservation leaves over (in a pool a number of GPUs; on nodes the reservation names nodes, the first in order that will have room). Ties in file order. A job that outlives its estimate is from then on expected to end at any moment, and the queue is walked again.",
  options: estimateOptions,
  create: (options) => ({
    kind: "backfill",
    name: "easy-backfill",
    reservations: "head",
    estimatesS: (jobs) => estimatesS("easy-backfill", options, jobs),
  }),
};

/** Backfilling behind reservations of all waiting jobs. */
export const conservativeBackfill: QueuePolicyEntry = {
  name: "conservative-backfill",
  description:
    "First in, first out with conservative backfilling: every job gets a reservation when it arrives, at the earliest time that delays no earlier reservation by the estimates; when a job ends early, reservations are moved forward one by one in order of submission, again until none moves, never back. In a pool a reservation is a number of GPUs, on nodes it names the nodes: those the placement would take then; with scorers, the first in order that have room. Estimates below a second count as a second. A job that outlives its estimate is then expected to take as long again as it has run, at least a second, and all reservations are made anew.",
  options: estimateOptions,
  create: (options) => ({
    kind: "backfill",
    name: "conservative-backfill",
    reservations: "all",
    estimatesS: (jobs) => estimatesS("conservative-backfill", options, jobs),
  }),
};
