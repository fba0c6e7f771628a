import { isObject, objectsOf, scalarText } from "../reading/json-element.js";
import type { JsonObject } from "../reading/json-element.js";
import { parseQuantity } from "./kubernetes-quantity.js";

/** What the scheduler reserves for a pod. */
export interface KubernetesPodRequest {
  readonly cpuMilli: number;
  readonly memoryBytes: number;
  readonly gpus: number;
  /** MIG resources such as `nvidia.com/mig-1g.10gb`. */
  readonly migResources: readonly string[];
}

/** Whole GPUs under the names of their device plug-ins. */
const GPU_RESOURCES = ["nvidia.com/gpu", "amd.com/gpu", "gpu.intel.com/i915", "gpu.intel.com/xe"];

type Amounts = Map<string, number>;

/**
 * Requests of a pod: the larger of all containers together and the largest init container, plus overhead.
 *
 * Init containers with `restartPolicy: Always` (sidecars) run on beside the containers and are added. For
 * extended resources such as GPUs only the limit may be written; the request is then the same.
 *
 * @returns the text that is no quantity, when there is one
 */
export function podRequest(spec: JsonObject): KubernetesPodRequest | { readonly wrong: string } {
  const initContainers = objectsOf(spec.initContainers);
  const isSidecar = (container: JsonObject): boolean => container.restartPolicy === "Always";
  const steady = [...objectsOf(spec.containers), ...initContainers.filter(isSidecar)];
  const parsed = {
    steady: steady.map(amountsOf),
    init: initContainers.filter((container) => !isSidecar(container)).map(amountsOf),
    overhead: parseAmounts(spec.overhead),
  };
  const all = [...parsed.steady, ...parsed.init, parsed.overhead];
  const wrong = all.find((amounts) => typeof amounts === "string");
  if (wrong !== undefined) return { wrong };
  const [together, initial] = [parsed.steady, parsed.init].map((list) => list as Amounts[]);
  const total: Amounts = new Map();
  for (const amounts of together!) add(total, amounts);
  for (const amounts of initial!) {
    for (const [name, value] of amounts) total.set(name, Math.max(total.get(name) ?? 0, value));
  }
  add(total, parsed.overhead as Amounts);
  return {
    cpuMilli: Math.round((total.get("cpu") ?? 0) * 1000),
    memoryBytes: Math.ceil(total.get("memory") ?? 0),
    gpus: GPU_RESOURCES.reduce((sum, name) => sum + (total.get(name) ?? 0), 0),
    migResources: [...total.keys()].filter((name) => name.startsWith("nvidia.com/mig-")),
  };
}

function add(total: Amounts, amounts: Amounts): void {
  for (const [name, value] of amounts) total.set(name, (total.get(name) ?? 0) + value);
}

/** Requests of one container; where only the limit is written, the limit. */
function amountsOf(container: JsonObject): Amounts | string {
  const resources = isObject(container.resources) ? container.resources : {};
  const limits = parseAmounts(resources.limits);
  const requests = parseAmounts(resources.requests);
  if (typeof limits === "string") return limits;
  return typeof requests === "string" ? requests : new Map([...limits, ...requests]);
}

/** Amounts by name of the resource, or the text that is no quantity. */
function parseAmounts(value: unknown): Amounts | string {
  const amounts: Amounts = new Map();
  if (!isObject(value)) return amounts;
  for (const [name, given] of Object.entries(value)) {
    const amount = parseQuantity(scalarText(given));
    if (amount === undefined) return `${name}: ${scalarText(given)}`;
    amounts.set(name, amount);
  }
  return amounts;
}
