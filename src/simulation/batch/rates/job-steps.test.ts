import { describe, expect, test } from "vitest";

import type { NodeTopology } from "../../../hardware/topology.js";
import type { CollectiveTimer } from "../../../performance/collectives/types.js";
import type { GpuRates } from "../../../performance/compute/gpu-rates.js";
import type { GangPlace } from "../../../performance/placement-slowdown/communication-slowdown.js";
import { findTrainingModel } from "../../../performance/training/model-presets.js";
import type { Parallelism } from "../../../performance/training/parallelism.js";
import { tableOf } from "../batch-fixture.js";
import { createJobSteps, type JobStepsSpec, type StepClass } from "./job-steps.js";

const TOPOLOGY: NodeTopology = { gpuCount: 8, provenance: "given", sources: [] };
const given = (value: number) => ({ value, provenance: "given" as const, source: "test" });
const GPU: GpuRates = {
  name: "test",
  memoryBytes: given(80e9),
  peakFlopPerS: given(1e15),
  bf16FlopPerS: given(1e15),
  matmulFlopPerS: given(1e15),
  streamBytesPerS: given(1e12),
};
const PARALLELISM: Parallelism = {
  tensor: 8,
  pipeline: 1,
  data: 1,
  expert: 1,
  virtualStages: 1,
  microBatch: 1,
  globalBatch: 4,
  sequence: 2048,
  zeroStage: 0,
  recomputation: "none",
  flashAttention: true,
  sequenceParallel: true,
};
const LIGHT: StepClass = { share: 0.1, messageBytes: 1000, hostShare: 0 };
const NONE: StepClass = { share: 0, messageBytes: 1000, hostShare: 0 };

/** One millisecond per node. */
const timer: CollectiveTimer = ({ nodes }) => ({
  seconds: nodes.length * 1e-3,
  method: "nccl-model",
  extrapolated: false,
  source: "test",
});

function place(gpusPerNode: readonly number[]): GangPlace {
  return {
    nodes: gpusPerNode.map((count) => ({
      gpu: { name: "test" },
      topology: TOPOLOGY,
      gpus: Array.from({ length: count }, (_, gpu) => gpu),
    })),
  };
}

function steps(change: Partial<JobStepsSpec>) {
  const jobs = tableOf([
    { submitS: 0, durationS: 1, tenant: "a" },
    { submitS: 0, durationS: 1, tenant: "b" },
  ]);
  return createJobSteps(
    {
      others: NONE,
      byTenant: new Map(),
      training: new Map(),
      gpuRates: () => GPU,
      ...change,
    },
    jobs,
    timer,
  );
}

describe("createJobSteps", () => {
  test("a job that neither communicates nor uses its host has no step", () => {
    expect(steps({})(0)).toBeUndefined();
    expect(steps({ others: { ...NONE, hostShare: 0.1 } })(0)?.hostShare).toBe(0.1);
  });

  test("tenants have their own class, the others the common one", () => {
    const stepOf = steps({ others: LIGHT, byTenant: new Map([["b", { ...LIGHT, share: 0.4 }]]) });
    expect(stepOf(0)?.communicationShare([])).toBe(0.1);
    expect(stepOf(1)?.communicationShare([])).toBe(0.4);
    expect(stepOf(0)?.communicationSlowdown(place([4, 4]), [place([8])])).toBe(2);
  });

  test("a model's share and slowdown give the time the training model says", () => {
    const model = findTrainingModel("gpt3")!;
    const stepOf = steps({ training: new Map([["j1", { model, parallelism: PARALLELISM }]]) });
    expect(stepOf(0)).toBeUndefined();
    const step = stepOf(1)!;
    const best = [place([8])];
    const share = step.communicationShare(best);
    // 4 micro-batches × 96 layers × 4 all-reduces of a millisecond, of the whole step.
    expect(share).toBeGreaterThan(0.1);
    const waitingS = 4 * 96 * 4 * 1e-3;
    expect(step.communicationSlowdown(place([8]), best)).toBeCloseTo(1, 9);
    expect(step.communicationSlowdown(place([4, 4]), best)).toBeCloseTo(2, 9);
    const computingS = (waitingS / share) * (1 - share);
    expect(waitingS / (waitingS + computingS)).toBeCloseTo(share, 12);
  });

  test("a GPU without the figures that training needs slows nobody", () => {
    const model = findTrainingModel("gpt3")!;
    const stepOf = steps({
      training: new Map([["j0", { model, parallelism: PARALLELISM }]]),
      gpuRates: () => undefined,
    });
    expect(stepOf(0)?.communicationShare([place([8])])).toBe(0);
    expect(stepOf(0)?.communicationSlowdown(place([4, 4]), [place([8])])).toBe(1);
  });
});
