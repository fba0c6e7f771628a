import { formatQuantity } from "./format-quantity.js";
import { summarizeInPlace } from "../../stats/quantile.js";
import type { ServiceStageResult } from "./serving-document.js";
import type { ServedService } from "./services.js";

/** Stages before generation as a field of the result; none where requests come right away. */
export function stagesResult(
  { service, stages, stagePods }: ServedService,
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
        ...(stagePods === undefined
          ? {}
          : {
              pods: {
                wanted: stage.replicas,
                placed: stagePods[index]!.placed,
                missingS: stagePods[index]!.missingS,
              },
            }),
      };
    }),
  };
}

/** What a reader must know about pods of stages that lacked a place: latencies are counted as if they had one. */
export function stageWarnings({ service, stagePods = [] }: ServedService): readonly string[] {
  return stagePods.flatMap(({ missingS, placed, refusal }, index) => {
    const { name, replicas } = service.retrieval!.stages[index]!;
    const pods = `${name} of service ${service.name}`;
    const asIf = "Its requests are answered as if all of them had one.";
    if (refusal !== undefined)
      return [`Pods for ${pods} can never be placed on this cluster: ${refusal}. ${asIf}`];
    if (missingS === 0) return [];
    const missing = replicas - placed;
    return [
      `Pods for ${pods} lacked a place for ${formatQuantity(missingS, "s")} in all` +
        `${missing > 0 ? `, ${missing} of ${replicas} still at the end` : ""}. ${asIf}`,
    ];
  });
}
