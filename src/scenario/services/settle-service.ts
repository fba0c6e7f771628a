import { InputError } from "../../diagnostics/problem.js";
import { TOKENS_PER_BLOCK } from "../../performance/llm/cache-blocks.js";
import { weightBytesOf } from "../../performance/llm/decoder-model.js";
import type { PlannedReplica } from "../../performance/llm/replica-plan.js";
import type { ReplicaSpec, RouterName } from "../../simulation/serving/serving-spec.js";
import type { Assumption } from "../resolved.js";
import type { ServiceInput } from "../schema/services-schema.js";
import { allowedBy, fitsNowhere } from "./service-fit.js";
import { planOnGroups, type EngineInput, type ServiceParallelism } from "./service-hosts.js";
import { modelOf } from "./service-model.js";
import { parallelismOf, type ServiceQuestion } from "./service-question.js";
import { hardwareOf, rowOf } from "./service-row.js";
import { settleAutoscaler } from "./settle-autoscaler.js";
import { settleColdStart } from "./settle-cold-start.js";
import { settleManifest, type SettledManifest } from "./settle-manifest.js";
import { contextLeft, settleRag } from "./settle-rag.js";
import { settleTraffic } from "./settle-traffic.js";
import { stagePodsOf } from "./stage-pods.js";
import type { ServiceTarget, SettledService } from "./settled-service.js";

const REQUESTS_MAX_DEFAULT = 256;
const BATCH_TOKENS_DEFAULT = 2048;

/**
 * Makes a service of a checked scenario ready to be run: its model, what a replica is on which machines, its
 * requests, how it scales and starts.
 *
 * @throws InputError when the manifest is refused, the model is not known, or it fits on no machine
 */
export function settleService(question: ServiceQuestion): SettledService {
  const { input, texts } = question;
  const manifest =
    texts.manifest === undefined
      ? undefined
      : settleManifest(texts.manifest.path, texts.manifest.text);
  const model = modelOf(question, manifest);
  const parallelism = parallelismOf(input, manifest);
  const engine: EngineInput = { ...manifest?.engine, ...input.engine };
  const mig = (input.mig ?? manifest?.mig)?.trim().toLowerCase();
  const plans = planOnGroups(
    model,
    question.machines,
    { parallelism, engine, mig },
    allowedBy(question, manifest),
  );
  if (plans.planned.size === 0)
    throw new InputError([fitsNowhere(question, model, plans, manifest)]);
  const [first] = [...plans.planned.values()];
  const weightBytes = weightBytesOf(model);
  const retrieval = settleRag(question, engine.prefixCaching === true);
  const traffic = settleTraffic(
    input.name,
    input.traffic,
    contextLeft(question, model.contextTokens ?? first!.cacheBlocks * TOKENS_PER_BLOCK, retrieval),
    texts.trace,
  );
  const { coldStart, assumption } = settleColdStart(input.coldStart, weightBytes);
  const replicas = replicasOf(input, manifest);
  const waitingMax = input.waitingMax ?? manifest?.waitingMax;
  const row = rowOf(question, plans, { parallelism, mig, manifest });
  const stagePods = stagePodsOf(question, retrieval, row);
  return {
    name: input.name,
    row,
    replicaOf: new Map(
      [...plans.planned].map(([group, plan]) => [group, replicaSpec(plan, engine, parallelism)]),
    ),
    summary: {
      model: model.name,
      hardware: hardwareOf(question, plans, parallelism, mig),
      cacheTokens: first!.cacheBlocks * TOKENS_PER_BLOCK,
      stepTime: first!.stepTime.name,
    },
    serving: {
      router: (input.router ?? "least-outstanding") as RouterName,
      ...(waitingMax === undefined
        ? {}
        : { admission: { waitingMax: waitingMax === "maxNumSeqs" ? "requests-max" : waitingMax } }),
    },
    targets: (input.targets ?? []).map(targetOf),
    replicas,
    ...autoscalerOf(input.autoscaler ?? manifest?.autoscaler, replicas.min),
    scrapeDelayS: input.scrapeDelay ?? 0,
    coldStart,
    startsWarm: input.startsWarm ?? true,
    graceS: input.gracePeriod ?? 30,
    weightBytes,
    requestsOf: (seed) => traffic.requestsOf(seed),
    isDrawn: traffic.isDrawn,
    ...(retrieval === undefined ? {} : { retrieval }),
    ...(stagePods === undefined ? {} : { stagePods }),
    assumptions: assumptionsOf(input.name, first!, manifest, [
      assumption,
      ...traffic.assumptions,
      ...(retrieval?.assumptions ?? []),
    ]),
    warnings: first!.warnings.map((text) => `Service ${input.name}: ${text}.`),
  };
}

function autoscalerOf(
  scaler: ServiceInput["autoscaler"],
  replicasMin: number,
): Pick<SettledService, "autoscaler"> {
  return scaler === undefined ? {} : { autoscaler: settleAutoscaler(scaler, replicasMin) };
}

function replicasOf(
  { replicas }: ServiceInput,
  manifest: SettledManifest | undefined,
): SettledService["replicas"] {
  if (typeof replicas === "number") return { min: replicas, max: replicas, initial: replicas };
  if (replicas !== undefined) {
    const { min = 1, max, initial = min } = replicas;
    return { min, max, initial };
  }
  if (manifest !== undefined) return manifest.replicas;
  return { min: 1, max: 1, initial: 1 };
}

function replicaSpec(
  plan: PlannedReplica,
  engine: EngineInput,
  { data }: ServiceParallelism,
): ReplicaSpec {
  return {
    stepTime: plan.stepTime,
    cacheBlocks: plan.cacheBlocks,
    batchTokensMax: engine.maxNumBatchedTokens ?? BATCH_TOKENS_DEFAULT,
    requestsMax: engine.maxNumSeqs ?? REQUESTS_MAX_DEFAULT,
    ...(engine.prefill === undefined
      ? {}
      : { prefill: engine.prefill as NonNullable<ReplicaSpec["prefill"]> }),
    ...(engine.prefixCaching === true ? { hasPrefixCache: true } : {}),
    ...(data > 1 ? { dataParallel: { engines: data, isLockstep: false } } : {}),
  };
}

function targetOf(input: NonNullable<ServiceInput["targets"]>[number]): ServiceTarget {
  return {
    ...(input.class === undefined ? {} : { className: input.class }),
    ...(input.ttft === undefined ? {} : { ttftS: input.ttft }),
    ...(input.tpot === undefined ? {} : { tpotS: input.tpot }),
    ...(input.e2e === undefined ? {} : { e2eS: input.e2e }),
  };
}

function assumptionsOf(
  name: string,
  plan: PlannedReplica,
  manifest: SettledManifest | undefined,
  others: readonly Omit<Assumption, "id">[],
): readonly Assumption[] {
  const from = (what: string): string =>
    `${what[0]!.toUpperCase()}${what.slice(1)} (service ${name})`;
  return [
    ...plan.assumptions.map((one) => ({ ...one, id: `${one.id}:${name}`, what: from(one.what) })),
    ...(manifest === undefined
      ? []
      : [
          {
            id: `serving/manifest:${name}`,
            what: `Nodes and parallelism of service ${name}`,
            value: `${manifest.nodes} × ${manifest.gpusPerNode} GPUs per replica, tensor ${manifest.parallelism.tensor}, pipeline ${manifest.parallelism.pipeline}, data ${manifest.parallelism.data}`,
            provenance: "published" as const,
            source: `${manifest.what}, KAITO estimator ${manifest.estimator}`,
          },
        ]),
    ...others.map((one, index) => ({
      ...one,
      id: `serving/${index + 1}:${name}`,
      what: from(one.what),
    })),
  ];
}
