import type { GpuNames } from "../hardware/gpu-names.js";
import type { JobTerms } from "../simulation/batch/job-terms.js";
import type { Assumption } from "./resolved.js";
import type { ScenarioSpec } from "./schema/scenario-schema.js";

/** The terms on which jobs run, which have passed their checks; empty when the scenario names none. */
export function resolveJobTerms(
  { workload }: ScenarioSpec,
  gpuNames: GpuNames,
  assume: (assumption: Assumption) => void,
): JobTerms {
  return { ...gpuSpeedsOf(workload, gpuNames, assume) };
}

function gpuSpeedsOf(
  { gpuSpeeds }: ScenarioSpec["workload"],
  gpuNames: GpuNames,
  assume: (assumption: Assumption) => void,
): Pick<JobTerms, "gpuSpeeds"> {
  if (gpuSpeeds === undefined) return {};
  assume({
    id: "gpu-speeds",
    what: "Speed of jobs by GPU model, relative to their durations",
    value: `${gpuSpeeds.map(({ gpu, speed }) => `${gpu} ${speed}`).join(", ")}; others 1`,
    provenance: "given",
    source: "workload.gpuSpeeds; one factor for every job, whatever it computes",
  });
  return {
    gpuSpeeds: Object.fromEntries(
      gpuSpeeds.flatMap(({ gpu, speed }) =>
        gpuNames.accepted(gpu).map((model) => [model, speed] as const),
      ),
    ),
  };
}
