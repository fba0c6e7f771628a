import type { LocatedNode } from "../../diagnostics/located-node.js";
import { placeOf } from "../../diagnostics/located-node.js";
import { parseQuantity } from "../../workload/formats/kubernetes-quantity.js";
import type { ImportLog } from "./imported.js";
import { coresText, sizeText } from "./imported.js";
import { at, ignore, ignoreOthers, itemsAt, reject, textAt } from "./located-fields.js";

/** Quota of one resource in whole units: GPUs, thousandths of a core, bytes, pods. */
export interface FoundQuota {
  readonly resource: string;
  readonly nominal: number;
  readonly borrowingLimit?: number;
  readonly lendingLimit?: number;
}

/** A resource group, and where it is written. */
export interface FoundGroup {
  readonly resources: readonly string[];
  readonly flavors: readonly {
    readonly flavor: string;
    readonly resources: readonly FoundQuota[];
  }[];
  readonly file: string;
  readonly line: number;
  /** Such as `ClusterQueue vision: resourceGroups[0]`. */
  readonly path: string;
}

/** Resource groups as a scenario writes them. */
export function writtenGroups(groups: readonly FoundGroup[]): readonly unknown[] {
  return groups.map(({ resources, flavors }) => ({
    resources,
    flavors: flavors.map(({ flavor, resources: quotas }) => ({
      flavor,
      resources: quotas.map(({ resource, ...amounts }) => ({
        resource,
        ...Object.fromEntries(
          Object.entries(amounts).map(([field, amount]) => [
            field,
            writtenAmount(resource, amount),
          ]),
        ),
      })),
    })),
  }));
}

function writtenAmount(resource: string, amount: number): number | string {
  if (resource === "cpu") return coresText(amount);
  return resource === "memory" ? sizeText(amount) : amount;
}

const RESOURCE_NAMES: Readonly<Record<string, string>> = {
  "nvidia.com/gpu": "gpu",
  "amd.com/gpu": "gpu",
  cpu: "cpu",
  memory: "memory",
  pods: "pods",
};

/** Reads `resourceGroups` of a ClusterQueue or Cohort. */
export function readGroups(
  log: ImportLog,
  spec: LocatedNode | undefined,
  owner: string,
): readonly FoundGroup[] {
  const seen = new Set<string>();
  return itemsAt(spec, "resourceGroups").flatMap((group, index): FoundGroup[] => {
    const path = `${owner}: resourceGroups[${index}]`;
    const covered = new Map<string, string>();
    for (const item of itemsAt(group, "coveredResources")) {
      const written = item.kind === "scalar" ? String(item.value) : "";
      const resource = RESOURCE_NAMES[written];
      if (resource === undefined) {
        ignore(log, item, `${path}.coveredResources ${written}`, whyNot(written));
      } else if (seen.has(resource)) {
        const why = `the resource ${resource} has a quota already; a scenario knows one kind of GPU resource`;
        ignore(log, item, `${path}.coveredResources ${written}`, why);
      } else {
        seen.add(resource);
        covered.set(written, resource);
      }
    }
    if (covered.size === 0) return [];
    const flavors = itemsAt(group, "flavors").map((flavor) => ({
      flavor: textAt(flavor, "name") ?? "",
      resources: itemsAt(flavor, "resources").flatMap((quota) =>
        readQuota(log, quota, covered, path),
      ),
    }));
    ignoreOthers(log, group, { owner: path, read: ["coveredResources", "flavors"], why: {} });
    const { file, line = 1 } = placeOf(group.origin);
    return [{ resources: [...covered.values()], flavors, file, line, path }];
  });
}

function whyNot(resource: string): string {
  return resource.startsWith("nvidia.com/mig-")
    ? "quotas of MIG slices cannot be written: jobs ask for whole GPUs or shares of one"
    : "a scenario has quotas of GPUs, CPU, memory and pods only";
}

function readQuota(
  log: ImportLog,
  quota: LocatedNode,
  covered: ReadonlyMap<string, string>,
  path: string,
): FoundQuota[] {
  const written = textAt(quota, "name") ?? "";
  const resource = covered.get(written);
  // One that the group does not cover was listed there.
  if (resource === undefined) return [];
  const read = (field: string): number | undefined => amountAt(log, quota, field, resource);
  const nominal = read("nominalQuota");
  if (nominal === undefined && at(quota, "nominalQuota") === undefined) {
    reject(log, quota, "missing-field", `the quota of ${written} lacks nominalQuota`);
  }
  const borrowingLimit = read("borrowingLimit");
  const lendingLimit = read("lendingLimit");
  ignoreOthers(log, quota, {
    owner: `${path} ${written}`,
    read: ["name", "nominalQuota", "borrowingLimit", "lendingLimit"],
    why: {},
  });
  return [
    {
      resource,
      nominal: nominal ?? 0,
      ...(borrowingLimit === undefined ? {} : { borrowingLimit }),
      ...(lendingLimit === undefined ? {} : { lendingLimit }),
    },
  ];
}

function amountAt(
  log: ImportLog,
  quota: LocatedNode,
  field: string,
  resource: string,
): number | undefined {
  const node = at(quota, field);
  if (node === undefined) return undefined;
  const text = node.kind === "scalar" ? String(node.value) : "";
  const value = parseQuantity(text);
  const unit = resource === "cpu" ? 1000 : 1;
  const amount = value === undefined ? Number.NaN : Math.round(value * unit);
  const isExact = value !== undefined && Math.abs(value * unit - amount) < 1e-6;
  if (!isExact || !Number.isSafeInteger(amount)) {
    reject(
      log,
      node,
      "not-a-quantity",
      `${field} must be a Kubernetes quantity such as 8, 500m or 64Gi (whole for ${resource}), got "${text}"`,
    );
    return undefined;
  }
  return amount;
}
