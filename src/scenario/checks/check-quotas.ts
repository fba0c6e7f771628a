import type { PathPart } from "../../diagnostics/field-path.js";
import { formatPath } from "../../diagnostics/field-path.js";
import type { CheckContext } from "../check-context.js";
import { resolveQuotas } from "../resolve-quotas.js";
import type { ScenarioSpec } from "../schema/scenario-schema.js";
import { quotasOf } from "../schema/policy-schema.js";
import { gpuNamesOf } from "./check-cluster.js";

const QUOTAS = ["policy", "queue", "quotas"] as const;

/** What quotas must be together, beyond what the schema says of each field. */
export function checkQuotas(context: CheckContext, spec: ScenarioSpec): void {
  const quotas = quotasOf(spec.policy.queue);
  if (quotas === undefined) return;
  for (const fault of resolveQuotas(quotas, gpuNamesOf(context)).faults) {
    const path = [...QUOTAS, ...partsOf(fault.path)];
    context.report({ path, rule: "bad-quotas", message: `${formatPath(path)}: ${fault.message}` });
  }
}

/** `queues[1].groups[0]` as a path. */
function partsOf(path: string): readonly PathPart[] {
  return [...path.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map(([text, index]) =>
    index === undefined ? text : Number(index),
  );
}
