import { formatDuration } from "../../base/units.js";
import type { ColdStart } from "../../simulation/services/cold-start.js";
import { findColdStart } from "../../simulation/services/cold-start-presets.js";
import type { Assumption } from "../resolved.js";
import type { ServiceInput } from "../schema/services-schema.js";

const DEFAULT_PRESET = "kaito-measured";

/** The cold start of a service, with what it rests on. @param weightBytes of the model */
export function settleColdStart(
  input: ServiceInput["coldStart"],
  weightBytes: number,
): { readonly coldStart: ColdStart; readonly assumption: Omit<Assumption, "id"> } {
  const written = typeof input === "object" ? input : { preset: input };
  const preset = findColdStart(written.preset ?? DEFAULT_PRESET);
  if (preset === undefined) throw new Error("scenario: an unknown cold start passed the checks");
  const own = typeof input === "object" ? input : {};
  const phases = own.phases?.map(({ name, median, sigma = 0, kind = "fixed" }) => ({
    name,
    medianS: median,
    sigma,
    kind: kind as "fixed" | "image" | "weights",
  }));
  const coldStart: ColdStart = {
    phases: phases ?? preset.coldStart.phases,
    keepsImage: own.keepImage ?? (phases === undefined ? preset.coldStart.keepsImage : true),
    keepsWeights: own.keepWeights ?? (phases === undefined ? preset.coldStart.keepsWeights : true),
    keptBytesPerS: own.keptWeightsPerSecond ?? preset.coldStart.keptBytesPerS,
  };
  const seconds = coldStart.phases.reduce(
    (sum, { medianS, bytesMeasured }) =>
      sum + (bytesMeasured === undefined ? medianS : (medianS * weightBytes) / bytesMeasured),
    0,
  );
  const value =
    coldStart.phases.length === 0
      ? "none"
      : `${formatDuration(Math.round(seconds))} in ${coldStart.phases.length} phases${phases === undefined ? ` (${preset.name})` : ""}`;
  const isGiven = phases !== undefined;
  return {
    coldStart,
    assumption: {
      what: "Cold start of a replica on a node without image and weights",
      value,
      provenance: isGiven ? "given" : preset.provenance,
      source: isGiven ? "workload.services[].coldStart" : preset.source,
    },
  };
}
