import { childOf, type LocatedNode, placeOf } from "../../diagnostics/located-node.js";
import { InputError, type Problem } from "../../diagnostics/problem.js";
import { parseYamlDocuments } from "../../diagnostics/yaml-documents.js";
import { parseYaml } from "../../diagnostics/yaml-source.js";
import {
  INSTANCE_TYPE_API,
  nodeOf,
  plainOf,
  quantityOf,
  readInstanceType,
  type InstanceType,
} from "./instance-types.js";

/** A quota of a namespace, as far as it limits what instances take. */
export interface NamespaceQuota {
  readonly namespace: string;
  readonly name: string;
  /** By the name in `spec.hard`: cores, bytes, GPUs, pods. */
  readonly hard: Readonly<Record<string, number>>;
}

/** How many instances of a type a namespace has room for. */
export interface QuotaFit {
  readonly namespace: string;
  readonly quota: string;
  readonly instanceType: string;
  readonly instances: number;
  /** What runs out first; null where the quota limits none of it. */
  readonly limitedBy: string | null;
}

/** Something that will not work although every manifest is in order. */
export interface AzureMlLint {
  readonly rule: "scale-from-zero";
  readonly file: string;
  readonly line: number | null;
  readonly message: string;
  readonly help: string;
  readonly source: string;
}

/** What was found in manifests of AzureML on Kubernetes. */
export interface AzureMlCheck {
  readonly instanceTypes: readonly InstanceType[];
  readonly quotas: readonly NamespaceQuota[];
  readonly fits: readonly QuotaFit[];
  readonly lints: readonly AzureMlLint[];
}

const VOLCANO_SOURCE =
  "microsoft/physical-ai-toolchain volcano-scheduler-config-scale-from-zero.conf";
/** Plugins of Volcano that let a job into the queue only against nodes that are ready. */
const ENQUEUE_PLUGINS = ["overcommit", "proportion"];

/**
 * Checks instance types, namespace quotas and the configuration of Volcano's scheduler.
 *
 * @param options.scalesFromZero pools of GPU nodes may have no node
 * @throws InputError with every problem of all files
 */
export function checkAzureMl(
  sources: readonly { readonly file: string; readonly text: string }[],
  options: { readonly scalesFromZero: boolean },
): AzureMlCheck {
  const instanceTypes: InstanceType[] = [];
  const quotas: NamespaceQuota[] = [];
  const lints: AzureMlLint[] = [];
  const problems: Problem[] = [];
  for (const { file, text } of sources) {
    for (const root of parseYamlDocuments(file, text)) {
      const kind = plainOf(root, ["kind"]);
      if (kind === "InstanceType" || kind === "InstanceTypeList")
        instanceTypes.push(...typesOf(root, problems));
      else if (kind === "ResourceQuota") quotas.push(quotaOf(root, problems));
      else if (kind === "ConfigMap" && options.scalesFromZero)
        lints.push(...volcanoLints(root, file));
    }
  }
  if (problems.length === 0 && instanceTypes.length + quotas.length + lints.length === 0)
    problems.push({
      file: sources[0]?.file ?? "",
      rule: "no-manifest",
      message: `nothing of AzureML was found: InstanceType and InstanceTypeList (${INSTANCE_TYPE_API}), ResourceQuota, and with --scale-from-zero the ConfigMap of Volcano's scheduler`,
    });
  if (problems.length > 0) throw new InputError(problems);
  const fits = quotas.flatMap((quota) => instanceTypes.map((type) => fitOf(quota, type)));
  return { instanceTypes, quotas, fits, lints };
}

function typesOf(root: LocatedNode, problems: Problem[]): readonly InstanceType[] {
  const version = plainOf(root, ["apiVersion"]);
  if (version !== INSTANCE_TYPE_API) {
    const node = childOf(root, "apiVersion") ?? root;
    problems.push({
      ...placeOf(node.origin),
      rule: "unknown-name",
      path: "apiVersion",
      message: `apiVersion must be ${INSTANCE_TYPE_API}, got ${JSON.stringify(version ?? null)}`,
      allowed: [INSTANCE_TYPE_API],
    });
    return [];
  }
  const items = childOf(root, "items");
  const entries =
    items?.kind === "list"
      ? items.items.map((item, index) => ({ item, path: ["items", index] }))
      : [{ item: root, path: [] }];
  return entries.flatMap(({ item, path }) => readInstanceType(item, path, problems) ?? []);
}

function quotaOf(root: LocatedNode, problems: Problem[]): NamespaceQuota {
  const hard: Record<string, number> = {};
  const node = nodeOf(root, ["spec", "hard"]);
  if (node?.kind === "map")
    for (const [name, value] of node.entries) {
      const amount = quantityOf(value);
      if (amount !== undefined && amount >= 0) hard[name] = amount;
      else
        problems.push({
          ...placeOf(value.origin),
          rule: "out-of-range",
          path: `spec.hard.${name}`,
          message: `spec.hard.${name} must be an amount of at least 0`,
        });
    }
  const textOf = (path: readonly string[]): string => {
    const value = plainOf(root, path);
    return typeof value === "string" ? value : "default";
  };
  return { namespace: textOf(["metadata", "namespace"]), name: textOf(["metadata", "name"]), hard };
}

function fitOf({ namespace, name, hard }: NamespaceQuota, type: InstanceType): QuotaFit {
  const needs: Readonly<Record<string, number>> = {
    "requests.cpu": type.requestsCpu,
    cpu: type.requestsCpu,
    "requests.memory": type.requestsMemoryBytes,
    memory: type.requestsMemoryBytes,
    "limits.cpu": type.limitsCpu,
    "limits.memory": type.limitsMemoryBytes,
    "requests.nvidia.com/gpu": type.gpus,
    pods: 1,
  };
  let instances = Infinity;
  let limitedBy: string | null = null;
  for (const [resource, limit] of Object.entries(hard)) {
    const need = needs[resource] ?? 0;
    if (need === 0) continue;
    const room = Math.floor(limit / need + 1e-9);
    if (room < instances) [instances, limitedBy] = [room, resource];
  }
  return { namespace, quota: name, instanceType: type.name, instances, limitedBy };
}

/** A configuration that lets jobs in only against ready nodes never asks for the first node of an empty pool. */
function volcanoLints(root: LocatedNode, file: string): readonly AzureMlLint[] {
  const data = childOf(root, "data");
  if (data?.kind !== "map") return [];
  const lints: AzureMlLint[] = [];
  for (const [key, node] of data.entries) {
    const text = node.kind === "scalar" ? node.value : undefined;
    if (typeof text !== "string" || !key.endsWith(".conf")) continue;
    const configuration = parseYaml(`${file} (${key})`, text);
    const actions = String(plainOf(configuration, ["actions"]) ?? "");
    const found = ENQUEUE_PLUGINS.filter((name) => pluginsOf(configuration).includes(name));
    if (found.length === 0 || !/\benqueue\b/.test(actions)) continue;
    lints.push({
      rule: "scale-from-zero",
      file,
      line: placeOf(node.origin).line ?? null,
      message: `${key}: ${found.join(" and ")} let${found.length === 1 ? "s" : ""} a job into the queue only against nodes that are ready; with GPU pools at zero nodes the job is never queued, no pod is pending, and the autoscaler never adds the first node`,
      help: `take ${found.join(" and ")} out of tiers[].plugins, or keep one node in every GPU pool`,
      source: VOLCANO_SOURCE,
    });
  }
  return lints;
}

function pluginsOf(configuration: LocatedNode): readonly string[] {
  const tiers = plainOf(configuration, ["tiers"]);
  if (!Array.isArray(tiers)) return [];
  return tiers.flatMap((tier: unknown) => {
    const plugins = (tier as { readonly plugins?: unknown } | null)?.plugins;
    if (!Array.isArray(plugins)) return [];
    return plugins.flatMap((plugin: unknown) => {
      const name = (plugin as { readonly name?: unknown } | null)?.name;
      return typeof name === "string" ? [name] : [];
    });
  });
}
