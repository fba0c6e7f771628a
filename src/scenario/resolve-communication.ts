import { formatBytes } from "../base/units.js";
import { findGpu } from "../hardware/find-gpu.js";
import { calibratedGpu } from "../performance/calibrated/calibrated-gpu.js";
import type { NamedCalibration } from "../performance/calibrated/calibration-file.js";
import { gpuRatesOf, MissingFigureError, type GpuRates } from "../performance/compute/gpu-rates.js";
import {
  findCommunicationClass,
  type CommunicationClass,
} from "../performance/placement-slowdown/communication-class.js";
import { adapterTraining } from "../performance/training/adapter-training.js";
import { findTrainingModel } from "../performance/training/model-presets.js";
import type { Parallelism } from "../performance/training/parallelism.js";
import { HIDDEN_SHARE, KERNEL_SHARE } from "../performance/training/training-step.js";
import type { JobStepsSpec, StepClass, TrainingJob } from "../simulation/batch/rates/job-steps.js";
import type { Assumption } from "./resolved.js";
import type { CommunicationInput, JobModelInput } from "./schema/model-schema.js";
import type { ScenarioSpec } from "./schema/scenario-schema.js";

type WorkloadInput = ScenarioSpec["workload"];
type JobInput = NonNullable<WorkloadInput["jobs"]>[number];
type Assume = (assumption: Assumption) => void;

/** How jobs divide their steps; undefined when the scenario says nothing of it, and placement changes nothing. */
export function resolveSteps(
  workload: WorkloadInput,
  calibrations: readonly NamedCalibration[],
  assume: Assume,
): JobStepsSpec | undefined {
  const { communication, jobs = [] } = workload;
  const training = new Map<string, TrainingJob>();
  for (const job of jobs) {
    if (job.model !== undefined) training.set(job.id, trainingJobOf(job, job.model));
  }
  if (communication === undefined && training.size === 0) return undefined;
  const written = mapOf(communication);
  const others = stepClassOf(written, classNamed(written.class));
  const byTenant = new Map<string, StepClass>();
  for (const { name, class: named } of written.tenants ?? []) {
    byTenant.set(name, stepClassOf({ ...written, share: undefined }, classNamed(named)));
  }
  noteClasses(written, assume);
  if (training.size > 0) noteTraining(assume);
  return { others, byTenant, training, gpuRates: (name) => gpuRates(name, calibrations) };
}

/** The parallelism of a job over its GPUs; copies are what tensor and pipeline leave. */
export function parallelismOf(
  job: Pick<JobInput, "workers" | "gpus">,
  written: JobModelInput,
): Parallelism {
  const { tensor = 1, pipeline = 1, expert = 1, virtualStages = 1, microBatch = 1 } = written;
  const gpus = (job.workers ?? 1) * (job.gpus ?? 0);
  return {
    tensor,
    pipeline,
    data: gpus / (tensor * pipeline),
    expert,
    virtualStages,
    microBatch,
    globalBatch: written.globalBatch,
    sequence: written.sequence ?? findTrainingModel(written.name)?.sequence ?? 0,
    zeroStage: (written.zero ?? 1) as Parallelism["zeroStage"],
    recomputation: (written.recomputation ?? "selective") as Parallelism["recomputation"],
    flashAttention: true,
    sequenceParallel: true,
    ...(written.adapters === undefined
      ? {}
      : {
          adapter: adapterTraining(
            written.adapters.method as "lora" | "qlora",
            written.adapters.rank,
          ),
        }),
  };
}

function trainingJobOf(job: JobInput, written: JobModelInput): TrainingJob {
  const model = findTrainingModel(written.name);
  if (model === undefined) throw new Error(`scenario: model ${written.name} passed the checks`);
  return { model, parallelism: parallelismOf(job, written) };
}

type CommunicationMap = Exclude<CommunicationInput, string>;

function mapOf(communication: CommunicationInput | undefined): CommunicationMap {
  if (communication === undefined) return {};
  return typeof communication === "string" ? { class: communication } : communication;
}

function classNamed(name = "none"): CommunicationClass {
  const found = findCommunicationClass(name);
  if (found === undefined) throw new Error(`scenario: class ${name} passed the checks`);
  return found;
}

function stepClassOf(
  written: { readonly share?: number | undefined } & Pick<
    CommunicationMap,
    "message" | "hostShare"
  >,
  preset: CommunicationClass,
): StepClass {
  return {
    share: written.share ?? preset.share.value,
    messageBytes: written.message ?? preset.messageBytes.value,
    hostShare: written.hostShare ?? 0,
  };
}

function gpuRates(name: string, calibrations: readonly NamedCalibration[]): GpuRates | undefined {
  const found = findGpu(name);
  if (found.kind !== "found") return undefined;
  try {
    return gpuRatesOf(calibratedGpu(found.gpu, calibrations));
  } catch (error) {
    if (error instanceof MissingFigureError) return undefined;
    throw error;
  }
}

function noteClasses(written: CommunicationMap, assume: Assume): void {
  const preset = classNamed(written.class);
  const isGiven = written.share !== undefined;
  const percent = (share: number): string => `${Number((share * 100).toPrecision(6))} %`;
  assume({
    id: "communication:share",
    what: "Share of a step that jobs spend communicating, at their best placement",
    value: percent(written.share ?? preset.share.value),
    provenance: isGiven ? "given" : preset.share.provenance,
    source: isGiven
      ? "workload.communication.share"
      : `class ${preset.name}: ${preset.share.source}`,
  });
  for (const { name, class: named } of written.tenants ?? []) {
    const { share } = classNamed(named);
    assume({
      id: `communication:share:${name}`,
      what: `The same for jobs of ${name}`,
      value: percent(share.value),
      provenance: share.provenance,
      source: `class ${named}: ${share.source}`,
    });
  }
  assume({
    id: "communication:message",
    what: "Size of the all-reduce whose time stands for all communication",
    value: formatBytes(written.message ?? preset.messageBytes.value),
    provenance: written.message === undefined ? preset.messageBytes.provenance : "given",
    source:
      written.message === undefined ? preset.messageBytes.source : "workload.communication.message",
  });
  if (written.hostShare !== undefined) {
    assume({
      id: "communication:host-share",
      what: "Share of a step that goes through host memory",
      value: percent(written.hostShare),
      provenance: "given",
      source: "workload.communication.hostShare",
    });
  }
}

function noteTraining(assume: Assume): void {
  const note = (id: string, what: string, sourced: typeof KERNEL_SHARE): void => {
    const { value, provenance, source } = sourced;
    assume({ id: `training:${id}`, what, value: String(value), provenance, source });
  };
  note("kernel-share", "Rate of a model's multiplications over the best large one", KERNEL_SHARE);
  note(
    "hidden-share",
    "Part of the communication among copies that hides behind computing",
    HIDDEN_SHARE,
  );
}
