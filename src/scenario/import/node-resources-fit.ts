import type { LocatedNode } from "../../diagnostics/located-node.js";
import type { ImportLog } from "./imported.js";
import { at, ignore, ignoreOthers, itemsAt, reject, textAt } from "./located-fields.js";

/** Weights of the resources in a scoring strategy. */
type Weights = Readonly<Record<"cpu" | "memory" | "gpu", number>>;

/** What Headroom's scorers weigh; those without GPUs are kube's own defaults. */
const SCORERS = {
  LeastAllocated: {
    plain: "least-allocated",
    withGpus: "spread",
    weights: { gpu: 8, cpu: 1, memory: 1 },
  },
  MostAllocated: {
    plain: "most-allocated",
    withGpus: "pack",
    weights: { gpu: 8, cpu: 1, memory: 1 },
  },
  RequestedToCapacityRatio: {
    plain: "requested-to-capacity-ratio",
    withGpus: "requested-to-capacity-ratio",
    weights: { gpu: 3, cpu: 1, memory: 1 },
  },
} as const;

/**
 * The scorer of `NodeResourcesFitArgs`; what it does differently from the file is listed.
 *
 * Source: https://kubernetes.io/docs/concepts/scheduling-eviction/resource-bin-packing/.
 */
export function fitScorer(log: ImportLog, args: LocatedNode | undefined): string {
  const strategy = at(args, "scoringStrategy");
  const typeNode = at(strategy, "type");
  const type = textAt(strategy, "type") ?? "LeastAllocated";
  if (!Object.hasOwn(SCORERS, type)) {
    const allowed = Object.keys(SCORERS);
    reject(
      log,
      typeNode!,
      "unknown-name",
      `scoringStrategy.type must be one of ${allowed.join(", ")}, got "${type}"`,
      allowed,
    );
    return "least-allocated";
  }
  ignoreOthers(log, args, {
    owner: "NodeResourcesFit.args",
    read: ["apiVersion", "kind", "scoringStrategy"],
    why: { "": "every resource a job asks for must fit" },
  });
  const scorer = SCORERS[type as keyof typeof SCORERS];
  const weights = weightsOf(log, strategy);
  const isRatio = type === "RequestedToCapacityRatio";
  const usesGpus = weights.gpu > 0 || isRatio;
  const used: Weights = usesGpus ? scorer.weights : { cpu: 1, memory: 1, gpu: 0 };
  if (!isSameRatio(weights, used)) {
    const name = usesGpus ? scorer.withGpus : scorer.plain;
    const place = at(strategy, "resources") ?? strategy;
    const why = `${name} weighs ${weightText(used)}, the file ${weightText(weights)}: nodes may rank differently`;
    if (place !== undefined) ignore(log, place, "scoringStrategy.resources", why);
  }
  if (isRatio) checkShape(log, strategy);
  return usesGpus ? scorer.withGpus : scorer.plain;
}

function weightText({ cpu, memory, gpu }: Weights): string {
  return `gpu ${gpu}, cpu ${cpu}, memory ${memory}`;
}

function isSameRatio(left: Weights, right: Weights): boolean {
  return (
    left.cpu * right.memory === right.cpu * left.memory &&
    left.cpu * right.gpu === right.cpu * left.gpu &&
    left.cpu > 0 &&
    left.memory > 0
  );
}

function weightsOf(log: ImportLog, strategy: LocatedNode | undefined): Weights {
  const resources = itemsAt(strategy, "resources");
  if (resources.length === 0) return { cpu: 1, memory: 1, gpu: 0 };
  const weights = { cpu: 0, memory: 0, gpu: 0 };
  for (const item of resources) {
    const name = textAt(item, "name") ?? "";
    const written = at(item, "weight");
    const value = written?.kind === "scalar" ? written.value : 1;
    if (typeof value !== "number" || !Number.isInteger(value) || value < 1 || value > 100) {
      reject(
        log,
        written!,
        "out-of-range",
        `the weight of ${name} must be a whole number from 1 to 100`,
      );
      continue;
    }
    if (name === "cpu" || name === "memory") weights[name] = value;
    else if (name === "nvidia.com/gpu" || name === "amd.com/gpu") weights.gpu = value;
    else
      ignore(
        log,
        item,
        `scoringStrategy.resources ${name}`,
        "scorers look at CPU, memory and GPUs only",
      );
  }
  return weights;
}

/** Headroom's curve is bin packing: 0 at 0 %, 10 at 100 %. */
function checkShape(log: ImportLog, strategy: LocatedNode | undefined): void {
  const shape = at(strategy, "requestedToCapacityRatio.shape");
  const points = itemsAt(strategy, "requestedToCapacityRatio.shape").map(
    (point) => `${textAt(point, "utilization") ?? "?"}:${textAt(point, "score") ?? "?"}`,
  );
  if (shape === undefined || points.join(" ") === "0:0 100:10") return;
  const why = `the scorer's curve is bin packing (0 % scores 0, 100 % scores 10), the file's is ${points.join(", ")}: nodes rank differently`;
  ignore(log, shape, "requestedToCapacityRatio.shape", why);
}
