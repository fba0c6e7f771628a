import { existsSync } from "node:fs";
import { join } from "node:path";
import { createRandomStreams } from "../../dist/engine/streams.js";
import { readTextFile } from "../../dist/io/read-file.js";
import { simulateBatch } from "../../dist/simulation/batch/simulate-batch.js";
import { referenceDataFolder } from "../../dist/studies/validate/data-folder.js";
import { readPoolJobs } from "../../dist/studies/validate/jobs-data.js";
import { createJobTableBuilder } from "../../dist/workload/job-table-builder.js";

const NODE_GPUS = 8;
const data = referenceDataFolder();
const PHILLY = join(data, "philly", "philly.csv");
const PHILLY_JOBS = 82_247;
const POOL_JOBS = 4_110;
/** One run takes a few milliseconds: too short to be timed alone. */
const RUNS_PER_SAMPLE = 5;

/** Nodes of 8 GPUs with CPU and memory in proportion. */
function clusterOf(gpus) {
  return {
    nodes: Array.from({ length: gpus / NODE_GPUS }, (_, index) => ({
      name: `node-${index}`,
      cpuMilli: 128_000,
      memoryBytes: 2_000_000_000_000,
      podsMax: 110,
      gpuCount: NODE_GPUS,
      gpuModel: "H100",
    })),
  };
}

/** All 82,247 jobs of the Philly extract, with the true duration as the user's walltime. */
async function readPhilly() {
  const builder = createJobTableBuilder();
  const [, ...lines] = (await readTextFile(PHILLY)).split("\n").filter((line) => line !== "");
  lines.forEach((line, row) => {
    const [time, duration, gpus] = line.split(",");
    const durationS = Number(duration);
    builder.add({
      id: String(row),
      submitS: Date.parse(`${time.replace(" ", "T")}Z`) / 1000,
      durationS,
      walltimeS: durationS,
      gpuCount: Number(gpus),
    });
  });
  return builder.build().jobs;
}

/** Share of jobs by GPUs per worker and workers; 3.58 GPUs per job on average. */
const SIZES = [
  { share: 0.5, gpuCount: 1, workers: 1 },
  { share: 0.15, gpuCount: 2, workers: 1 },
  { share: 0.12, gpuCount: 4, workers: 1 },
  { share: 0.15, gpuCount: 8, workers: 1 },
  { share: 0.05, gpuCount: 8, workers: 2 },
  { share: 0.03, gpuCount: 8, workers: 4 },
];
const DURATION_MEAN_S = 3600;
const TENANTS = 4;

/** Poisson arrivals, exponential durations of one hour, sizes as above: `load` of `gpus` GPUs on average. */
function generateJobs({ jobs, gpus, load }) {
  const streams = createRandomStreams(1);
  const arrivals = streams.stream("bench/arrivals");
  const sizes = streams.stream("bench/sizes");
  const durations = streams.stream("bench/durations");
  const gpusMean = SIZES.reduce(
    (sum, { share, gpuCount, workers }) => sum + share * gpuCount * workers,
    0,
  );
  const gapMeanS = (gpusMean * DURATION_MEAN_S) / (load * gpus);
  const builder = createJobTableBuilder();
  let submitS = 0;
  for (let job = 0; job < jobs; job++) {
    submitS += arrivals.exponential(gapMeanS);
    let left = sizes.uniform();
    const durationS = durations.exponential(DURATION_MEAN_S);
    const size = SIZES.find(({ share }) => (left -= share) < 0) ?? SIZES[0];
    builder.add({
      id: String(job),
      submitS,
      durationS,
      walltimeS: durationS,
      tenant: `team-${job % TENANTS}`,
      gpuCount: size.gpuCount,
      workers: size.workers,
      cpuMilli: 12_000 * size.gpuCount,
      memoryBytes: 200_000_000_000 * size.gpuCount,
    });
  }
  return builder.build().jobs;
}

function simulate({ gpus, jobs, queue, placement }) {
  return simulateBatch({
    cluster: clusterOf(gpus),
    jobs,
    queue,
    placement,
    seed: 1,
    limits: { eventsMax: 1_000 + 1_000 * jobs.count },
  });
}

function secondsOf(work) {
  const start = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - start) / 1e9;
}

const POOL = { kind: "pool" };
const hasPhilly = existsSync(PHILLY);
if (!hasPhilly) process.stderr.write(`bench: no batch/philly suites: ${PHILLY} is not there\n`);

/** Jobs per second with full records, on the input of the comparison with other simulators. */
const phillyD = ["fifo-strict", "fifo-skip", "sjf"].map((name) => ({
  id: `batch/philly-d/${name}`,
  parameters: [{ n: POOL_JOBS }],
  unit: "jobs/s",
  samples: 9,
  async prepare() {
    const state = { jobs: await readPoolJobs(data) };
    for (let i = 0; i < 3; i++) this.run(state);
    return state;
  },
  run({ jobs }) {
    const setting = { gpus: 128, jobs, queue: { name }, placement: POOL };
    const seconds = secondsOf(() => {
      for (let i = 0; i < RUNS_PER_SAMPLE; i++) simulate(setting);
    });
    return (RUNS_PER_SAMPLE * jobs.count) / seconds;
  },
}));

const SWEEP = ["fifo-strict", "fifo-skip", "sjf", "srtf", "easy-backfill"];

/** Five policies one after the other over the whole Philly extract, each run from scratch. */
const phillySweep = [512, 2816].map((gpus) => ({
  id: `batch/philly-sweep-${gpus}-gpus`,
  parameters: [{ n: PHILLY_JOBS }],
  unit: "s",
  samples: 1,
  prepare: async () => ({ jobs: await readPhilly() }),
  run: ({ jobs }) =>
    secondsOf(() => {
      for (const name of SWEEP) simulate({ gpus, jobs, queue: { name }, placement: POOL });
    }),
}));

/** A million generated jobs placed on 1,250 nodes, and what that takes of memory. */
const generated = [
  { id: "batch/generated-10000-gpus", unit: "s", read: (seconds) => seconds },
  {
    id: "batch/generated-10000-gpus/peak-memory",
    unit: "GB",
    read: () => process.resourceUsage().maxRSS / 1e6,
  },
].map(({ id, unit, read }) => ({
  id,
  parameters: [{ n: 1_000_000 }],
  unit,
  samples: 1,
  processes: 1,
  prepare: ({ n }, { quick }) => ({
    jobs: generateJobs({ jobs: quick ? n / 10 : n, gpus: 10_000, load: 0.85 }),
  }),
  run: ({ jobs }) => {
    const placement = { kind: "nodes", policy: "pack" };
    return read(
      secondsOf(() => simulate({ gpus: 10_000, jobs, queue: { name: "fifo-skip" }, placement })),
    );
  },
}));

/** Cost of one event as the cluster, and with it the number of running jobs, grows at a load of 0.85. */
const eventCost = {
  id: "batch/event-cost/gpus-at-load-0.85",
  parameters: [{ n: 1_000 }, { n: 10_000 }, { n: 100_000 }],
  unit: "ns/event",
  samples: 1,
  prepare({ n }) {
    const state = {
      gpus: n,
      jobs: generateJobs({ jobs: Math.max(20_000, 2 * n), gpus: n, load: 0.85 }),
    };
    this.run(state);
    return state;
  },
  run({ gpus, jobs }) {
    let events = 0;
    const seconds = secondsOf(() => {
      events = simulate({
        gpus,
        jobs,
        queue: { name: "fifo-skip" },
        placement: POOL,
      }).eventsHandled;
    });
    return (seconds * 1e9) / events;
  },
};

const WARM_UP_JOBS = 20_000;
/** Short runs are repeated until so many jobs have been simulated. */
const JOBS_PER_SAMPLE = 50_000;

/** Nanoseconds per event of runs on a pool. */
function eventCostOf({ jobs, queue, gpus }) {
  let events = 0;
  const seconds = secondsOf(() => {
    for (let done = 0; done === 0 || done < JOBS_PER_SAMPLE; done += jobs.count)
      events += simulate({ gpus, jobs, queue, placement: POOL }).eventsHandled;
  });
  return (seconds * 1e9) / events;
}

/** Every queue policy of the product. */
const POLICIES = [
  "fifo-strict",
  "fifo-skip",
  "sjf",
  "smallest-first",
  "srtf",
  "las",
  "gittins",
  "priority",
  "priority-preemption",
  "easy-backfill",
  "conservative-backfill",
  "fair-share",
];

/** Cost of one event as the trace grows, at a load that every policy can bear: it should not grow with n. */
const costByJobs = POLICIES.map((name) => ({
  id: `batch/event-cost/jobs-at-load-0.85/${name}`,
  parameters: [{ n: 10_000 }, { n: 100_000 }, { n: 1_000_000 }],
  unit: "ns/event",
  samples: 1,
  processes: 1,
  prepare({ n }, { quick }) {
    const of = (jobs) => ({
      gpus: 1_000,
      queue: { name },
      jobs: generateJobs({ jobs, gpus: 1_000, load: 0.85 }),
    });
    for (let i = 0; i < 3; i++) eventCostOf(of(WARM_UP_JOBS));
    return of(quick ? n / 10 : n);
  },
  run: (state) => eventCostOf(state),
}));

/** Queues that grow to about half of n jobs: twice the load that 1,000 GPUs can bear. */
const OVERLOADED = [
  { name: "fifo-skip", queued: [10_000, 100_000, 1_000_000] },
  { name: "sjf", queued: [10_000, 100_000, 1_000_000] },
  { name: "easy-backfill", queued: [10_000, 100_000, 1_000_000] },
  { name: "conservative-backfill", queued: [1_000, 3_000, 10_000] },
];

/** Cost of one event as the queue grows; n is the number of jobs, about twice the longest queue. */
const costInOverload = OVERLOADED.map(({ name, queued }) => ({
  id: `batch/event-cost/jobs-in-overload/${name}`,
  parameters: queued.map((n) => ({ n })),
  unit: "ns/event",
  samples: 1,
  processes: 1,
  prepare({ n }, { quick }) {
    const of = (jobs) => ({
      gpus: 1_000,
      queue: { name },
      jobs: generateJobs({ jobs, gpus: 1_000, load: 2 }),
    });
    for (let i = 0; i < 3; i++) eventCostOf(of(Math.min(WARM_UP_JOBS, n)));
    return of(quick ? n / 10 : n);
  },
  run: (state) => eventCostOf(state),
}));

export const batchSuites = [
  ...(hasPhilly ? [...phillyD, ...phillySweep] : []),
  ...generated,
  eventCost,
  ...costByJobs,
  ...costInOverload,
];
