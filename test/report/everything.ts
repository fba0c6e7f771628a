import type { RunReportInput } from "../../src/report/run-report-input.js";
import type { OptionalResults } from "../../src/studies/run/optional-results.js";
import type { GroupResult } from "../../src/studies/run/result-document.js";
import { fixtureInput } from "./fixture.js";

const PARTS: OptionalResults = {
  faults: {
    failures: 7,
    repairs: 6,
    jobsInterrupted: 4,
    interruptions: 5,
    gpuHoursLost: 31,
    gpuHoursDown: 44,
    availability: 0.987,
    components: [
      { name: "GPU", failures: 5, interruptions: 4, gpuHoursLost: 11, gpuHoursDown: 4 },
      { name: "node", failures: 2, interruptions: 1, gpuHoursLost: 20, gpuHoursDown: 40 },
    ],
  },
  cost: {
    currency: "USD",
    total: 4000,
    periodS: 86_400,
    items: [
      { name: "hardware", amount: 3000, basis: "4 × 31.25 USD/h × 24 h" },
      { name: "electricity", amount: 1000 },
    ],
    perGpuHour: 2.5,
    perJob: null,
  },
  energy: {
    totalKwh: 700,
    machinesKwh: 588,
    pue: 1.19,
    powerMeanW: 24_500,
    powerMaxW: 41_000,
    uses: [
      { name: "GPUs at work", kwh: 400 },
      { name: "idle GPUs", kwh: 100 },
      { name: "rest of the nodes", kwh: 88 },
    ],
    kwhPerGpuHour: 0.44,
  },
  topology: {
    gangs: 40,
    levels: [
      { name: "node", gangs: 30, gpuHours: 300 },
      { name: "rack", gangs: 9, gpuHours: 120 },
      { name: "cluster", gangs: 1, gpuHours: 40 },
    ],
    slowdownMean: 1.07,
  },
  mig: {
    gpus: 16,
    strandedComputeShare: 0.06,
    strandedMemoryShare: 0.02,
    idleByClass: { "free instances": 0.2, "stranded compute": 0.06 },
    repartitions: 9,
    gpuHoursRepartitioning: 0.3,
    profiles: [{ name: "1g.10gb", workers: 50, instanceHours: 200 }],
  },
  elastic: { jobs: 5, jobsRescaled: 3, rescalings: 8, gpuHoursLost: 2, workersMeanShare: 0.9 },
  preemption: {
    stops: 3,
    jobsStopped: 2,
    gpuHoursLost: 5,
    reasons: [{ name: "stopped for a job that goes first", stops: 3 }],
  },
  gangWaits: { gangs: 40, idleGpuHours: 12, idleShare: 0.015 },
  fairness: {
    entitlement: "equal",
    jainIndex: 0.6,
    tenants: [
      {
        name: "a",
        entitledShare: 0.5,
        heldShare: 0.6,
        heldShareWhileWaiting: 0.7,
        waitingHours: 5,
      },
      {
        name: "b",
        entitledShare: 0.5,
        heldShare: 0.2,
        heldShareWhileWaiting: 0.05,
        waitingHours: 2,
      },
    ],
  },
};

const WAIT = { mean: 100, p50: 50, p95: 300, p99: 400, max: 500 };
const PARTITIONS: readonly GroupResult[] = [
  {
    name: "research",
    jobs: 24,
    gpuHours: 100,
    waitS: WAIT,
    outcomes: { completed: 20, running: 1, waiting: 2, neverPlaceable: 1 },
    lane: { gpus: 24, allocatedShare: 0.8, queueLengthMean: 3.5, queueLengthMax: 12 },
  },
  {
    name: "production",
    jobs: 16,
    gpuHours: 50,
    waitS: WAIT,
    outcomes: { completed: 16, running: 0, waiting: 0, neverPlaceable: 0 },
    lane: { gpus: 8, allocatedShare: 0.5, queueLengthMean: 0, queueLengthMax: 0 },
  },
];

/** A comparison whose base has every part that a result can have; the variant has none of them. */
export function inputWithEverything(): RunReportInput {
  const input = fixtureInput({ jobs: 40, gpus: 32, variants: { more: 64 } });
  const [base, ...others] = input.runs;
  const { timeS, gpuMilliAllocated } = base!.series;
  const lane = (name: string, gpus: number, share: number) => ({
    name,
    gpus,
    timeS,
    gpuMilliAllocated: gpuMilliAllocated.map((milli) => milli * share),
    jobsQueued: Float64Array.from(base!.series.jobsQueued, (jobs) => jobs * share),
  });
  return {
    ...input,
    result: { ...input.result, ...PARTS, partitions: PARTITIONS },
    runs: [
      { ...base!, lanes: [lane("research", 24, 0.75), lane("production", 8, 0.25)] },
      ...others,
    ],
  };
}
