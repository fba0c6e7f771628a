import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { findEstimator } from "../../../kaito/estimators.js";
import {
  type GpuConfig,
  gpuConfigOfMig,
  gpuConfigOfNodes,
  KaitoRefusal,
  type NodeLabels,
} from "../../../kaito/gpu-config.js";
import { findGpuSku } from "../../../kaito/gpu-skus.js";
import type { ModelSpec } from "../../../kaito/model-spec.js";
import type { Check } from "../check.js";
import { acceleratorChecks, derivedTableChecks, parallelismChecks } from "./kaito-tables.js";

/** One of KAITO's own unit tests of its estimator, as the reference data keeps them. */
interface EstimatorCase {
  readonly name: string;
  readonly in: {
    readonly instanceType?: string;
    readonly count?: number | null;
    readonly preset?: string | null;
    readonly byo?: boolean;
    readonly nodes?: readonly Readonly<Record<string, string | boolean>>[];
    readonly mig?: string;
    readonly maxModelLen?: number;
  };
  readonly nodes: number | null;
  readonly errorContains: string | null;
  readonly source: string;
}

interface EstimatorCases {
  readonly kaitoCommit: string;
  readonly models: Readonly<
    Record<string, { readonly sizeGi: number; readonly bytesPerToken: number }>
  >;
  readonly cases: readonly EstimatorCase[];
}

/** KAITO's own tests of the number of nodes, answered by our v0.12.0. */
export async function kaitoChecks(dataFolder: string): Promise<readonly Check[]> {
  const text = await readFile(join(dataFolder, "kaito", "estimator_cases.json"), "utf8");
  const { kaitoCommit, models, cases } = JSON.parse(text) as EstimatorCases;
  const commit = kaitoCommit.slice(0, 8);
  return [
    ...cases.map((one, index) => checkOf(one, index, models, commit)),
    ...parallelismChecks(commit),
    ...acceleratorChecks(commit),
    ...derivedTableChecks(),
  ];
}

function checkOf(
  one: EstimatorCase,
  index: number,
  models: EstimatorCases["models"],
  commit: string,
): Check {
  const expected = one.errorContains === null ? one.nodes! : `refuses: … ${one.errorContains} …`;
  const answer = answerOf(one, models);
  const holds =
    one.errorContains === null
      ? answer === one.nodes
      : typeof answer === "string" && answer.includes(one.errorContains);
  return {
    id: `serving/kaito-nodes/${index + 1}`,
    topic: "serving",
    what: `KAITO v0.12.0, nodes: ${one.name}`,
    source: `kaito-project/kaito@${commit} ${one.source}`,
    expected,
    actual: typeof answer === "string" ? `refuses: ${answer}` : answer,
    error: typeof answer === "number" && one.nodes !== null ? Math.abs(answer - one.nodes) : null,
    unit: "nodes",
    bar: 0,
    pass: holds,
  };
}

function answerOf(one: EstimatorCase, models: EstimatorCases["models"]): number | string {
  const { preset, count, maxModelLen } = one.in;
  try {
    const model =
      preset === undefined || preset === null || preset === ""
        ? undefined
        : modelOf(preset, models[preset]!);
    return findEstimator("v0.12.0")!.estimate({
      model,
      gpu: model === undefined ? undefined : gpuOf(one.in),
      countRequested: count ?? undefined,
      contextTokens: maxModelLen,
    }).nodes;
  } catch (error) {
    if (error instanceof KaitoRefusal) return error.message;
    throw error;
  }
}

function gpuOf({ instanceType, mig, nodes }: EstimatorCase["in"]): GpuConfig {
  if (mig !== undefined) return gpuConfigOfMig(mig);
  if (instanceType === undefined) {
    const ready = (nodes ?? []).filter((node) => node["ready"] === true);
    return gpuConfigOfNodes(ready as readonly NodeLabels[]);
  }
  const sku = findGpuSku(instanceType);
  if (sku === undefined)
    throw new KaitoRefusal(`failed to get GPU config for instance type ${instanceType}`);
  return sku;
}

function modelOf(
  name: string,
  { sizeGi, bytesPerToken }: { readonly sizeGi: number; readonly bytesPerToken: number },
): ModelSpec {
  return {
    name,
    architecture: "",
    weightsGi: sizeGi,
    tokenLimit: 131_072,
    layers: 1,
    hiddenSize: 1,
    heads: 1,
    kvHeads: 1,
    // Two bytes for one layer: the elements of a token are half its bytes.
    kvLoraRank: bytesPerToken / 2,
    ...(name.includes("falcon") ? { isDistributable: false as const } : {}),
  };
}
