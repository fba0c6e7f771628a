/**
 * Made-up runs for tests of the report room: a first-come pool of GPUs fed by a small generator.
 * The numbers mean nothing outside these tests; what matters is that they agree with each other.
 */
import { type FixtureJob, type FixtureOutcome, makeJobs, simulatePool } from "./fixture-pool.js";
import type { LongestWait, RunColumns, RunReportInput } from "../../src/report/run-report-input.js";
import type {
  Distribution,
  GoalResult,
  ResultDocument,
  RunResult,
} from "../../src/studies/run/result-document.js";

export interface FixtureOptions {
  readonly jobs: number;
  readonly gpus: number;
  /** Variants by name with their GPU count. */
  readonly variants: Readonly<Record<string, number>>;
  readonly waitTargetS?: number;
  readonly tenants?: readonly string[];
  /** Stops the simulated time here, so that some jobs never start. */
  readonly untilS?: number;
}

/** Everything `buildRunReport` takes, for a base and its variants. */
export function fixtureInput(options: FixtureOptions): RunReportInput {
  const jobs = makeJobs(options);
  const base = simulatePool(jobs, options.gpus, options.untilS);
  const baseResult = resultOf(jobs, base, options.gpus, options);
  const runs: RunColumns[] = [columnsOf("base", jobs, base)];
  const variants: ResultDocument["variants"][number][] = [];
  for (const [name, gpus] of Object.entries(options.variants)) {
    const outcome = simulatePool(jobs, gpus, options.untilS);
    runs.push(columnsOf(name, jobs, outcome));
    variants.push({
      ...resultOf(jobs, outcome, gpus, options),
      name,
      set: { "cluster.nodes[0].count": gpus / 8 },
    });
  }
  const result: ResultDocument = {
    ...baseResult,
    schema: "headroom/result/v1",
    version: "0.1.0",
    scenario: "fixture.yaml",
    question: "Are eight more nodes enough for a p95 wait of fifteen minutes?",
    decision: decide(baseResult, variants),
    seed: 42,
    inputs: [
      { path: "fixture.yaml", sha256: "ab".repeat(32) },
      { path: "traces/fixture.csv", sha256: "0f".repeat(32) },
    ],
    assumptions: ASSUMPTIONS,
    variants,
  };
  return {
    result,
    runs,
    cluster: {
      nodes: options.gpus / 8,
      gpus: options.gpus,
      description: [`${options.gpus / 8} × made-up node (8 GPUs, 96 cores, 768 GiB)`],
    },
    reproduce: ["headroom run fixture.yaml --seed 42"],
    longestWaits: longest(jobs, base),
  };
}

const ASSUMPTIONS: ResultDocument["assumptions"] = [
  {
    id: "cluster.nodes",
    what: "Nodes and what they hold",
    value: "12 × 8 GPUs",
    provenance: "given",
    source: "fixture.yaml",
  },
  {
    id: "restart",
    what: "Jobs are never interrupted",
    value: "no failures",
    provenance: "assumed",
    source: "no failure model was asked for",
  },
  {
    id: "overhead",
    what: "Scheduling takes no time",
    value: "0 s",
    provenance: "assumed",
    source: "default",
  },
  {
    id: "trace",
    what: "Jobs",
    value: "submit times, sizes, durations",
    provenance: "given",
    source: "traces/fixture.csv",
  },
];

function decide(base: RunResult, variants: ResultDocument["variants"]): string {
  const meets = (run: RunResult): boolean => run.goals.every((goal) => goal.met);
  const first = meets(base) ? "Yes: the base meets every goal." : "No: the base misses a goal.";
  return [
    first,
    ...variants.map(
      (run) => `With “${run.name}” ${meets(run) ? "all goals are met" : "it misses a goal"}.`,
    ),
  ].join(" ");
}

function columnsOf(
  name: string,
  jobs: readonly FixtureJob[],
  { startS, series }: FixtureOutcome,
): RunColumns {
  const started = jobs.map((_, index) => index).filter((index) => !Number.isNaN(startS[index]!));
  return {
    name,
    series,
    waitS: Float64Array.from(started, (job) => startS[job]! - jobs[job]!.submitS),
    submitS: Float64Array.from(started, (job) => jobs[job]!.submitS),
    gpus: Float64Array.from(started, (job) => jobs[job]!.gpus),
  };
}

function distribution(values: readonly number[]): Distribution {
  if (values.length === 0) return { mean: null, p50: null, p95: null, p99: null, max: null };
  const ascending = [...values].sort((left, right) => left - right);
  const at = (share: number): number =>
    ascending[Math.max(0, Math.ceil(share * ascending.length) - 1)]!;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: ascending.at(-1)! };
}

function gpuHours(jobs: readonly FixtureJob[]): number {
  return jobs.reduce((sum, job) => sum + (job.durationS * job.gpus) / 3600, 0);
}

function jain(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const sum = values.reduce((total, value) => total + value, 0);
  return (sum * sum) / (values.length * values.reduce((total, value) => total + value * value, 0));
}

function timeMean(values: ArrayLike<number>, timeS: Float64Array, endS: number): number {
  let area = 0;
  timeS.forEach((atS, row) => (area += values[row]! * ((timeS[row + 1] ?? endS) - atS)));
  return area / (endS - timeS[0]!);
}

function resultOf(
  jobs: readonly FixtureJob[],
  { startS, series, endS }: FixtureOutcome,
  gpus: number,
  { waitTargetS = 900, untilS }: FixtureOptions,
): RunResult {
  const started = jobs.flatMap((job, index) =>
    Number.isNaN(startS[index]!)
      ? []
      : [{ ...job, waitS: startS[index]! - job.submitS, startS: startS[index]! }],
  );
  const submitted = jobs.filter(({ submitS }) => submitS <= endS);
  const waitS = distribution(started.map((job) => job.waitS));
  const completed = started.filter((job) => job.startS + job.durationS <= endS);
  const capacity = gpus * 1000;
  const allocatedShare = timeMean(series.gpuMilliAllocated, series.timeS, endS) / capacity;
  const waited = started.filter((job) => job.waitS > 0);
  const tenants = [...new Set(jobs.map(({ tenant }) => tenant))].sort();
  return {
    goals: goals(waitS.p95, allocatedShare, waitTargetS),
    jobs: {
      count: submitted.length,
      completed: completed.length,
      running: started.length - completed.length,
      waiting: submitted.length - started.length,
      neverPlaceable: 0,
      jctS: distribution(completed.map((job) => job.waitS + job.durationS)),
      waitS,
      slowdown: distribution(completed.map((job) => (job.waitS + job.durationS) / job.durationS)),
      boundedSlowdown: distribution(
        completed.map((job) =>
          Math.max(1, (job.waitS + job.durationS) / Math.max(10, job.durationS)),
        ),
      ),
      makespanS: endS,
      gpuHours: gpuHours(completed),
      queueLengthMax: series.jobsQueued.reduce((most, length) => Math.max(most, length), 0),
      queueLengthMean: timeMean(series.jobsQueued, series.timeS, endS),
      tenantFairness: jain(
        tenants.map((name) => gpuHours(started.filter((job) => job.tenant === name))),
      ),
    },
    gpu: {
      count: gpus,
      allocatedShare,
      allocatedShareMax:
        series.gpuMilliAllocated.reduce((most, milli) => Math.max(most, milli), 0) / capacity,
      idleByClass: Object.fromEntries(
        Object.entries(series.idleMilliByClass).map(([name, milli]) => [
          name,
          timeMean(milli, series.timeS, endS) / capacity,
        ]),
      ),
    },
    waitReasons: [
      ["not enough free GPUs on any node", waited.filter((job) => job.gpus < 8)] as const,
      ["earlier jobs wait first (fifo-strict)", waited.filter((job) => job.gpus >= 8)] as const,
    ]
      .filter(([, group]) => group.length > 0)
      .map(([reason, group]) => ({
        reason,
        jobs: group.length,
        waitHours: group.reduce((sum, job) => sum + job.waitS / 3600, 0),
      })),
    tenants: tenants.map((name) => {
      const own = started.filter((job) => job.tenant === name);
      return {
        name,
        jobs: own.length,
        gpuHours: gpuHours(own),
        waitS: distribution(own.map((job) => job.waitS)),
      };
    }),
    partitions: [],
    warnings: [],
    stopReason: untilS === undefined ? "drained" : "time-limit",
    endS,
    eventsHandled: series.timeS.length,
  };
}

function goals(
  waitP95S: number | null,
  allocatedShare: number,
  targetS: number,
): readonly GoalResult[] {
  return [
    {
      id: "p95-wait",
      metric: "jobs.waitS.p95",
      comparison: "atMost",
      target: targetS,
      actual: waitP95S,
      unit: "s",
      interval: null,
      met: waitP95S !== null && waitP95S <= targetS,
    },
    {
      id: "in-use",
      metric: "gpu.allocatedShare",
      comparison: "atLeast",
      target: 0.5,
      actual: allocatedShare,
      unit: "share",
      interval: null,
      met: allocatedShare >= 0.5,
    },
  ];
}

function longest(
  jobs: readonly FixtureJob[],
  { startS, endS }: FixtureOutcome,
): readonly LongestWait[] {
  return jobs
    .map((job, index) => {
      const started = !Number.isNaN(startS[index]!);
      return {
        id: job.id,
        tenant: job.tenant,
        gpus: job.gpus,
        submitS: job.submitS,
        waitS: (started ? startS[index]! : endS) - job.submitS,
        reason:
          job.gpus < 8
            ? "not enough free GPUs on any node"
            : "earlier jobs wait first (fifo-strict)",
        started,
      };
    })
    .filter(({ waitS }) => waitS > 0)
    .sort((left, right) => right.waitS - left.waitS)
    .slice(0, 10);
}
