import { childOf, type LocatedNode, placeOf, plainValue } from "../../diagnostics/located-node.js";
import { formatPath, type PathPart } from "../../diagnostics/field-path.js";
import type { Problem } from "../../diagnostics/problem.js";
import { parseQuantity } from "../formats/kubernetes-quantity.js";

/** Group and version of the instance types of AzureML's extension. */
export const INSTANCE_TYPE_API = "amlarc.azureml.com/v1alpha1";

/** What an AzureML job asks for by the name of an instance type. */
export interface InstanceType {
  readonly name: string;
  readonly requestsCpu: number;
  readonly requestsMemoryBytes: number;
  readonly limitsCpu: number;
  readonly limitsMemoryBytes: number;
  /** 0 without one. */
  readonly gpus: number;
}

const GPU = "nvidia.com/gpu";

/**
 * Reads one InstanceType: requests and limits of cpu and memory are mandatory and above zero, GPUs are whole and stand in
 * limits only.
 *
 * @param problems found ones are appended
 * @returns undefined when something is wrong with it
 * @see MicrosoftDocs/azure-docs articles/machine-learning/how-to-manage-kubernetes-instance-types.md
 */
export function readInstanceType(
  root: LocatedNode,
  path: readonly PathPart[],
  problems: Problem[],
): InstanceType | undefined {
  const before = problems.length;
  const report: Report = (where, node, rule, message) => {
    const at = formatPath([...path, ...where]);
    problems.push({ ...placeOf(node.origin), rule, path: at, message: `${at} ${message}` });
  };
  const name = plainOf(root, ["metadata", "name"]);
  if (typeof name !== "string" || name === "")
    report(["metadata", "name"], root, "missing-field", "is missing: jobs name it");
  const amount = (kind: "requests" | "limits", resource: "cpu" | "memory"): number => {
    const where = ["spec", "resources", kind, resource];
    const found = nodeOf(root, where);
    if (found === undefined) {
      const near = nodeOf(root, where.slice(0, -1)) ?? root;
      report(
        where,
        near,
        "missing-field",
        "is missing: requests and limits of cpu and memory are mandatory",
      );
      return 0;
    }
    const value = quantityOf(found);
    if (value !== undefined && value > 0) return value;
    report(where, found, "out-of-range", `must be an amount above zero, got ${textOf(found)}`);
    return 0;
  };
  const [requestsCpu, limitsCpu] = [amount("requests", "cpu"), amount("limits", "cpu")];
  const [requestsMemoryBytes, limitsMemoryBytes] = [
    amount("requests", "memory"),
    amount("limits", "memory"),
  ];
  for (const [resource, low, high] of [
    ["cpu", requestsCpu, limitsCpu],
    ["memory", requestsMemoryBytes, limitsMemoryBytes],
  ] as const) {
    const where = ["spec", "resources", "limits", resource];
    const found = nodeOf(root, where);
    if (low > 0 && high > 0 && high < low && found !== undefined)
      report(where, found, "out-of-range", "is below the request, which Kubernetes refuses");
  }
  const gpus = gpusOf(root, report);
  if (problems.length > before) return undefined;
  return {
    name: name as string,
    requestsCpu,
    requestsMemoryBytes,
    limitsCpu,
    limitsMemoryBytes,
    gpus,
  };
}

type Report = (
  where: readonly PathPart[],
  node: LocatedNode,
  rule: string,
  message: string,
) => void;

function gpusOf(root: LocatedNode, report: Report): number {
  const requested = ["spec", "resources", "requests", GPU];
  const inRequests = nodeOf(root, requested);
  if (inRequests !== undefined)
    report(
      requested,
      inRequests,
      "conflicting-fields",
      "must not be there: GPUs stand in limits only",
    );
  const limited = ["spec", "resources", "limits", GPU];
  const inLimits = nodeOf(root, limited);
  if (inLimits === undefined) return 0;
  const gpus = quantityOf(inLimits);
  if (gpus !== undefined && Number.isInteger(gpus) && gpus >= 0) return gpus;
  report(
    limited,
    inLimits,
    "out-of-range",
    `must be a whole number of GPUs, got ${textOf(inLimits)}`,
  );
  return 0;
}

/** The node at a path below another. */
export function nodeOf(root: LocatedNode, path: readonly PathPart[]): LocatedNode | undefined {
  let node: LocatedNode | undefined = root;
  for (const part of path) node = node === undefined ? undefined : childOf(node, part);
  return node;
}

/** The plain value at a path below a node. */
export function plainOf(root: LocatedNode, path: readonly PathPart[]): unknown {
  const node = nodeOf(root, path);
  return node === undefined ? undefined : plainValue(node);
}

/** A quantity of Kubernetes as a number, or undefined. */
export function quantityOf(node: LocatedNode): number | undefined {
  const value = plainValue(node);
  if (typeof value === "number") return value;
  return typeof value === "string" ? parseQuantity(value) : undefined;
}

function textOf(node: LocatedNode): string {
  return JSON.stringify(plainValue(node));
}
