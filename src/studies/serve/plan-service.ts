import type { RefusedReplica } from "../../performance/llm/replica-plan.js";
import type { LatencyTargets } from "./assess-run.js";
import { findMaxRate, type MaxRate } from "./find-max-rate.js";
import { findMinReplicas, type MinReplicas } from "./find-min-replicas.js";
import { assumptionsOf, costPerMillion, type ServeCost } from "./run-serve.js";
import {
  hourlyCost,
  machinesFor,
  type ReplicaSetting,
  settleReplica,
  type SettledReplica,
} from "./settle-replica.js";
import { createServer, type Server, type ServiceSetting } from "./server.js";
import type { ServeAssumption, Traffic } from "./traffic.js";

/** What is asked of a plan. */
export interface PlanQuestion {
  readonly settings: readonly ReplicaSetting[];
  readonly traffic: Traffic;
  /** True where the traffic has a rate of its own to be served, not only a kind of requests. */
  readonly hasDemand: boolean;
  readonly targets: LatencyTargets;
  readonly seeds: readonly number[];
  readonly service: ServiceSetting;
  readonly routerName: string;
  readonly assumptions: readonly ServeAssumption[];
  readonly replicasMax: number;
}

/** What `headroom serve plan --json` prints. */
export interface PlanDocument {
  readonly schema: "headroom/serve-plan/v1";
  readonly model: string;
  readonly traffic: {
    readonly name: string;
    readonly isDrawn: boolean;
    /** Rate that has to be served; null where only the kind of requests is given. */
    readonly requestsPerS: number | null;
  };
  readonly targets: LatencyTargets;
  readonly router: string;
  readonly seeds: readonly number[];
  /** The cheapest first; then those without a price, those that miss the targets, those that cannot be. */
  readonly configurations: readonly PlannedConfiguration[];
  /** What the traffic rests on; each configuration has its own. */
  readonly assumptions: readonly ServeAssumption[];
}

/** One configuration with its answers. */
export interface PlannedConfiguration {
  readonly name: string;
  readonly machine: string;
  readonly gpu: string;
  readonly gpusPerReplica: number;
  readonly tensorParallel: number;
  readonly pipelineParallel: number;
  readonly maxBatchedTokens: number;
  readonly maxRequests: number;
  readonly cacheBlocks: number | null;
  readonly stepModel: string | null;
  /** Why it cannot be; null where it can. */
  readonly refused: { readonly message: string; readonly help: string } | null;
  /** The highest rate of one replica. */
  readonly maxRate: MaxRate | null;
  /** US dollars per hour of one replica on machines that are full of them; null without a price. */
  readonly usdPerHourOfReplica: number | null;
  /** At the highest rate; null without a price or where no rate meets the targets. */
  readonly cost: Pick<ServeCost, "usdPerMillionOutputTokens" | "usdPerMillionTokens"> | null;
  /** For the rate that has to be served; null where there is none. */
  readonly forDemand: DemandAnswer | null;
  readonly assumptions: readonly ServeAssumption[];
  readonly warnings: readonly string[];
}

/** What the demand takes. */
export interface DemandAnswer extends MinReplicas {
  readonly gpus: number | null;
  readonly machines: number | null;
  readonly usdPerHour: number | null;
}

/**
 * Answers for every configuration how much one replica takes within the targets and what a million tokens cost,
 * and for traffic with a rate how many replicas it needs; ranked.
 *
 * @param progress called before each configuration
 */
export function planService(
  question: PlanQuestion,
  progress: (name: string, at: number) => void = () => undefined,
): PlanDocument {
  const { settings, traffic, hasDemand, targets, routerName, seeds } = question;
  const configurations = settings.map((setting, at) => {
    progress(nameOf(setting, settings), at);
    return configurationOf(question, setting, nameOf(setting, settings));
  });
  return {
    schema: "headroom/serve-plan/v1",
    model: settings[0]?.model.name ?? "",
    traffic: {
      name: traffic.name,
      isDrawn: traffic.isDrawn,
      requestsPerS: hasDemand ? traffic.requestsPerS : null,
    },
    targets,
    router: routerName,
    seeds: traffic.isDrawn ? seeds : [],
    configurations: ranked(configurations),
    assumptions: [...question.assumptions, ...traffic.assumptions],
  };
}

function configurationOf(
  question: PlanQuestion,
  setting: ReplicaSetting,
  name: string,
): PlannedConfiguration {
  const settled = settleReplica(setting);
  const same = {
    name,
    machine: setting.host.name,
    gpu: setting.host.gpu.name,
    tensorParallel: setting.tensorParallel,
    pipelineParallel: setting.pipelineParallel,
    maxBatchedTokens: setting.batchTokensMax,
    maxRequests: setting.requestsMax,
  };
  if ("kind" in settled) return { ...same, ...nothing(setting, settled) };
  const { traffic, targets, seeds } = question;
  const server = createServer(settled, question.service);
  const maxRate = findMaxRate({ server, traffic, targets, seeds });
  const perHour = replicaPerHour(settled);
  return {
    ...same,
    gpusPerReplica: settled.plan.gpus,
    cacheBlocks: settled.plan.cacheBlocks,
    stepModel: settled.plan.stepTime.name,
    refused: null,
    maxRate,
    usdPerHourOfReplica: perHour,
    cost:
      perHour === null || maxRate.requestsPerS === 0
        ? null
        : costPerMillion(perHour, maxRate.tokensPerS),
    forDemand: question.hasDemand ? demandOf(question, settled, server, maxRate) : null,
    assumptions: assumptionsOf(settled),
    warnings: settled.plan.warnings,
  };
}

function nothing(setting: ReplicaSetting, { message, help }: RefusedReplica) {
  return {
    gpusPerReplica: setting.tensorParallel * setting.pipelineParallel * setting.expertRanks,
    cacheBlocks: null,
    stepModel: null,
    refused: { message, help },
    maxRate: null,
    usdPerHourOfReplica: null,
    cost: null,
    forDemand: null,
    assumptions: [],
    warnings: [],
  };
}

function demandOf(
  { traffic, targets, seeds, replicasMax }: PlanQuestion,
  settled: SettledReplica,
  server: Server,
  maxRate: MaxRate,
): DemandAnswer | null {
  // A replica that misses a target with one request at a time misses it with any number of replicas.
  if (maxRate.requestsPerS === 0) return null;
  const found = findMinReplicas({
    server,
    traffic,
    targets,
    seeds,
    guess: Math.ceil(traffic.requestsPerS / maxRate.requestsPerS),
    replicasMax,
  });
  const { replicas } = found;
  return {
    ...found,
    gpus: replicas === null ? null : replicas * settled.plan.gpus,
    machines: replicas === null ? null : machinesFor(replicas, settled),
    usdPerHour: replicas === null ? null : hourlyCost(replicas, settled),
  };
}

/** Of one replica where machines are full of replicas; GPUs that are left over on each are paid for. */
function replicaPerHour(settled: SettledReplica): number | null {
  const { price, host } = settled.setting;
  if (price === undefined) return null;
  if (price.of === "gpu") return settled.plan.gpus * price.usdPerHour;
  const perMachine = Math.floor(host.gpusPerNode / settled.plan.gpus);
  return price.usdPerHour * (perMachine >= 1 ? 1 / perMachine : settled.plan.nodes);
}

/** The machine, and of the other options those that differ between configurations. */
function nameOf(setting: ReplicaSetting, all: readonly ReplicaSetting[]): string {
  const varies = (key: "tensorParallel" | "batchTokensMax" | "requestsMax"): boolean =>
    new Set(all.map((each) => each[key])).size > 1;
  const { host, tensorParallel, batchTokensMax, requestsMax } = setting;
  const machine = host.node === undefined || host.name.includes("×") ? host.gpu.name : host.name;
  return [
    machine,
    ...(varies("tensorParallel") || tensorParallel > 1 ? [`TP ${tensorParallel}`] : []),
    ...(varies("batchTokensMax") ? [`${batchTokensMax} tokens`] : []),
    ...(varies("requestsMax") ? [`${requestsMax} requests`] : []),
  ].join(", ");
}

function ranked(configurations: readonly PlannedConfiguration[]): readonly PlannedConfiguration[] {
  /** Smaller is better: the kind of answer, then its price, then GPUs for the work. */
  const keyOf = (one: PlannedConfiguration): readonly number[] => {
    const { maxRate, forDemand, cost } = one;
    if (maxRate === null) return [4, 0];
    if (maxRate.requestsPerS === 0) return [3, 0];
    if (forDemand !== null) {
      if (forDemand.replicas === null) return [2, 0];
      const { usdPerHour, gpus } = forDemand;
      return usdPerHour === null ? [1, gpus!] : [0, usdPerHour, gpus!];
    }
    const perGpu = maxRate.requestsPerS / one.gpusPerReplica;
    return cost === null ? [1, -perGpu] : [0, cost.usdPerMillionOutputTokens, -perGpu];
  };
  const keyed = configurations.map((one) => ({ one, key: keyOf(one) }));
  keyed.sort((a, b) => {
    for (let at = 0; at < a.key.length && at < b.key.length; at++)
      if (a.key[at] !== b.key[at]) return a.key[at]! - b.key[at]!;
    return 0;
  });
  return keyed.map(({ one }) => one);
}
