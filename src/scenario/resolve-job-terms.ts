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
  return { ...gpuSpeedsOf(workload, gpuNames, assume), ...migProfilesOf(workload, assume) };
}

function migProfilesOf(
  { migProfiles }: ScenarioSpec["workload"],
  assume: (assumption: Assumption) => void,
): Pick<JobTerms, "migProfilesByShare"> {
  if (migProfiles === undefined) return {};
  const text = migProfiles.map(
    ({ upTo, profiles }) => `up to ${upTo / 10} %: ${profiles.join(" or ")}`,
  );
  assume({
    id: "mig-profiles-by-share",
    what: "MIG profiles of jobs that ask for a share of a GPU",
    value: text.join("; "),
    provenance: "given",
    source: "workload.migProfiles",
  });
  return {
    migProfilesByShare: migProfiles.map(({ upTo, profiles }) => ({
      gpuMilliMax: upTo,
      profiles: profiles.map((name) => name.trim().toLowerCase()),
    })),
  };
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
