import { deepestNode } from "../../diagnostics/located-node.js";
import { randomGpuSelector } from "../../policy/placement/devices/random-gpu.js";
import { findPlacementPolicy } from "../../policy/placement/policies.js";
import { randomNode } from "../../policy/placement/scorers/random-node.js";
import type { CheckContext } from "../check-context.js";
import { DEFAULTS, LIMITS } from "../defaults.js";
import { isGiven } from "../report-issues.js";
import type { ScenarioSpec } from "../schema/scenario-schema.js";

const REPLICATIONS = ["run", "replications"] as const;
const PRECISION = ["run", "precision"] as const;
const INTERVAL = ["run", "interval"] as const;
const WARM_UP = ["run", "warmup"] as const;

/** Fields that decide which random numbers a run sees and what is measured: base and variants must agree. */
const SHARED = ["replications", "confidence", "warmup", "precision", "interval"] as const;

/** What the fields of a run must be together. */
export function checkRun(context: CheckContext): void {
  checkShared(context);
  const replications = context.valueAt(REPLICATIONS) ?? DEFAULTS.replications;
  const batchMeans = context.valueAt(INTERVAL) === "batch-means";
  if (typeof replications !== "number") return;
  if (batchMeans && replications > 1) {
    context.report({
      path: INTERVAL,
      rule: "conflicting-fields",
      message: `run.interval batch-means is for one long run, and run.replications asks for ${replications}`,
      help: "leave one of them out",
    });
  }
  const least = LIMITS.replicationsForPrecisionMin;
  if (isGiven(context, PRECISION) && replications < least) {
    context.report({
      path: PRECISION,
      part: "key",
      rule: "incomplete-fields",
      message: `run.precision needs run.replications of at least ${least}, the most that may be run, got ${replications}`,
    });
  }
  const isSteady = isGiven(context, ["workload", "generate"]) || batchMeans;
  if (context.valueAt(WARM_UP) === "auto" && !isSteady) {
    context.report({
      path: WARM_UP,
      rule: "incomplete-fields",
      message:
        "run.warmup auto is for a workload that goes on as it began (workload.generate, or run.interval batch-means); a trace is one history that starts and ends, and all of it counts",
      help: "leave run.warmup out, or give it a duration",
    });
  }
}

function checkShared(context: CheckContext): void {
  for (const field of SHARED) {
    const path = ["run", field];
    if (!isGiven(context, path)) continue;
    if (deepestNode(context.root, path).variant === undefined) continue;
    context.report({
      path,
      part: "key",
      rule: "conflicting-fields",
      message: `run.${field} is the same for the base and all variants, so that they see the same random numbers; it cannot be set by one of them`,
    });
  }
}

/** True when two runs with different random streams can differ. */
export function isRandom({ workload, policy, faults }: ScenarioSpec): boolean {
  if (faults?.preset !== undefined || (faults?.components?.length ?? 0) > 0) return true;
  if (workload.generate !== undefined) return true;
  if (workload.services?.some(({ traffic }) => traffic.trace === undefined) === true) return true;
  if (workload.load !== undefined && workload.load !== DEFAULTS.load) return true;
  const { placement } = policy;
  const names =
    typeof placement === "string"
      ? [placement]
      : [placement.name ?? "", ...(placement.scorers ?? []).map(({ name }) => name)];
  return names.some((name) => {
    const found = findPlacementPolicy(name);
    if (found === undefined) return false;
    // Weighted scorers take the GPU with the least free; only a policy as a whole brings its own choice of GPU.
    const isWhole = typeof placement === "string" || placement.name !== undefined;
    const drawsGpus = isWhole && found.deviceSelector === randomGpuSelector;
    return drawsGpus || found.scorers.some(({ scorer }) => scorer === randomNode);
  });
}
