import type { CollectiveTimer } from "../../../performance/collectives/types.js";
import type { GpuRates } from "../../../performance/compute/gpu-rates.js";
import {
  createCommunicationSlowdown,
  type CommunicationSlowdown,
  type GangPlace,
} from "../../../performance/placement-slowdown/communication-slowdown.js";
import type { Parallelism } from "../../../performance/training/parallelism.js";
import type { TrainingModel } from "../../../performance/training/training-model.js";
import { trainingThroughput } from "../../../performance/training/training-step.js";
import type { JobTable } from "../../../workload/job-table.js";
import type { JobStep } from "./placement-rate.js";

/** What is known of a job that says nothing of its model. */
export interface StepClass {
  /** Share of the step spent communicating at the best placement, 0..1. */
  readonly share: number;
  /** Size of the all-reduce that stands for it. */
  readonly messageBytes: number;
  /** Share of the step that goes through host memory, 0..1. */
  readonly hostShare: number;
}

/** A job that trains a transformer. */
export interface TrainingJob {
  readonly model: TrainingModel;
  readonly parallelism: Parallelism;
}

/** How the jobs of a scenario divide their steps. */
export interface JobStepsSpec {
  readonly others: StepClass;
  readonly byTenant: ReadonlyMap<string, StepClass>;
  /** By id of the job. */
  readonly training: ReadonlyMap<string, TrainingJob>;
  /** Rates of a GPU by its name in the catalogue; undefined when it lacks a figure that training needs. */
  gpuRates(name: string): GpuRates | undefined;
}

/** Gives every job of a table its step. Answers are the same objects for jobs that are alike. */
export function createJobSteps(
  spec: JobStepsSpec,
  jobs: JobTable,
  timer: CollectiveTimer,
): (job: number) => JobStep | undefined {
  const slowdown = createCommunicationSlowdown(timer);
  const others = classStep(spec.others, slowdown);
  const byTenant = jobs.tenantNames.map((tenant) => {
    const known = spec.byTenant.get(tenant);
    return known === undefined ? others : classStep(known, slowdown);
  });
  const training = new Map<string, JobStep>();
  for (const [id, job] of spec.training) training.set(id, trainingStep(job, spec, timer));
  return (job) => training.get(jobs.ids[job]!) ?? byTenant[jobs.tenant[job]!];
}

/** Undefined when placement and host change nothing about it. */
function classStep(
  { share, messageBytes, hostShare }: StepClass,
  slowdown: CommunicationSlowdown,
): JobStep | undefined {
  if (share === 0 && hostShare === 0) return undefined;
  return {
    hostShare,
    communicationShare: () => share,
    communicationSlowdown: (place, best) =>
      share === 0 ? 1 : slowdown.of(place, best, messageBytes),
  };
}

const NO_WAITING: CollectiveTimer = () => ({
  seconds: 0,
  method: "nothing-to-send",
  extrapolated: false,
  source: "computing alone",
});

/** The training model at the best place and at another: what differs is communication. */
function trainingStep(
  { model, parallelism }: TrainingJob,
  { gpuRates }: JobStepsSpec,
  timer: CollectiveTimer,
): JobStep {
  const known = new Map<GangPlace, number>();
  const secondsOf = (place: GangPlace, asked: CollectiveTimer): number | undefined => {
    const gpu = gpuRates(place.nodes[0]!.gpu.name);
    if (gpu === undefined) return undefined;
    return trainingThroughput({ model, parallelism, gpu, placement: place, timer: asked }).step
      .totalS;
  };
  const bestOf = (
    best: readonly GangPlace[],
  ): { readonly placeS: number; readonly computingS: number } => {
    let found = { placeS: Infinity, computingS: 0 };
    for (const place of best) {
      let placeS = known.get(place);
      if (placeS === undefined) {
        placeS = secondsOf(place, timer) ?? Infinity;
        known.set(place, placeS);
      }
      if (placeS < found.placeS) found = { placeS, computingS: secondsOf(place, NO_WAITING)! };
    }
    return found;
  };
  return {
    hostShare: 0,
    communicationShare(best) {
      const { placeS, computingS } = bestOf(best);
      return placeS === Infinity ? 0 : 1 - computingS / placeS;
    },
    communicationSlowdown(place, best) {
      const { placeS, computingS } = bestOf(best);
      const hereS = secondsOf(place, timer);
      if (hereS === undefined || !(placeS > computingS) || placeS === Infinity) return 1;
      return (hereS - secondsOf(place, NO_WAITING)!) / (placeS - computingS);
    },
  };
}
