import { summarizeInPlace } from "../../stats/quantile.js";
import type { ServiceStageResult } from "./serving-document.js";
import type { ServedService } from "./services.js";

/** Stages before generation as a field of the result; none where requests come right away. */
export function stagesResult(
  { service, stages }: ServedService,
  rows: readonly number[],
): { readonly stages?: readonly ServiceStageResult[] } {
  if (stages === undefined || service.retrieval === undefined) return {};
  return {
    stages: service.retrieval.stages.map((stage, index): ServiceStageResult => {
      const { waitS, busyShare } = stages[index]!;
      const { name, what, servers, secondsEach, cpuCores, gpus, memoryBytes } = stage;
      return {
        ...{ name, what, servers, seconds: secondsEach },
        waitS: summarizeInPlace(Float64Array.from(rows, (row) => waitS[row]!)),
        ...{ busyShare, cpuCores, gpus, memoryBytes },
      };
    }),
  };
}
