import type { RandomStream, RandomStreams } from "../../engine/streams.js";
import { createJobTableBuilder } from "../job-table-builder.js";
import type { JobTable } from "../job-table.js";
import { createDurationSampler } from "./duration-sampler.js";
import type { HostRequest, WalltimeModel, WorkloadKind, WorkloadParameters } from "./parameters.js";
import { WEEK_S, createWeeklyClock } from "./weekly-clock.js";
import { createWeightedChoice } from "./weighted-choice.js";

const MIB = 1_048_576;
const DAY_S = 86_400;

/** One job before all kinds are merged. */
interface Draft {
  readonly submitS: number;
  readonly durationS: number;
  readonly walltimeS: number;
  readonly kind: WorkloadKind;
  readonly host: HostRequest;
  readonly tenant: string;
}

/**
 * Generates the jobs of a synthetic workload; second 0 is Monday 00:00.
 *
 * Every kind of work has streams of its own (`synthetic/<kind>/<what>`), so that adding a kind or
 * changing one leaves the jobs of the others where they were. Times are whole seconds. Ids number the
 * jobs by submit time.
 *
 * @param streams fresh ones: streams that were drawn from go on where they stood
 */
export function generateWorkload(parameters: WorkloadParameters, streams: RandomStreams): JobTable {
  const drafts = parameters.kinds.flatMap((kind) => draftsOf(kind, parameters, streams));
  // Stable: jobs of one second stay in the order of kinds, then of arrival.
  drafts.sort((left, right) => left.submitS - right.submitS);
  const digits = String(drafts.length).length;
  const builder = createJobTableBuilder();
  drafts.forEach((draft, index) => {
    const { kind, host } = draft;
    builder.add({
      id: `j${String(index + 1).padStart(digits, "0")}`,
      submitS: draft.submitS,
      durationS: draft.durationS,
      walltimeS: draft.walltimeS,
      workers: kind.workers,
      gpuCount: kind.gpusPerWorker,
      gpuMilli: kind.gpuMilli,
      cpuMilli: host.cpuMilli,
      memoryBytes: host.memoryMib * MIB,
      tenant: draft.tenant,
      priority: kind.priority,
    });
  });
  return builder.build({ originS: 0 }).jobs;
}

/** Expected jobs of a kind in one week. */
export function jobsPerWeekOf(kind: WorkloadKind, parameters: WorkloadParameters): number {
  const total = parameters.kinds.reduce((sum, { weight }) => sum + weight, 0);
  return (parameters.jobsPerWeek * kind.weight) / total;
}

function draftsOf(
  kind: WorkloadKind,
  parameters: WorkloadParameters,
  streams: RandomStreams,
): Draft[] {
  const stream = (what: string): RandomStream => streams.stream(`synthetic/${kind.name}/${what}`);
  const draw = createDraws(kind, stream);
  const { continueProbability, gapMeanS } = kind.batch;
  const batchesPerWeek = jobsPerWeekOf(kind, parameters) * (1 - continueProbability);
  if (batchesPerWeek === 0) return [];
  const clock = createWeeklyClock(parameters.hourOfWeekWeights, batchesPerWeek);
  const arrivals = stream("arrivals");
  const batches = stream("batches");
  const gaps = stream("gaps");
  const endS = parameters.weeks * WEEK_S;
  const drafts: Draft[] = [];
  let expected = arrivals.exponential(1);
  for (let batchS = clock.timeOf(expected); batchS < endS; batchS = clock.timeOf(expected)) {
    // A batch is one person's work: all its jobs share the tenant and the host resources.
    const shared = draw.batch();
    let submitS = batchS;
    do {
      if (submitS < endS) {
        drafts.push({ ...shared, ...draw.job(), kind, submitS: Math.floor(submitS) });
      }
      if (gapMeanS > 0) submitS += gaps.exponential(gapMeanS);
    } while (batches.uniform() < continueProbability);
    expected += arrivals.exponential(1);
  }
  return drafts;
}

function createDraws(kind: WorkloadKind, stream: (what: string) => RandomStream) {
  const chooseTenant = createWeightedChoice(kind.tenants.map(({ weight }) => weight));
  const chooseHost = createWeightedChoice(kind.hosts.map(({ weight }) => weight));
  const sampleDuration = createDurationSampler(kind.durationS);
  const tenants = stream("tenants");
  const hosts = stream("hosts");
  const parts = stream("duration-parts");
  const durations = stream("durations");
  const estimates = stream("walltimes");
  return {
    batch: () => ({
      tenant: kind.tenants[chooseTenant(tenants.uniform())]!.name,
      host: kind.hosts[chooseHost(hosts.uniform())]!,
    }),
    job: () => {
      const durationS = Math.max(1, Math.round(sampleDuration(parts, durations)));
      const { walltime } = kind;
      const walltimeS =
        walltime === undefined ? Number.NaN : estimateOf(walltime, durationS, estimates);
      return { durationS, walltimeS };
    },
  };
}

/** What the user writes as the job's time limit: never below the duration, in usual steps. */
function estimateOf(model: WalltimeModel, durationS: number, stream: RandomStream): number {
  const { excessMedian, sigma, roundUpToS } = model;
  const wantedS = durationS * (1 + excessMedian * stream.logNormal({ mu: 0, sigma }));
  const usualS = roundUpToS.find((value) => value >= wantedS);
  if (usualS !== undefined) return usualS;
  // Beyond the usual values people take the longest of them, or as many whole days as the job needs.
  const longestS = roundUpToS.at(-1) ?? 0;
  return longestS >= durationS ? longestS : Math.ceil(durationS / DAY_S) * DAY_S;
}
