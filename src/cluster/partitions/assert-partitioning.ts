import type { NodeSpec } from "../spec.js";
import { MPS_CLIENTS_MAX } from "./partitioning.js";

/**
 * Checks what is said about how a node's GPUs are handed out; layouts are checked when they are set.
 *
 * @throws RangeError with the rule that is broken
 */
export function assertPartitioning(node: NodeSpec): void {
  const { name, partitioning, gpuCount } = node;
  if (partitioning === undefined || partitioning.mode === "whole") return;
  const refuse = (what: string): never => {
    throw new RangeError(`cluster: node "${name}": ${what}`);
  };
  if (partitioning.mode === "mig") {
    const { layouts, repartitioning } = partitioning;
    if (layouts === "by-demand") return refuse("its MIG layouts were never planned");
    if (layouts.length !== gpuCount)
      refuse(`MIG needs one layout per GPU (${gpuCount}), got ${layouts.length}`);
    if (repartitioning === undefined) return;
    const { durationS, drainAfterS = 0, gpusAtOnceMax } = repartitioning;
    if (!(durationS > 0 && Number.isFinite(durationS)))
      refuse(`repartitioning takes a time > 0 s, got ${durationS}`);
    if (!(drainAfterS >= 0)) refuse(`draining begins after a time >= 0 s, got ${drainAfterS}`);
    if (!(Number.isInteger(gpusAtOnceMax) && gpusAtOnceMax >= 1))
      refuse(`GPUs repartitioned at once must be a whole number >= 1, got ${gpusAtOnceMax}`);
    return;
  }
  const { mode, replicas } = partitioning;
  const most = mode === "mps" ? MPS_CLIENTS_MAX : 1000;
  if (!(Number.isInteger(replicas) && replicas >= 2 && replicas <= most))
    refuse(`${mode} replicas must be a whole number from 2 to ${most}, got ${replicas}`);
}
