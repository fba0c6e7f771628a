import { childOf, placeOf, type LocatedNode } from "../../diagnostics/located-node.js";
import { InputError, type Problem } from "../../diagnostics/problem.js";
import { parseYaml } from "../../diagnostics/yaml-source.js";
import { checkManifest, configOf, type KaitoSetting } from "../../kaito/check-manifest.js";
import { NODE_ESTIMATORS } from "../../kaito/estimators.js";
import { KaitoRefusal } from "../../kaito/gpu-config.js";
import type { KaitoManifest } from "../../kaito/manifest/manifest.js";
import { parseManifests } from "../../kaito/manifest/parse-manifests.js";
import { answerNodes } from "../../kaito/node-answer.js";
import type { AutoscalerInput } from "../schema/autoscaler-schema.js";
import type { EngineInput, ServiceParallelism } from "./service-hosts.js";
import { findServiceMetric } from "../../policy/autoscaling/service-metrics.js";

/** What a KAITO manifest says about a service. */
export interface SettledManifest {
  /** `Workspace` or `InferenceSet`, with its name. */
  readonly what: string;
  readonly presetName: string;
  readonly parallelism: ServiceParallelism;
  /** Nodes and GPUs per node of one replica: KAITO takes whole nodes. */
  readonly nodes: number;
  readonly gpusPerNode: number;
  /** Machine of the catalogue; absent for nodes one brings. */
  readonly instanceType?: string;
  readonly mig?: string;
  readonly replicas: { readonly min: number; readonly max: number; readonly initial: number };
  readonly engine: EngineInput;
  readonly waitingMax: "maxNumSeqs";
  readonly autoscaler?: AutoscalerInput;
  readonly estimator: string;
}

const PREFIX = "scaledobject.kaito.sh/";

/**
 * Reads a manifest of one service, as strictly as KAITO's admission does.
 *
 * @throws InputError with every problem, at its place in the manifest
 */
export function settleManifest(file: string, text: string): SettledManifest {
  const { manifests, configs } = parseManifests([{ file, text }], { lenient: false });
  const serving = manifests.filter(
    ({ kind, isTuning }) => (kind === "Workspace" || kind === "InferenceSet") && !isTuning,
  );
  const [manifest] = serving;
  if (manifest === undefined || serving.length > 1) {
    const message = `a service needs one Workspace or InferenceSet with inference, the file has ${serving.length}`;
    throw new InputError([{ file, rule: "kaito-refuses", message }]);
  }
  const setting: KaitoSetting = {
    // A partition is for nodes one brings.
    provisionsNodes: manifest.partition === undefined,
    hasMig: true,
    hasAccelerators: true,
    configs,
    models: [],
    lenient: false,
  };
  const problems = checkManifest(manifest, setting);
  if (problems.length > 0) throw new InputError(problems);
  return describe(manifest, setting);
}

function describe(manifest: KaitoManifest, setting: KaitoSetting): SettledManifest {
  const { kind, name, presetName, partition, replicas, file } = manifest;
  if (presetName === undefined || presetName === "")
    refuse(manifest, "a service needs inference.preset: pod templates say nothing about the model");
  if (partition?.mode === "accelerator")
    refuse(manifest, "accelerator partitions are not simulated; leave resource.partition out");
  const answer = answered(manifest, setting);
  const { parallelism, gpu } = answer;
  if (parallelism === null || gpu === null)
    refuse(manifest, "only the runtime vllm is simulated", "leave kaito.sh/runtime out");
  const given = configOf(manifest, setting)?.vllm ?? {};
  const scaling = annotationsOf(manifest.root);
  const min = wholeOf(scaling.get("min-replicas"), file) ?? replicas;
  const max = wholeOf(scaling.get("max-replicas"), file) ?? Math.max(replicas, min, 1);
  const autoscaler =
    scaling.get("auto-provision")?.value === "true" ? scalerOf(scaling, file) : undefined;
  return {
    what: `${kind} ${name}`,
    presetName: presetName!,
    parallelism: {
      tensor: parallelism!.tensorParallel,
      pipeline: parallelism!.pipelineParallel,
      data: parallelism!.dataParallel,
    },
    nodes: answer.nodesPerReplica,
    gpusPerNode: gpu!.gpus,
    ...(partition === undefined ? { instanceType: gpu!.name } : {}),
    ...(partition?.profile === undefined ? {} : { mig: partition.profile }),
    replicas:
      autoscaler === undefined
        ? { min: replicas, max: Math.max(1, replicas), initial: replicas }
        : { min, max, initial: Math.min(max, Math.max(min, replicas)) },
    engine: engineOf(given, parallelism!.gpuMemoryUtilization),
    waitingMax: "maxNumSeqs",
    ...(autoscaler === undefined ? {} : { autoscaler }),
    estimator: answer.estimator,
  };
}

function answered(manifest: KaitoManifest, setting: KaitoSetting) {
  try {
    if (manifest.partition?.mode === "mig") {
      return {
        nodesPerReplica: 1,
        estimator: NODE_ESTIMATORS[0]!.id,
        gpu: { name: "", gpus: 1 },
        parallelism: {
          ...{ tensorParallel: 1, pipelineParallel: 1, dataParallel: 1 },
          gpuMemoryUtilization: 0.84,
        },
      };
    }
    return answerNodes(manifest, setting, NODE_ESTIMATORS[0]!, []);
  } catch (error) {
    if (!(error instanceof KaitoRefusal)) throw error;
    throw new InputError([problemAt(manifest, error.message)]);
  }
}

function problemAt(manifest: KaitoManifest, message: string, help?: string): Problem {
  const node = manifest.places["preset"] ?? manifest.places["resource"] ?? manifest.root;
  return {
    ...placeOf(node.keyOrigin ?? node.origin),
    rule: "kaito-refuses",
    message,
    ...(help === undefined ? {} : { help }),
  };
}

function refuse(manifest: KaitoManifest, message: string, help?: string): never {
  throw new InputError([problemAt(manifest, message, help)]);
}

/** vLLM's arguments that the simulation knows. */
function engineOf(
  given: Readonly<Record<string, string>>,
  gpuMemoryUtilization: number,
): EngineInput {
  const number = (name: string): number | undefined => {
    const value = Number(given[name]);
    return given[name] === undefined || !Number.isFinite(value) ? undefined : value;
  };
  const seqs = number("max-num-seqs");
  const tokens = number("max-num-batched-tokens");
  const cache = given["kv-cache-dtype"];
  return {
    cacheRule: "kaito",
    gpuMemoryUtilization: number("gpu-memory-utilization") ?? gpuMemoryUtilization,
    ...(seqs === undefined ? {} : { maxNumSeqs: seqs }),
    ...(tokens === undefined ? {} : { maxNumBatchedTokens: tokens }),
    ...(cache?.startsWith("fp8") === true ? { kvCacheDtype: "fp8" as const } : {}),
    ...(given["enable-prefix-caching"] === undefined ? {} : { prefixCaching: true }),
  };
}

interface Annotation {
  readonly value: string;
  readonly node: LocatedNode;
}

/** Annotations of keda-kaito-scaler, without their prefix. */
function annotationsOf(root: LocatedNode): ReadonlyMap<string, Annotation> {
  const metadata = childOf(root, "metadata");
  const annotations = metadata === undefined ? undefined : childOf(metadata, "annotations");
  const found = new Map<string, Annotation>();
  if (annotations?.kind !== "map") return found;
  for (const [name, node] of annotations.entries) {
    if (name.startsWith(PREFIX) && node.kind === "scalar")
      found.set(name.slice(PREFIX.length), { value: String(node.value), node });
  }
  return found;
}

function bad({ node }: Annotation, name: string, message: string): never {
  throw new InputError([
    {
      ...placeOf(node.origin),
      rule: "kaito-refuses",
      path: `metadata.annotations["${PREFIX}${name}"]`,
      message: `${PREFIX}${name} ${message}`,
    },
  ]);
}

function wholeOf(
  annotation: Annotation | undefined,
  _file: string,
  name = "replicas",
): number | undefined {
  if (annotation === undefined) return undefined;
  if (!/^\d{1,9}$/.test(annotation.value))
    bad(annotation, name, `must be a whole number, got "${annotation.value}"`);
  return Number(annotation.value);
}

/** The autoscaler of the annotations, with keda-kaito-scaler's defaults. */
function scalerOf(scaling: ReadonlyMap<string, Annotation>, file: string): AutoscalerInput {
  const written = scaling.get("metrics");
  if (written === undefined) {
    throw new InputError([
      {
        file,
        rule: "kaito-refuses",
        path: `metadata.annotations["${PREFIX}metrics"]`,
        message: `auto-provision requires the ${PREFIX}metrics annotation with at least one metric`,
      },
    ]);
  }
  const seconds = (name: string): number | undefined => wholeOf(scaling.get(name), file, name);
  const optional = <Name extends string>(name: Name, value: number | undefined) =>
    (value === undefined ? {} : { [name]: value }) as { readonly [Key in Name]?: number };
  return {
    kedaKaito: {
      metrics: metricsOf(written),
      ...optional("evaluationWindow", seconds("evaluationwindow")),
      ...optional("scaleUpCooldown", seconds("scaleupcooldown")),
      ...optional("scaleDownCooldown", seconds("scaledowncooldown")),
      ...optional("cooldown", seconds("cooldownperiod")),
    },
  };
}

type Metrics = NonNullable<AutoscalerInput["kedaKaito"]>["metrics"];

function metricsOf(annotation: Annotation): Metrics {
  const list = listOf(annotation);
  return list.map((item) => {
    const name = String(item["name"] ?? "");
    if (findServiceMetric(name) === undefined)
      bad(annotation, "metrics", `names a metric that is not simulated: "${name}"`);
    const { upthreshold, downthreshold, metriccachewindow } = item;
    if (typeof upthreshold !== "number" || typeof downthreshold !== "number")
      bad(annotation, "metrics", `needs upthreshold and downthreshold for ${name}`);
    if (downthreshold > upthreshold)
      bad(annotation, "metrics", `has a downthreshold above the upthreshold for ${name}`);
    return {
      metric: name as Metrics[number]["metric"],
      up: upthreshold,
      down: downthreshold,
      ...(typeof metriccachewindow === "number" ? { window: metriccachewindow } : {}),
    };
  });
}

function listOf(annotation: Annotation): readonly Readonly<Record<string, unknown>>[] {
  const root = parseYaml("annotation", annotation.value);
  if (root.kind !== "list" || root.items.length === 0)
    bad(annotation, "metrics", "must be a list of metrics");
  return root.items.map((item) =>
    item.kind === "map"
      ? Object.fromEntries(
          [...item.entries].map(([name, node]) => [
            name,
            node.kind === "scalar" ? node.value : undefined,
          ]),
        )
      : {},
  );
}
