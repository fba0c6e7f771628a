import type {
  CohortSpec,
  QuotaFault,
  QuotaQueueSpec,
  QuotaSpec,
  ResourceGroupSpec,
  ResourceQuotaSpec,
} from "./quota-spec.js";
import { FAIR_STRATEGY_LISTS } from "./quota-spec.js";

/** Everything wrong with a spec; empty when a quota tree can be made of it. */
export function checkQuotaSpec(spec: QuotaSpec): readonly QuotaFault[] {
  const faults: QuotaFault[] = [];
  const check: Check = {
    resources: namesOf(faults, "resources", spec.resources),
    flavors: namesOf(faults, "flavors", spec.flavors),
    fault: (path, message) => faults.push({ path, message }),
  };
  const cohorts = spec.cohorts ?? [];
  namesOf(faults, "queues", spec.queues);
  namesOf(faults, "cohorts", cohorts);
  if (spec.queues.length === 0) check.fault("queues", "there must be at least one queue");
  spec.queues.forEach((queue, index) => checkQueue(check, queue, index));
  cohorts.forEach((cohort, index) => checkCohort(check, cohort, index));
  checkCycles(check, cohorts);
  checkSums(check, spec);
  const strategies = spec.fairSharing?.strategies;
  if (
    strategies !== undefined &&
    !FAIR_STRATEGY_LISTS.some((list) => String(list) === String(strategies))
  ) {
    const allowed = FAIR_STRATEGY_LISTS.map((list) => `[${list.join(", ")}]`).join(", ");
    check.fault(
      "fairSharing.strategies",
      `strategies must be one of ${allowed}, got [${strategies.join(", ")}]`,
    );
  }
  return faults;
}

interface Check {
  readonly resources: ReadonlySet<string>;
  readonly flavors: ReadonlySet<string>;
  fault(path: string, message: string): void;
}

function namesOf(
  faults: QuotaFault[],
  path: string,
  entries: readonly { readonly name: string }[],
): ReadonlySet<string> {
  const names = new Set<string>();
  entries.forEach(({ name }, index) => {
    if (names.has(name)) {
      faults.push({ path: `${path}[${index}].name`, message: `the name "${name}" is used twice` });
    }
    names.add(name);
  });
  return names;
}

function checkQueue(check: Check, queue: QuotaQueueSpec, index: number): void {
  const path = `queues[${index}]`;
  checkGroups(check, queue.groups, path, queue.cohort !== undefined);
  checkWeight(check, queue.fairWeight, path);
  const { reclaimWithinCohort = "never", borrowWithinCohort } = queue.preemption ?? {};
  if (reclaimWithinCohort === "never" && (borrowWithinCohort?.policy ?? "never") !== "never") {
    check.fault(
      `${path}.preemption.borrowWithinCohort`,
      "borrowWithinCohort needs reclaimWithinCohort to be lower-priority or any, it is never",
    );
  }
  const {
    preference,
    whenCanBorrow = "use-flavor",
    whenCanPreempt = "try-next-flavor",
  } = queue.fungibility ?? {};
  if (
    preference !== undefined &&
    !(whenCanBorrow === "try-next-flavor" && whenCanPreempt === "try-next-flavor")
  ) {
    check.fault(
      `${path}.fungibility.preference`,
      "a preference needs whenCanBorrow and whenCanPreempt to be try-next-flavor: otherwise the search stops before it matters",
    );
  }
}

function checkCohort(check: Check, cohort: CohortSpec, index: number): void {
  const path = `cohorts[${index}]`;
  checkGroups(check, cohort.groups ?? [], path, cohort.parent !== undefined);
  checkWeight(check, cohort.fairWeight, path);
}

function checkWeight(check: Check, weight: number | undefined, path: string): void {
  if (weight === undefined || (weight >= 0 && Number.isFinite(weight))) return;
  check.fault(`${path}.fairWeight`, `fairWeight must be a number >= 0, got ${weight}`);
}

function checkGroups(
  check: Check,
  groups: readonly ResourceGroupSpec[],
  owner: string,
  hasParent: boolean,
): void {
  const resources = new Set<string>();
  const flavors = new Set<string>();
  groups.forEach((group, groupIndex) => {
    const path = `${owner}.groups[${groupIndex}]`;
    group.resources.forEach((resource, index) => {
      const at = `${path}.resources[${index}]`;
      if (!check.resources.has(resource))
        check.fault(at, `the resource "${resource}" is not declared`);
      if (resources.has(resource)) check.fault(at, `the resource "${resource}" is in two groups`);
      resources.add(resource);
    });
    group.flavors.forEach(({ flavor, resources: quotas }, index) => {
      const at = `${path}.flavors[${index}]`;
      if (!check.flavors.has(flavor)) check.fault(at, `the flavor "${flavor}" is not declared`);
      if (flavors.has(flavor)) check.fault(at, `the flavor "${flavor}" is used twice`);
      flavors.add(flavor);
      const quoted = quotas.map(({ resource }) => resource);
      if (
        new Set(quoted).size !== quoted.length ||
        String([...quoted].sort()) !== String([...group.resources].sort())
      ) {
        check.fault(
          at,
          `flavor "${flavor}" must have one quota for each of ${group.resources.join(", ")}, has ${quoted.join(", ") || "none"}`,
        );
      }
      quotas.forEach((quota, quotaIndex) =>
        checkQuota(check, quota, `${at}.resources[${quotaIndex}]`, hasParent),
      );
    });
  });
}

function checkQuota(
  check: Check,
  quota: ResourceQuotaSpec,
  path: string,
  hasParent: boolean,
): void {
  for (const field of ["nominal", "borrowingLimit", "lendingLimit"] as const) {
    const value = quota[field];
    if (value === undefined) continue;
    if (!Number.isSafeInteger(value) || value < 0) {
      check.fault(
        `${path}.${field}`,
        `${field} must be a whole number from 0 to 2^53 - 1, got ${value}`,
      );
    }
    if (field !== "nominal" && !hasParent) {
      check.fault(`${path}.${field}`, `${field} has no meaning without a cohort above`);
    }
  }
}

function checkCycles(check: Check, cohorts: readonly CohortSpec[]): void {
  const parents = new Map(cohorts.map(({ name, parent }) => [name, parent]));
  cohorts.forEach(({ name }, index) => {
    let above = parents.get(name);
    for (
      let steps = 0;
      above !== undefined && above !== name && steps < cohorts.length;
      steps += 1
    ) {
      above = parents.get(above);
    }
    if (above === name) check.fault(`cohorts[${index}].parent`, `cohort "${name}" is above itself`);
  });
}

/** Sums of whole numbers stay exact only below 2^53. */
function checkSums(check: Check, spec: QuotaSpec): void {
  const sums = new Map<string, number>();
  for (const { groups = [] } of [...spec.queues, ...(spec.cohorts ?? [])]) {
    for (const { flavor, resources } of groups.flatMap((group) => group.flavors)) {
      for (const { resource, nominal } of resources) {
        const key = `${resource} in flavor ${flavor}`;
        sums.set(key, (sums.get(key) ?? 0) + nominal);
      }
    }
  }
  for (const [key, sum] of sums) {
    if (sum > Number.MAX_SAFE_INTEGER)
      check.fault("queues", `the quotas of ${key} sum to ${sum}, more than 2^53 - 1`);
  }
}
