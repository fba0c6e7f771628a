import type { LocatedNode } from "../../diagnostics/located-node.js";
import type { ImportLog } from "./imported.js";
import { at, ignore, ignoreOthers, itemsAt, reject, textAt } from "./located-fields.js";

/** A scorer with its options, as a scenario writes it. */
export interface ImportedScorer {
  readonly name: string;
  readonly resources?: readonly { readonly resource: string; readonly weight: number }[];
  readonly curve?: readonly { readonly utilization: number; readonly score: number }[];
  readonly skipUnrequestedGpu?: true;
}

/** Weight of each resource in a scoring strategy, by the names of scenarios, in the order written. */
type Weights = ReadonlyMap<string, number>;

const SCORERS: Readonly<Record<string, string>> = {
  LeastAllocated: "least-allocated",
  MostAllocated: "most-allocated",
  RequestedToCapacityRatio: "requested-to-capacity-ratio",
};
const RESOURCES: Readonly<Record<string, string>> = {
  cpu: "cpu",
  memory: "memory",
  "nvidia.com/gpu": "gpu",
  "amd.com/gpu": "gpu",
};
const WEIGHT_MAX = 100;
const UTILIZATION_MAX = 100;
const SCORE_MAX = 10;

/**
 * The scorer of `NodeResourcesFitArgs`, with the same resources, weights and curve.
 *
 * GPUs are left out for pods that ask for none, as kube does since 1.22. Source:
 * https://kubernetes.io/docs/concepts/scheduling-eviction/resource-bin-packing/.
 */
export function fitScorer(log: ImportLog, args: LocatedNode | undefined): ImportedScorer {
  const strategy = at(args, "scoringStrategy");
  const type = textAt(strategy, "type") ?? "LeastAllocated";
  const name = Object.hasOwn(SCORERS, type) ? SCORERS[type] : undefined;
  if (name === undefined) {
    const allowed = Object.keys(SCORERS);
    reject(
      log,
      at(strategy, "type")!,
      "unknown-name",
      `scoringStrategy.type must be one of ${allowed.join(", ")}, got "${type}"`,
      allowed,
    );
    return { name: "least-allocated" };
  }
  ignoreOthers(log, args, {
    owner: "NodeResourcesFit.args",
    read: ["apiVersion", "kind", "scoringStrategy"],
    why: { "": "every resource a job asks for must fit" },
  });
  const weights = weightsOf(log, strategy);
  const isRatio = name === "requested-to-capacity-ratio";
  const curve = isRatio ? curveOf(log, strategy) : undefined;
  // CPU and memory alike is what two of the scorers do by themselves.
  const isPlain = weights.size === 2 && weights.get("cpu") === weights.get("memory");
  return {
    name,
    ...(isPlain && !isRatio
      ? {}
      : { resources: Array.from(weights, ([resource, weight]) => ({ resource, weight })) }),
    ...(curve === undefined ? {} : { curve }),
    ...(weights.has("gpu") ? { skipUnrequestedGpu: true } : {}),
  };
}

/** kube's own choice where the file lists none. */
const CPU_AND_MEMORY: Weights = new Map([
  ["cpu", 1],
  ["memory", 1],
]);

function weightsOf(log: ImportLog, strategy: LocatedNode | undefined): Weights {
  const resources = itemsAt(strategy, "resources");
  if (resources.length === 0) return CPU_AND_MEMORY;
  const weights = new Map<string, number>();
  for (const item of resources) {
    const name = textAt(item, "name") ?? "";
    const weight = wholeNumber(log, at(item, "weight"), {
      what: `the weight of ${name}`,
      low: 1,
      high: WEIGHT_MAX,
      absent: 1,
    });
    const resource = Object.hasOwn(RESOURCES, name) ? RESOURCES[name]! : undefined;
    const path = `scoringStrategy.resources ${name}`;
    if (resource === undefined)
      ignore(log, item, path, "scorers look at CPU, memory and GPUs only");
    else if (weights.has(resource))
      ignore(log, item, path, `${resource} stands in the list already; the first weight is used`);
    else weights.set(resource, weight);
  }
  return weights.size === 0 ? CPU_AND_MEMORY : weights;
}

/** The corners of the file; undefined for kube's bin packing, which is the scorer's own curve. */
function curveOf(log: ImportLog, strategy: LocatedNode | undefined): ImportedScorer["curve"] {
  const points = itemsAt(strategy, "requestedToCapacityRatio.shape");
  if (points.length === 0) return undefined;
  const curve = points.map((point) => ({
    utilization: wholeNumber(log, at(point, "utilization"), {
      what: "utilization",
      low: 0,
      high: UTILIZATION_MAX,
      absent: 0,
    }),
    score: wholeNumber(log, at(point, "score"), {
      what: "score",
      low: 0,
      high: SCORE_MAX,
      absent: 0,
    }),
  }));
  curve.forEach(({ utilization }, index) => {
    const before = curve[index - 1]?.utilization;
    if (before === undefined || utilization > before) return;
    const message = `utilization must rise from point to point, got ${utilization} after ${before}`;
    reject(log, points[index]!, "out-of-range", message);
  });
  return curve;
}

function wholeNumber(
  log: ImportLog,
  node: LocatedNode | undefined,
  range: {
    readonly what: string;
    readonly low: number;
    readonly high: number;
    readonly absent: number;
  },
): number {
  if (node === undefined) return range.absent;
  const value = node.kind === "scalar" ? node.value : undefined;
  if (
    typeof value === "number" &&
    Number.isInteger(value) &&
    value >= range.low &&
    value <= range.high
  )
    return value;
  const message = `${range.what} must be a whole number from ${range.low} to ${range.high}`;
  reject(log, node, "out-of-range", message);
  return range.low;
}
