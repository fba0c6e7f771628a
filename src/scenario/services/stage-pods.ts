import { findGpu } from "../../hardware/find-gpu.js";
import { InputError } from "../../diagnostics/problem.js";
import type { SettledStage } from "./encoder-stage.js";
import { problem, type ServiceQuestion } from "./service-question.js";
import type { SettledRetrieval } from "./settle-rag.js";
import type { SettledService, StagePods } from "./settled-service.js";

const CORE_MILLI = 1000;
const GPU_MILLI = 1000;

/**
 * Pods of the stages before generation, where the scenario has them on the cluster: in the queue, with the priority
 * and of the tenant of the service.
 *
 * @throws InputError where no node has the GPU of a stage
 */
export function stagePodsOf(
  question: ServiceQuestion,
  retrieval: SettledRetrieval | undefined,
  { shape: { nodeSelector }, ...owner }: SettledService["row"],
): readonly StagePods[] | undefined {
  if (retrieval?.isOnCluster !== true) return undefined;
  return retrieval.stages.map((stage): StagePods => {
    const { replicas, cpuCores, memoryBytes, gpu } = stage;
    return {
      stage: stage.name,
      count: replicas,
      row: {
        ...owner,
        workers: 1,
        shape: {
          cpuMilli: (cpuCores / replicas) * CORE_MILLI,
          memoryBytes: memoryBytes / replicas,
          gpuCount: gpu === undefined ? 0 : 1,
          gpuMilli: gpu === undefined ? 0 : GPU_MILLI,
          gpuModels: gpu === undefined ? [] : modelsOf(question, stage, gpu),
          ...(nodeSelector === undefined ? {} : { nodeSelector }),
        },
      },
    };
  });
}

/** Names that nodes of the cluster have for a GPU. */
function modelsOf(
  question: ServiceQuestion,
  { name }: SettledStage,
  gpu: string,
): readonly string[] {
  const { nodes, nodeGroups } = question.machines;
  const known = [...new Set(nodeGroups.map(({ firstNode }) => nodes[firstNode]!.gpuModel))];
  const wanted = catalogueName(gpu);
  const models = known.filter((model) => catalogueName(model) === wanted);
  if (models.length > 0) return models;
  const has = known.filter((model) => model !== "").join(", ");
  throw new InputError([
    problem(question, "rag", {
      rule: "no-machine",
      message: `service ${question.input.name}: ${name} needs a ${gpu}, and no node of the cluster has one`,
      help: `give it a GPU that is there (${has === "" ? "there is none" : has}) or cores, or leave onCluster out`,
    }),
  ]);
}

function catalogueName(name: string): string {
  const found = findGpu(name);
  return found.kind === "found" ? found.gpu.name : name;
}
