import type { GpuSpec } from "../../hardware/gpu-spec.js";
import type { MatmulPrecision } from "../../performance/compute/gpu-rates.js";
import type { Parallelism } from "../../performance/training/parallelism.js";
import type { TrainingModel } from "../../performance/training/training-model.js";
import type { KnownLinks } from "../../scenario/node-links.js";

/** A model, the machines it is trained on, and how. */
export interface TrainingSetting {
  readonly model: TrainingModel;
  /** Machine as it was named. */
  readonly machine: string;
  readonly gpu: GpuSpec;
  readonly known: KnownLinks;
  readonly nodes: number;
  readonly parallelism: Parallelism;
  readonly precision: MatmulPrecision;
}
