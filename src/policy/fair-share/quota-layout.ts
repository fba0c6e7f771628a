import { checkQuotaSpec } from "./check-quota-spec.js";
import type {
  CohortSpec,
  FairStrategy,
  FungibilityChoice,
  QuotaQueueSpec,
  QuotaResourceSpec,
  QuotaSpec,
  QueueingStrategy,
  ResourceGroupSpec,
} from "./quota-spec.js";
import { FAIR_STRATEGY_LISTS } from "./quota-spec.js";

/** A resource group of a queue with handles: the cells of every flavor, resource by resource. */
export interface QueueGroup {
  readonly resources: readonly number[];
  /** In the order they are tried. */
  readonly flavors: readonly { readonly flavor: number; readonly cells: readonly number[] }[];
}

/** The rules of one queue, defaults filled in. */
export interface QueueRules {
  readonly groups: readonly QueueGroup[];
  /** Index into `groups` by resource; -1 where the queue has no quota for it. */
  readonly groupOfResource: Int32Array;
  readonly strategy: QueueingStrategy;
  readonly whenCanBorrow: FungibilityChoice;
  readonly whenCanPreempt: FungibilityChoice;
  readonly preference: "borrowing" | "preemption";
  readonly withinQueue: "never" | "lower-priority" | "lower-or-newer-equal-priority";
  readonly reclaimWithinCohort: "never" | "lower-priority" | "any";
  readonly borrowWithinCohort: "never" | "lower-priority";
  readonly maxPriorityThreshold: number | undefined;
  readonly held: boolean;
}

/**
 * A quota spec with integer handles.
 *
 * Nodes of the tree: queues first, in spec order, then cohorts (described ones in spec order, then those
 * only named, in order of first mention). A cell is one resource in one flavor. Columns per node and cell
 * stand at `node * cellCount + cell`.
 */
export interface QuotaLayout {
  readonly resources: readonly QuotaResourceSpec[];
  readonly resourceNames: readonly string[];
  readonly flavorNames: readonly string[];
  /** GPU model behind each flavor; undefined where any node will do. */
  readonly flavorModels: readonly (string | undefined)[];
  readonly nodeNames: readonly string[];
  readonly queueCount: number;
  readonly nodeCount: number;
  readonly cellCount: number;
  readonly cellFlavor: Int32Array;
  readonly cellResource: Int32Array;
  /** -1 for a root. */
  readonly parent: Int32Array;
  readonly root: Int32Array;
  readonly childQueues: readonly (readonly number[])[];
  readonly childCohorts: readonly (readonly number[])[];
  /** Edges to the farthest queue below; 0 for a queue and for a cohort with nothing below. */
  readonly height: Int32Array;
  readonly fairWeight: Float64Array;
  readonly nominal: Float64Array;
  /** +Infinity: no limit. */
  readonly borrowingLimit: Float64Array;
  /** Quota of the subtree: its own nominal and what its children lend to it. */
  readonly subtreeQuota: Float64Array;
  /** Part of the subtree's quota that its lending limit keeps from the parent. */
  readonly localQuota: Float64Array;
  /** Largest amount the node could hold in an empty organisation. */
  readonly potential: Float64Array;
  /** Sum of `potential` over the flavors of a resource, at `node * resourceCount + resource`. */
  readonly lendable: Float64Array;
  readonly rules: readonly QueueRules[];
  /** Undefined: classical admission and preemption. */
  readonly fairStrategies: readonly FairStrategy[] | undefined;
}

/**
 * Compiles a spec: names to handles, limits to columns. O(nodes * cells).
 *
 * @throws RangeError with every fault `checkQuotaSpec` finds
 */
export function createQuotaLayout(spec: QuotaSpec): QuotaLayout {
  const faults = checkQuotaSpec(spec);
  if (faults.length > 0) {
    throw new RangeError(
      faults.map(({ path, message }) => `quota: ${path}: ${message}`).join("\n"),
    );
  }
  const tree = layOutTree(spec);
  const cells = layOutCells(spec);
  const columns = layOutColumns(spec, tree, cells);
  return {
    resources: spec.resources,
    resourceNames: spec.resources.map(({ name }) => name),
    flavorNames: spec.flavors.map(({ name }) => name),
    flavorModels: spec.flavors.map(({ gpuModel }) => gpuModel),
    ...tree,
    ...cells,
    ...columns,
    rules: spec.queues.map((queue) => rulesOf(spec, cells, queue)),
    fairStrategies:
      spec.fairSharing === undefined
        ? undefined
        : (spec.fairSharing.strategies ?? FAIR_STRATEGY_LISTS[0]!),
  };
}

type Tree = Pick<
  QuotaLayout,
  | "nodeNames"
  | "queueCount"
  | "nodeCount"
  | "parent"
  | "root"
  | "childQueues"
  | "childCohorts"
  | "height"
  | "fairWeight"
> & { readonly cohorts: readonly CohortSpec[]; readonly bottomUp: Int32Array };

function layOutTree(spec: QuotaSpec): Tree {
  const cohorts = allCohorts(spec);
  const queueCount = spec.queues.length;
  const nodeCount = queueCount + cohorts.length;
  const indexOf = new Map(cohorts.map(({ name }, index) => [name, queueCount + index]));
  const parentNames = [
    ...spec.queues.map(({ cohort }) => cohort),
    ...cohorts.map(({ parent }) => parent),
  ];
  const parent = Int32Array.from(parentNames, (name) =>
    name === undefined ? -1 : indexOf.get(name)!,
  );
  const depth = new Int32Array(nodeCount);
  const root = new Int32Array(nodeCount);
  for (let node = 0; node < nodeCount; node += 1) {
    let above = node;
    while (parent[above]! >= 0) {
      above = parent[above]!;
      depth[node]! += 1;
    }
    root[node] = above;
  }
  // Deepest first: a node is visited after everything below it.
  const bottomUp = Int32Array.from({ length: nodeCount }, (_, node) => node);
  bottomUp.sort((left, right) => depth[right]! - depth[left]! || left - right);
  const height = new Int32Array(nodeCount);
  for (const node of bottomUp) {
    const above = parent[node]!;
    if (above >= 0) height[above] = Math.max(height[above]!, height[node]! + 1);
  }
  const childrenBetween = (low: number, high: number): readonly (readonly number[])[] => {
    const lists: number[][] = Array.from({ length: nodeCount }, () => []);
    for (let node = low; node < high; node += 1)
      if (parent[node]! >= 0) lists[parent[node]!]!.push(node);
    return lists;
  };
  return {
    nodeNames: [...spec.queues, ...cohorts].map(({ name }) => name),
    queueCount,
    nodeCount,
    parent,
    root,
    childQueues: childrenBetween(0, queueCount),
    childCohorts: childrenBetween(queueCount, nodeCount),
    height,
    fairWeight: Float64Array.from(
      [...spec.queues, ...cohorts],
      ({ fairWeight }) => fairWeight ?? 1,
    ),
    cohorts,
    bottomUp,
  };
}

/** The described cohorts, then those that are only mentioned: they exist without quota and limits. */
function allCohorts(spec: QuotaSpec): readonly CohortSpec[] {
  const described = spec.cohorts ?? [];
  const mentioned = [
    ...spec.queues.map(({ cohort }) => cohort),
    ...described.map(({ parent }) => parent),
  ];
  const known = new Set(described.map(({ name }) => name));
  const missing = [...new Set(mentioned)].filter((name) => name !== undefined && !known.has(name));
  return [...described, ...missing.map((name) => ({ name: name! }))];
}

type Cells = Pick<QuotaLayout, "cellCount" | "cellFlavor" | "cellResource"> & {
  readonly cellAt: (flavor: string, resource: string) => number;
};

/** Cells in order of flavor, then resource; only those some quota names. */
function layOutCells(spec: QuotaSpec): Cells {
  const named = new Set<string>();
  for (const { groups = [] } of [...spec.queues, ...(spec.cohorts ?? [])]) {
    for (const { flavor, resources } of groups.flatMap((group) => group.flavors)) {
      for (const { resource } of resources) named.add(`${flavor}\n${resource}`);
    }
  }
  const cells: (readonly [flavor: number, resource: number])[] = [];
  const indexOf = new Map<string, number>();
  spec.flavors.forEach((flavor, flavorIndex) => {
    spec.resources.forEach((resource, resourceIndex) => {
      const key = `${flavor.name}\n${resource.name}`;
      if (!named.has(key)) return;
      indexOf.set(key, cells.length);
      cells.push([flavorIndex, resourceIndex]);
    });
  });
  return {
    cellCount: cells.length,
    cellFlavor: Int32Array.from(cells, ([flavor]) => flavor),
    cellResource: Int32Array.from(cells, ([, resource]) => resource),
    cellAt: (flavor, resource) => indexOf.get(`${flavor}\n${resource}`)!,
  };
}

type Columns = Pick<
  QuotaLayout,
  "nominal" | "borrowingLimit" | "subtreeQuota" | "localQuota" | "potential" | "lendable"
>;

function layOutColumns(spec: QuotaSpec, tree: Tree, cells: Cells): Columns {
  const { nodeCount, parent, bottomUp } = tree;
  const { cellCount, cellResource } = cells;
  const nominal = new Float64Array(nodeCount * cellCount);
  const borrowingLimit = new Float64Array(nodeCount * cellCount).fill(Number.POSITIVE_INFINITY);
  const lendingLimit = new Float64Array(nodeCount * cellCount).fill(Number.POSITIVE_INFINITY);
  const owners: readonly (QuotaQueueSpec | CohortSpec)[] = [...spec.queues, ...tree.cohorts];
  owners.forEach(({ groups = [] }, node) => {
    for (const { flavor, resources } of groups.flatMap((group) => group.flavors)) {
      for (const quota of resources) {
        const at = node * cellCount + cells.cellAt(flavor, quota.resource);
        nominal[at] = quota.nominal;
        borrowingLimit[at] = quota.borrowingLimit ?? Number.POSITIVE_INFINITY;
        lendingLimit[at] = quota.lendingLimit ?? Number.POSITIVE_INFINITY;
      }
    }
  });
  const subtreeQuota = nominal.slice();
  const localQuota = new Float64Array(nodeCount * cellCount);
  const potential = new Float64Array(nodeCount * cellCount);
  const lendable = new Float64Array(nodeCount * spec.resources.length);
  for (const node of bottomUp) {
    for (let cell = 0; cell < cellCount; cell += 1) {
      const at = node * cellCount + cell;
      localQuota[at] = Math.max(0, subtreeQuota[at]! - lendingLimit[at]!);
      if (parent[node]! >= 0)
        subtreeQuota[parent[node]! * cellCount + cell]! += subtreeQuota[at]! - localQuota[at]!;
    }
  }
  for (let index = nodeCount - 1; index >= 0; index -= 1) {
    const node = bottomUp[index]!;
    for (let cell = 0; cell < cellCount; cell += 1) {
      const at = node * cellCount + cell;
      const above = parent[node]! < 0 ? undefined : potential[parent[node]! * cellCount + cell]!;
      potential[at] =
        above === undefined
          ? subtreeQuota[at]!
          : Math.min(subtreeQuota[at]! + borrowingLimit[at]!, localQuota[at]! + above);
      lendable[node * spec.resources.length + cellResource[cell]!]! += potential[at]!;
    }
  }
  return { nominal, borrowingLimit, subtreeQuota, localQuota, potential, lendable };
}

function rulesOf(spec: QuotaSpec, cells: Cells, queue: QuotaQueueSpec): QueueRules {
  const { fungibility = {}, preemption = {} } = queue;
  const groupOfResource = new Int32Array(spec.resources.length).fill(-1);
  const resourceIndex = new Map(spec.resources.map(({ name }, index) => [name, index]));
  const flavorIndex = new Map(spec.flavors.map(({ name }, index) => [name, index]));
  const groupOf = (group: ResourceGroupSpec, index: number): QueueGroup => {
    const resources = group.resources.map((name) => resourceIndex.get(name)!);
    for (const resource of resources) groupOfResource[resource] = index;
    const flavors = group.flavors.map(({ flavor }) => ({
      flavor: flavorIndex.get(flavor)!,
      cells: group.resources.map((name) => cells.cellAt(flavor, name)),
    }));
    return { resources, flavors };
  };
  return {
    groups: queue.groups.map(groupOf),
    groupOfResource,
    strategy: queue.strategy ?? "best-effort-fifo",
    whenCanBorrow: fungibility.whenCanBorrow ?? "use-flavor",
    whenCanPreempt: fungibility.whenCanPreempt ?? "try-next-flavor",
    preference: fungibility.preference ?? "borrowing",
    withinQueue: preemption.withinQueue ?? "never",
    reclaimWithinCohort: preemption.reclaimWithinCohort ?? "never",
    borrowWithinCohort: preemption.borrowWithinCohort?.policy ?? "never",
    maxPriorityThreshold: preemption.borrowWithinCohort?.maxPriorityThreshold,
    held: queue.held ?? false,
  };
}
