import type { PreemptionReason } from "../preemption-attempt.js";
import type {
  CohortSpec,
  FairStrategy,
  QuotaQueueSpec,
  QuotaSpec,
  ResourceGroupSpec,
} from "../quota-spec.js";
import type { QuotaTree } from "../quota-tree.js";
import { createQuotaTree } from "../quota-tree.js";

/** A node with quota of one resource in one flavor, in cores; for tests. */
export interface SmallNode {
  readonly cores?: number;
  readonly borrowingLimit?: number;
  readonly lendingLimit?: number;
  readonly weight?: number;
}

/** A queue of a small tree. */
export interface SmallQueue extends SmallNode {
  readonly cohort?: string;
  readonly within?: "lower-priority" | "lower-or-newer-equal-priority";
  readonly reclaim?: "lower-priority" | "any";
  /** `borrowWithinCohort` for lower priorities up to this one. */
  readonly borrowUpTo?: number;
}

/** A cohort of a small tree. */
export interface SmallCohort extends SmallNode {
  readonly parent?: string;
}

/** Spec with the resource `cpu` in the flavor `default`. */
export function smallSpec(
  queues: Readonly<Record<string, SmallQueue>>,
  cohorts: Readonly<Record<string, SmallCohort>> = {},
  fair?: readonly FairStrategy[] | "all",
): QuotaSpec {
  return {
    resources: [{ name: "cpu", unit: "cpu-milli" }],
    flavors: [{ name: "default" }],
    queues: Object.entries(queues).map(([name, queue]) => queueSpec(name, queue)),
    cohorts: Object.entries(cohorts).map(([name, cohort]) => cohortSpec(name, cohort)),
    ...(fair === undefined ? {} : { fairSharing: fair === "all" ? {} : { strategies: fair } }),
  };
}

function queueSpec(name: string, queue: SmallQueue): QuotaQueueSpec {
  const { cohort, weight, within, reclaim, borrowUpTo } = queue;
  return {
    name,
    groups: groupsOf(queue),
    preemption: {
      withinQueue: within ?? "never",
      reclaimWithinCohort: reclaim ?? "never",
      ...(borrowUpTo === undefined
        ? {}
        : { borrowWithinCohort: { policy: "lower-priority", maxPriorityThreshold: borrowUpTo } }),
    },
    ...(cohort === undefined ? {} : { cohort }),
    ...(weight === undefined ? {} : { fairWeight: weight }),
  };
}

function cohortSpec(name: string, cohort: SmallCohort): CohortSpec {
  return {
    name,
    ...(cohort.parent === undefined ? {} : { parent: cohort.parent }),
    ...(cohort.weight === undefined ? {} : { fairWeight: cohort.weight }),
    ...(cohort.cores === undefined ? {} : { groups: groupsOf(cohort) }),
  };
}

function groupsOf({ cores = 0, borrowingLimit, lendingLimit }: SmallNode): ResourceGroupSpec[] {
  const limits = {
    ...(borrowingLimit === undefined ? {} : { borrowingLimit: borrowingLimit * 1000 }),
    ...(lendingLimit === undefined ? {} : { lendingLimit: lendingLimit * 1000 }),
  };
  const quota = { resource: "cpu", nominal: cores * 1000, ...limits };
  return [{ resources: ["cpu"], flavors: [{ flavor: "default", resources: [quota] }] }];
}

/** A running workload: its queue, priority and cores, and when it was admitted and queued. */
export interface Running {
  readonly in: string;
  readonly priority?: number;
  readonly cores: number;
  readonly admittedS?: number;
  readonly queuedS?: number;
  readonly stopping?: boolean;
}

/** A tree with named workloads running. */
export interface SmallTree {
  readonly tree: QuotaTree;
  node(name: string): number;
  handle(name: string): number;
  /** Who is pushed out for a request, as `name: reason`, by name. */
  targets(queue: string, priority: number, cores: number, queuedS?: number): readonly string[];
}

/** Makes the tree and lets the workloads run, room or not. */
export function smallTree(spec: QuotaSpec, running: Readonly<Record<string, Running>>): SmallTree {
  const tree = createQuotaTree(spec);
  const handles = new Map<string, number>();
  for (const [name, workload] of Object.entries(running)) {
    const queue = tree.queueIndex(workload.in);
    const use = { cells: [0], amounts: [workload.cores * 1000] };
    const { priority = 0, admittedS = 0, queuedS = 0 } = workload;
    handles.set(name, tree.adopt(queue, use, { priority, admittedS, queuedS }));
    if (workload.stopping === true) tree.markStopping(handles.get(name)!);
  }
  const nameOf = new Map([...handles].map(([name, handle]) => [handle, name]));
  return {
    tree,
    node: (name) => tree.layout.nodeNames.indexOf(name),
    handle: (name) => handles.get(name)!,
    targets(queue, priority, cores, queuedS = 0) {
      const amounts = [cores * 1000];
      const found = tree.preemptionTargets(
        tree.queueIndex(queue),
        { priority, queuedS, amounts },
        { mode: "preempt", use: { cells: [0], amounts }, borrowingLevel: 0, contested: [0] },
      );
      tree.checkInvariants();
      return found
        .map(({ handle, reason }) => `${nameOf.get(handle)!}: ${shortReason(reason)}`)
        .sort();
    },
  };
}

function shortReason(reason: PreemptionReason): string {
  switch (reason) {
    case "priority-in-queue":
      return "own";
    case "reclaim-in-cohort":
      return "reclaim";
    case "reclaim-while-borrowing":
      return "borrow";
    case "fair-sharing":
      return "fair";
  }
}
