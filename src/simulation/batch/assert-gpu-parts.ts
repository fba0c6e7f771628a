import { SpecificationError } from "../../base/specification-error.js";
import type { BatchSpec } from "./batch-spec.js";

/** Placement policies that read the free thousandths of every GPU. */
const READ_THOUSANDTHS = ["fgd", "gpu-packing"];
/** Queue policies that plan with the future state of every node. */
const PLAN_AHEAD = ["easy-backfill", "conservative-backfill"];

/**
 * Refuses what would misread nodes that hand out MIG instances, replicas or only whole GPUs.
 *
 * @throws SpecificationError with what to choose instead
 */
export function assertGpuPartsSupported({ cluster, placement, queue }: BatchSpec): void {
  const modes = cluster.nodes.flatMap(({ partitioning }) =>
    partitioning === undefined ? [] : [partitioning.mode],
  );
  const mode = modes.find((one) => one !== "whole") ?? modes[0];
  if (mode === undefined) return;
  if (placement.kind === "pool" || placement.kind === "consolidate") {
    throw new SpecificationError(
      `placement ${placement.kind} counts whole GPUs and cannot place on nodes with partitioning ${mode}; choose a placement for nodes, such as pack`,
    );
  }
  refusePlanningAhead(queue.name, mode);
  if (placement.kind !== "nodes") return;
  const policyName =
    typeof placement.policy === "string" ? placement.policy : placement.policy.name;
  const reading = READ_THOUSANDTHS.find((name) => policyName.split(/[^a-z-]+/).includes(name));
  if (reading !== undefined && mode !== "whole") {
    throw new SpecificationError(
      `placement ${reading} scores free thousandths of GPUs, which nodes with partitioning ${mode} do not have; choose pack, spread or a kube scorer`,
    );
  }
}

function refusePlanningAhead(queue: string, mode: string): void {
  if (!PLAN_AHEAD.includes(queue)) return;
  throw new SpecificationError(
    `queue ${queue} plans ahead with whole GPUs and thousandths, not with partitioning ${mode}; choose a queue that does not plan ahead, such as fifo-skip or priority`,
  );
}
