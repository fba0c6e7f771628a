import type { LocatedNode } from "../../diagnostics/located-node.js";
import { placeOf } from "../../diagnostics/located-node.js";
import type { GpuMapping, GpuTypes } from "./group-nodes.js";
import { createGpuTypes } from "./group-nodes.js";
import type { Imported, ImportLog, ImportSource } from "./imported.js";
import { createImportLog, finishImport, present } from "./imported.js";
import { kubernetesObjects } from "./kubernetes-documents.js";
import { keepExpressible } from "./kueue-flavors.js";
import type { FoundFlavor, FoundOwner } from "./kueue-flavors.js";
import { readGroups, writtenGroups } from "./kueue-quotas.js";
import type { KubernetesObject } from "./located-fields.js";
import {
  at,
  fieldsAt,
  ignore,
  ignoreOthers,
  itemsAt,
  reject,
  textAt,
  wordAt,
  wordOf,
} from "./located-fields.js";

const VERSIONS = ["kueue.x-k8s.io/v1beta2", "kueue.x-k8s.io/v1beta1", "kueue.x-k8s.io/v1alpha1"];

interface Found {
  readonly log: ImportLog;
  readonly mapping: GpuMapping;
  readonly types: GpuTypes;
  readonly flavors: FoundFlavor[];
  readonly queues: FoundOwner[];
  readonly cohorts: FoundOwner[];
  fairSharing: { readonly strategies?: readonly string[] } | undefined;
}

/**
 * Reads Kueue's objects into the queue policy `fair-share` with its quotas.
 *
 * Understands ClusterQueue, Cohort and ResourceFlavor of v1beta1 and v1beta2 (and Cohort of v1alpha1), and
 * `fairSharing` of the manager's Configuration. Source of the fields: kubernetes-sigs/kueue
 * apis/kueue/{v1beta1,v1beta2}.
 *
 * @throws InputError with every problem of the file
 */
export function importKueue(
  sources: readonly ImportSource[],
  mapping: GpuMapping = new Map(),
): Imported {
  const log = createImportLog();
  const found: Found = {
    log,
    mapping,
    types: createGpuTypes(mapping, log),
    flavors: [],
    queues: [],
    cohorts: [],
    fairSharing: undefined,
  };
  const objects = sources.flatMap(kubernetesObjects);
  for (const object of objects) readObject(found, object);
  if (found.queues.length === 0 && log.problems.length === 0) {
    const message = "the file has no ClusterQueue, and a queue policy needs at least one";
    reject(log, objects[0]!.root, "missing-object", message);
  }
  const { flavors, queues, cohorts } = keepExpressible(found, log);
  const declared = found.types.declared();
  if (found.fairSharing === undefined) {
    log.notes.push(
      "no fairSharing in the input: preemption and admission are Kueue's classical ones; it stands in the Configuration of Kueue's manager, which can be imported with the other files",
    );
  }
  log.notes.push(
    "a job joins the queue that is named like its tenant; where your tenants are namespaces or users, rename queues or tenants",
  );
  const quotas = {
    flavors: flavors.map(({ name, gpu }) => ({ name, ...present({ gpu }) })),
    queues: queues.map(({ name, groups, fields }) => ({
      name,
      ...fields,
      groups: writtenGroups(groups),
    })),
    ...(cohorts.length === 0
      ? {}
      : {
          cohorts: cohorts.map(({ name, groups, fields }) => ({
            name,
            ...fields,
            ...(groups.length === 0 ? {} : { groups: writtenGroups(groups) }),
          })),
        }),
    ...(found.fairSharing === undefined ? {} : { fairSharing: found.fairSharing }),
  };
  if (declared.length > 0) {
    log.notes.push(`declare these GPU models in cluster.gpuModels: ${declared.join(", ")}`);
  }
  return finishImport(
    { policy: { queue: { name: "fair-share", queueBy: "tenant", quotas } } },
    log,
  );
}

function readObject(found: Found, object: KubernetesObject): void {
  const { log } = found;
  const { kind, apiVersion, root, name } = object;
  if (kind === "Configuration" && apiVersion.startsWith("config.kueue.x-k8s.io/")) {
    return readConfiguration(found, root);
  }
  if (!apiVersion.startsWith("kueue.x-k8s.io/")) {
    return ignore(log, root, `${kind} ${name}`, "is no object of Kueue");
  }
  if (!VERSIONS.includes(apiVersion)) {
    const message = `apiVersion must be one of ${VERSIONS.join(", ")}, got "${apiVersion}"`;
    return reject(log, at(root, "apiVersion") ?? root, "unknown-version", message, VERSIONS);
  }
  if (name === "") return reject(log, root, "missing-field", `the ${kind} lacks metadata.name`);
  switch (kind) {
    case "ClusterQueue":
      return readQueue(found, object);
    case "Cohort":
      return readCohort(found, object);
    case "ResourceFlavor":
      return readFlavor(found, object);
    default:
      return ignore(log, root, `${kind} ${name}`, whyIgnored(object));
  }
}

function whyIgnored({ kind, name, namespace, root }: KubernetesObject): string {
  switch (kind) {
    case "LocalQueue":
      return `jobs join queues by tenant: give the jobs of LocalQueue ${namespace}/${name} the tenant ${textAt(root, "spec.clusterQueue") ?? "of its ClusterQueue"}`;
    case "WorkloadPriorityClass":
      return `jobs carry their priority as a number; this class is ${textAt(root, "value") ?? "without a value"}`;
    case "Topology":
      return "a scenario has no racks or blocks: node groups are its only topology";
    case "AdmissionCheck":
      return "admission checks depend on other systems; jobs are admitted without them";
    case "Workload":
      return "is a job and no policy; import pods, or use a trace";
    default:
      return "has no counterpart in a scenario";
  }
}

function readFlavor(
  { log, mapping, types, flavors }: Found,
  { root, name }: KubernetesObject,
): void {
  const spec = at(root, "spec");
  const owner = `ResourceFlavor ${name}: spec`;
  const product = fieldsAt(spec, "nodeLabels").find(
    ([label]) => label === "nvidia.com/gpu.product" || label === "amd.com/gpu.product-name",
  )?.[1];
  for (const [label, node] of fieldsAt(spec, "nodeLabels")) {
    if (node === product) continue;
    ignore(
      log,
      node,
      `${owner}.nodeLabels ${label}`,
      "only the GPU product label tells flavors apart",
    );
  }
  const told = mapping.has(name) ? name : undefined;
  const label = product?.kind === "scalar" && product.value !== null ? String(product.value) : told;
  const gpu = told === undefined && label === undefined ? undefined : types.modelOf(told ?? label!);
  ignoreOthers(log, spec, {
    owner,
    read: ["nodeLabels"],
    why: {
      nodeTaints: "placement does not look at taints",
      tolerations: "placement does not look at taints",
      topologyName: "a scenario has no racks or blocks",
    },
  });
  flavors.push({ name, place: placeOf(root.origin), ...present({ gpu }) });
}

const STRATEGIES = { StrictFIFO: "strict-fifo", BestEffortFIFO: "best-effort-fifo" } as const;
/** v1beta1 says Borrow and Preempt, v1beta2 MayStopSearch, for the same choice. */
const WHEN_CAN_BORROW = {
  Borrow: "use-flavor",
  MayStopSearch: "use-flavor",
  TryNextFlavor: "try-next-flavor",
} as const;
const WHEN_CAN_PREEMPT = {
  Preempt: "use-flavor",
  MayStopSearch: "use-flavor",
  TryNextFlavor: "try-next-flavor",
} as const;
const PREFERENCES = {
  BorrowingOverPreemption: "borrowing",
  PreemptionOverBorrowing: "preemption",
} as const;
const PREEMPTIONS = {
  Never: "never",
  LowerPriority: "lower-priority",
  LowerOrNewerEqualPriority: "lower-or-newer-equal-priority",
} as const;
const RECLAIMS = { Never: "never", LowerPriority: "lower-priority", Any: "any" } as const;
const BORROWS = { Never: "never", LowerPriority: "lower-priority" } as const;
const STOPS = { None: "admits", Hold: "held", HoldAndDrain: "held" } as const;

function readQueue({ log, queues }: Found, { root, name }: KubernetesObject): void {
  const spec = at(root, "spec");
  const owner = `ClusterQueue ${name}`;
  const cohort = textAt(spec, "cohortName") ?? textAt(spec, "cohort");
  const stop = wordAt(log, spec, "stopPolicy", STOPS);
  const fungibility = present({
    whenCanBorrow: wordAt(log, spec, "flavorFungibility.whenCanBorrow", WHEN_CAN_BORROW),
    whenCanPreempt: wordAt(log, spec, "flavorFungibility.whenCanPreempt", WHEN_CAN_PREEMPT),
    preference: wordAt(log, spec, "flavorFungibility.preference", PREFERENCES),
  });
  queues.push({
    name,
    groups: readGroups(log, spec, owner),
    fields: present({
      cohort: cohort === "" ? undefined : cohort,
      strategy: wordAt(log, spec, "queueingStrategy", STRATEGIES),
      fungibility: Object.keys(fungibility).length === 0 ? undefined : fungibility,
      preemption: readPreemption(log, spec),
      fairWeight: weightAt(log, spec),
      held: stop === "held" ? true : undefined,
    }),
  });
  ignoreOthers(log, spec, {
    owner: `${owner}: spec`,
    read: [
      "cohort",
      "cohortName",
      "resourceGroups",
      "queueingStrategy",
      "flavorFungibility",
      "preemption",
      "fairSharing",
      "stopPolicy",
    ],
    why: {
      namespaceSelector: "jobs join queues by tenant, whatever their namespace",
      admissionChecks: "admission checks depend on other systems; jobs are admitted without them",
      admissionChecksStrategy:
        "admission checks depend on other systems; jobs are admitted without them",
      admissionScope: "admission fair sharing between LocalQueues is not simulated",
      concurrentAdmissionPolicy: "a job tries its flavors one after another",
    },
  });
}

function readPreemption(log: ImportLog, spec: LocatedNode | undefined): object | undefined {
  const policy = wordAt(log, spec, "preemption.borrowWithinCohort.policy", BORROWS);
  const threshold = at(spec, "preemption.borrowWithinCohort.maxPriorityThreshold");
  if (
    threshold !== undefined &&
    !(threshold.kind === "scalar" && Number.isInteger(threshold.value))
  ) {
    reject(log, threshold, "wrong-type", "maxPriorityThreshold must be a whole number");
  }
  const maxPriorityThreshold = threshold?.kind === "scalar" ? threshold.value : undefined;
  const preemption = present({
    withinQueue: wordAt(log, spec, "preemption.withinClusterQueue", PREEMPTIONS),
    reclaimWithinCohort: wordAt(log, spec, "preemption.reclaimWithinCohort", RECLAIMS),
    borrowWithinCohort:
      policy === undefined ? undefined : { policy, ...present({ maxPriorityThreshold }) },
  });
  return Object.keys(preemption).length === 0 ? undefined : preemption;
}

function readCohort({ log, cohorts }: Found, { root, name }: KubernetesObject): void {
  const spec = at(root, "spec");
  const parent = textAt(spec, "parentName") ?? textAt(spec, "parent");
  cohorts.push({
    name,
    groups: readGroups(log, spec, `Cohort ${name}`),
    fields: present({
      parent: parent === "" ? undefined : parent,
      fairWeight: weightAt(log, spec),
    }),
  });
  ignoreOthers(log, spec, {
    owner: `Cohort ${name}: spec`,
    read: ["parent", "parentName", "resourceGroups", "fairSharing"],
    why: {},
  });
}

/** A weight is a quantity: `2`, `"0.5"` or `500m`. */
function weightAt(log: ImportLog, spec: LocatedNode | undefined): number | undefined {
  const node = at(spec, "fairSharing.weight");
  if (node === undefined) return undefined;
  const match = /^(\d+(?:\.\d+)?)(m?)$/.exec(node.kind === "scalar" ? String(node.value) : "");
  if (match !== null) return Number(match[1]) / (match[2] === "m" ? 1000 : 1);
  reject(log, node, "not-a-quantity", "fairSharing.weight must be a number such as 2, 0.5 or 500m");
  return undefined;
}

const FAIR_STRATEGIES = {
  LessThanOrEqualToFinalShare: "less-than-or-equal-to-final-share",
  LessThanInitialShare: "less-than-initial-share",
} as const;

function readConfiguration(found: Found, root: LocatedNode): void {
  const { log } = found;
  const fair = at(root, "fairSharing");
  // v1beta1 has a switch; in v1beta2 the section itself is the switch.
  if (fair !== undefined && textAt(fair, "enable") !== "false") {
    const strategies = itemsAt(fair, "preemptionStrategies").flatMap((item) => {
      const word = wordOf(log, item, "preemptionStrategies", FAIR_STRATEGIES);
      return word === undefined ? [] : [word];
    });
    found.fairSharing = strategies.length === 0 ? {} : { strategies };
  }
  ignoreOthers(log, root, {
    owner: "Configuration",
    read: ["apiVersion", "kind", "metadata", "fairSharing"],
    why: {
      "": "settings of Kueue's manager beside fairSharing do not change who is admitted, or are not simulated",
    },
  });
}
