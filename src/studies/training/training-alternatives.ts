import {
  gpusOf,
  parallelismFaults,
  type Parallelism,
} from "../../performance/training/parallelism.js";
import { adapterTraining } from "../../performance/training/adapter-training.js";
import { trainingMemory } from "../../performance/training/training-memory.js";
import type { TrainingModel } from "../../performance/training/training-model.js";

/** A change of one thing after which a model fits. */
export interface TrainingAlternative {
  /** In words, such as "recompute everything". */
  readonly change: string;
  readonly parallelism: Parallelism;
  readonly gpus: number;
  readonly memoryBytes: number;
}

/** Changes of one thing each after which the fullest GPU has room: cheapest in speed and GPUs first. */
export function trainingAlternatives(
  model: TrainingModel,
  parallelism: Parallelism,
  availableBytes: number,
): readonly TrainingAlternative[] {
  return changesOf(parallelism).flatMap(([change, changed]): readonly TrainingAlternative[] => {
    if (parallelismFaults(model, changed).length > 0) return [];
    const memoryBytes = trainingMemory(model, changed).totalBytes;
    return memoryBytes > availableBytes
      ? []
      : [{ change, parallelism: changed, gpus: gpusOf(changed), memoryBytes }];
  });
}

function changesOf(parallelism: Parallelism): readonly (readonly [string, Parallelism])[] {
  const { tensor, pipeline, data, microBatch, zeroStage, recomputation } = parallelism;
  const changes: (readonly [string, Parallelism])[] = [];
  const add = (change: string, changed: Partial<Parallelism>): void => {
    changes.push([change, { ...parallelism, ...changed }]);
  };
  if (zeroStage === 0) add("share the optimizer state (zero=1)", { zeroStage: 1 });
  if (microBatch > 1) add("one sequence at a time (micro-batch 1)", { microBatch: 1 });
  if (recomputation !== "full") add("compute all activations again", { recomputation: "full" });
  if (pipeline === 1 && zeroStage < 3) add("share parameters too (zero=3)", { zeroStage: 3 });
  if (parallelism.adapter === undefined) {
    add("train adapters only (LoRA)", { adapter: adapterTraining("lora") });
    add("train adapters only on 4-bit weights (QLoRA)", { adapter: adapterTraining("qlora") });
  }
  for (const factor of [2, 4, 8]) {
    if (data % factor === 0) {
      add(`tp=${tensor * factor} and dp=${data / factor} on the same GPUs`, {
        tensor: tensor * factor,
        data: data / factor,
      });
      add(`pp=${pipeline * factor} and dp=${data / factor} on the same GPUs`, {
        pipeline: pipeline * factor,
        data: data / factor,
        zeroStage: zeroStage > 1 ? 1 : zeroStage,
      });
    }
    add(`pp=${pipeline * factor}, on ${factor} times the GPUs`, {
      pipeline: pipeline * factor,
      zeroStage: zeroStage > 1 ? 1 : zeroStage,
    });
    add(`dp=${data * factor} and zero=3, on ${factor} times the GPUs`, {
      data: data * factor,
      globalBatch: parallelism.globalBatch * factor,
      pipeline: 1,
      tensor: tensor * pipeline,
      zeroStage: 3,
    });
  }
  return changes;
}
