import type { JobTerms } from "../simulation/batch/job-terms.js";
import type { Assumption } from "./resolved.js";
import type { ScenarioSpec } from "./schema/scenario-schema.js";

/** MIG profiles of jobs that ask for a share, which have passed their checks; empty when the scenario names none. */
export function resolveMigProfiles(
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
