import { formatDuration } from "../../base/units.js";
import { formatQuantity } from "./format-quantity.js";
import type { ReplicationsResult } from "./result-document.js";

/** What figures are, for a sentence: "means of 20 replications after a warm-up of 2 d". */
export function replicationWords({ method, count, warmUp }: ReplicationsResult): string {
  const after =
    warmUp === null || warmUp.endS === 0
      ? ""
      : ` after a warm-up of ${formatDuration(warmUp.endS)}`;
  if (method === "batch-means") return `one run in batches${after}`;
  return count === 1 ? `one run${after}` : `means of ${count} replications${after}`;
}

/** The confidence of intervals, for a sentence: "95 % confidence"; undefined when there are none. */
export function confidenceWords(replications: ReplicationsResult | undefined): string | undefined {
  if (replications === undefined) return undefined;
  const { method, count, confidence } = replications;
  if (method === "replications" && count < 2) return undefined;
  return `${formatQuantity(confidence, "share")} confidence`;
}
