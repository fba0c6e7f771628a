// Jobs that name a GPU in other words than the cluster must not wait for ever.
import { expect, test } from "vitest";

import { createGpuNames } from "../hardware/gpu-names.js";
import { createJobTableBuilder } from "../workload/job-table-builder.js";
import { resolveTraceGpuModels } from "./trace-gpu-models.js";

test("GPU names of a trace become those of the cluster; unknown ones are named and kept", () => {
  const builder = createJobTableBuilder();
  const models = [[], ["Tesla-T4"], ["H100", "NVIDIA-H100-NVL"], ["V100M16", "G9"], ["G9"]];
  models.forEach((gpuModels, index) =>
    builder.add({ id: `j${index}`, submitS: index, durationS: 1, gpuCount: 1, gpuModels }),
  );
  const { jobs } = builder.build();
  const resolved = resolveTraceGpuModels(jobs, createGpuNames(["V100M16"]));
  expect(resolved.unknown).toEqual(["G9"]);
  expect([...resolved.jobs.shape].map((shape) => resolved.jobs.shapes[shape]!.gpuModels)).toEqual([
    [],
    ["T4"],
    ["H100 SXM5-80GB", "H100 PCIe-80GB", "H100 NVL-94GB"],
    ["V100M16", "G9"],
    ["G9"],
  ]);
  expect(resolved.jobs.submitS).toBe(jobs.submitS);
});
