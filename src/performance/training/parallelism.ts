import type { AdapterTraining } from "./adapter-training.js";
import type { TrainingModel } from "./training-model.js";

/** What is kept of the activations for the backward pass; the rest is computed again. */
export type Recomputation = "none" | "selective" | "full";

/** How a model is spread over GPUs, and how one optimizer step is made. */
export interface Parallelism {
  /** GPUs that share every matrix multiplication. */
  readonly tensor: number;
  /** Stages that share the layers. */
  readonly pipeline: number;
  /** Copies of the model that share the sequences of a step. */
  readonly data: number;
  /** Of the copies, how many share the experts of a mixture; divides `data`. */
  readonly expert: number;
  /** Parts of the layers per stage (interleaved schedule); 1 is plain 1F1B. */
  readonly virtualStages: number;
  /** Sequences that go through the model together. */
  readonly microBatch: number;
  /** Sequences of one optimizer step, over all copies. */
  readonly globalBatch: number;
  /** Tokens of a sequence. */
  readonly sequence: number;
  /** What copies share instead of repeating: 0 nothing, 1 optimizer state, 2 gradients too, 3 parameters too. */
  readonly zeroStage: 0 | 1 | 2 | 3;
  readonly recomputation: Recomputation;
  /** Attention never writes its scores to memory (FlashAttention). */
  readonly flashAttention: boolean;
  /** Norms and residuals are cut along the sequence among the GPUs of a tensor group. */
  readonly sequenceParallel: boolean;
  /** Only adapters are trained; absent, every parameter is. */
  readonly adapter?: AdapterTraining;
}

/** Something about a parallelism that cannot be. */
export interface ParallelismFault {
  /** Field of `Parallelism` that is wrong. */
  readonly field: keyof Parallelism;
  /** With the values. */
  readonly message: string;
}

/** GPUs that a parallelism needs. */
export function gpusOf({ tensor, pipeline, data }: Parallelism): number {
  return tensor * pipeline * data;
}

/** Micro-batches that go through the pipeline of one copy in one step. */
export function microBatchesOf({ globalBatch, microBatch, data }: Parallelism): number {
  return globalBatch / (microBatch * data);
}

/** Everything that cannot be about a parallelism of this model; empty when all is well. */
export function parallelismFaults(
  model: TrainingModel,
  parallelism: Parallelism,
): readonly ParallelismFault[] {
  const faults: ParallelismFault[] = [];
  const { tensor, pipeline, data, expert, virtualStages, microBatch, globalBatch } = parallelism;
  const counts = { tensor, pipeline, data, expert, virtualStages, microBatch, globalBatch };
  for (const [field, value] of Object.entries({ ...counts, sequence: parallelism.sequence })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      const message = `${field} must be a whole number >= 1, got ${value}`;
      faults.push({ field: field as keyof Parallelism, message });
    }
  }
  if (faults.length > 0) return faults;
  const require = (holds: boolean, field: keyof Parallelism, message: string): void => {
    if (!holds) faults.push({ field, message });
  };
  require(model.heads % tensor ===
    0, "tensor", `tensor ${tensor} does not divide the ${model.heads} attention heads of ${model.name}`);
  require(pipeline * virtualStages <=
    model.layers, "pipeline", `pipeline ${pipeline} × ${virtualStages} virtual stages is more than the ${model.layers} layers of ${model.name}`);
  require(virtualStages === 1 ||
    pipeline >
      1, "virtualStages", `${virtualStages} virtual stages need a pipeline, got pipeline 1`);
  require(globalBatch % (microBatch * data) ===
    0, "globalBatch", `a step of ${globalBatch} sequences does not divide into ${data} copies with micro-batches of ${microBatch}`);
  require(data % expert ===
    0, "expert", `expert ${expert} does not divide data ${data}: experts are shared among copies`);
  const { count } = model.experts ?? { count: 1 };
  require(count % expert === 0, "expert", model.experts === undefined
    ? `${model.name} has no experts to share among ${expert}`
    : `expert ${expert} does not divide the ${count} experts of ${model.name}`);
  const { adapter } = parallelism;
  require(adapter === undefined ||
    (Number.isSafeInteger(adapter.rank) &&
      adapter.rank >= 1 &&
      adapter.rank <=
        model.hidden), "adapter", `the rank of adapters must be a whole number from 1 to the width ${model.hidden}, got ${adapter?.rank}`);
  require(parallelism.zeroStage < 2 ||
    pipeline ===
      1, "zeroStage", `ZeRO stage ${parallelism.zeroStage} with pipeline ${pipeline}: shared gradients would be reduced for every micro-batch; use stage 1`);
  return faults;
}

/**
 * Layers of every stage. When they do not divide evenly, the first and the last stage have one less if
 * that evens it out (they hold the embeddings, as in Llama 3), else the first stages have one more.
 */
export function layersOfStages(layers: number, pipeline: number): readonly number[] {
  if (pipeline > 1 && layers % pipeline !== 0 && (layers + 2) % pipeline === 0) {
    const each = (layers + 2) / pipeline;
    return Array.from({ length: pipeline }, (_, stage) =>
      stage === 0 || stage === pipeline - 1 ? each - 1 : each,
    );
  }
  const low = Math.floor(layers / pipeline);
  return Array.from({ length: pipeline }, (_, stage) =>
    stage < layers % pipeline ? low + 1 : low,
  );
}
