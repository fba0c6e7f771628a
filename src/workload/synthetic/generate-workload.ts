import { log } from "../../base/elementary.js";
import { createJobTableBuilder } from "../job-table-builder.js";
import type { JobTable } from "../job-table.js";
import type { UniformSource } from "../scale-load.js";
import { createDurationSampler } from "./duration-sampler.js";
import type { HostRequest, WalltimeModel, WorkloadKind, WorkloadParameters } from "./parameters.js";
import { standardNormalQuantile } from "./standard-normal.js";
import { exp } from "../../base/elementary.js";
import { WEEK_S, createWeeklyClock } from "./weekly-clock.js";
import { createWeightedChoice } from "./weighted-choice.js";

const MIB = 1_048_576;
const DAY_S = 86_400;
const HOUR_S = 3600;

/** Hands out the independent stream of a name; the same name gives the same numbers in every run. */
export type NamedStreams = (name: string) => UniformSource;

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
 */
export function generateWorkload(parameters: WorkloadParameters, streams: NamedStreams): JobTable {
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

function draftsOf(
  kind: WorkloadKind,
  parameters: WorkloadParameters,
  streams: NamedStreams,
): Draft[] {
  const stream = (what: string): UniformSource => streams(`synthetic/${kind.name}/${what}`);
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
  let expected = exponential(arrivals);
  for (let batchS = clock.timeOf(expected); batchS < endS; batchS = clock.timeOf(expected)) {
    // A batch is one person's work: all its jobs share the tenant and the host resources.
    const shared = draw.batch();
    let submitS = batchS;
    do {
      if (submitS < endS)
        drafts.push({ ...shared, ...draw.job(), kind, submitS: Math.floor(submitS) });
      submitS += exponential(gaps) * gapMeanS;
    } while (batches.uniform() < continueProbability);
    expected += exponential(arrivals);
  }
  return drafts;
}

/** Expected jobs of a kind in one week. */
export function jobsPerWeekOf(
  kind: WorkloadKind,
  { jobsPerWeek, kinds }: WorkloadParameters,
): number {
  const total = kinds.reduce((sum, { weight }) => sum + weight, 0);
  return (jobsPerWeek * kind.weight) / total;
}

function createDraws(kind: WorkloadKind, stream: (what: string) => UniformSource) {
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
      const durationS = Math.max(
        1,
        Math.round(sampleDuration(parts.uniform(), durations.uniform())),
      );
      const u = estimates.uniform();
      const { walltime } = kind;
      const walltimeS = walltime === undefined ? Number.NaN : estimateOf(walltime, durationS, u);
      return { durationS, walltimeS };
    },
  };
}

/** What the user writes as the job's time limit: never below the duration, in whole steps. */
function estimateOf(model: WalltimeModel, durationS: number, u: number): number {
  const inside = Math.min(1 - 1e-15, Math.max(1e-15, u));
  const excess = model.excessMedian * exp(model.sigma * standardNormalQuantile(inside));
  const wantedS = durationS * (1 + excess);
  const usual = model.roundUpToS.find((value) => value >= wantedS);
  const longest = model.roundUpToS.at(-1) ?? 0;
  // Beyond the usual values people write whole days, or the longest that is allowed.
  return usual ?? Math.max(longest, Math.ceil(durationS / DAY_S) * DAY_S, HOUR_S);
}

function exponential(source: UniformSource): number {
  // 1 − u lies in (0, 1]: its logarithm is finite.
  return -log(1 - source.uniform());
}
