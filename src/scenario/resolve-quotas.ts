import { parseCpuMilli } from "../base/units.js";
import type { GpuNames } from "../hardware/gpu-names.js";
import { checkQuotaSpec } from "../policy/fair-share/check-quota-spec.js";
import type {
  CohortSpec,
  FairStrategy,
  FungibilityChoice,
  QuotaQueueSpec,
  QuotaResourceSpec,
  QuotaSpec,
  QueueingStrategy,
  QueuePreemptionSpec,
  ResourceGroupSpec,
  ResourceQuotaSpec,
} from "../policy/fair-share/quota-spec.js";
import type { Quantity } from "./parse-quantity.js";
import { parseCoresValue, parseSizeValue } from "./parse-quantity.js";
import type { QuotaInput } from "./schema/quota-schema.js";

/** Something wrong with quotas that a schema cannot see, by its path below `quotas`. */
export interface QuotaInputFault {
  /** Such as `queues[1].groups[0].flavors[0].resources[0].nominal`. */
  readonly path: string;
  readonly message: string;
}

/** Quotas ready for a run, or what is wrong with them. */
export type ResolvedQuotas =
  | { readonly quotas: QuotaSpec; readonly faults: readonly [] }
  | { readonly quotas: undefined; readonly faults: readonly QuotaInputFault[] };

const RESOURCES: readonly QuotaResourceSpec[] = [
  { name: "gpu", unit: "gpu-milli" },
  { name: "cpu", unit: "cpu-milli" },
  { name: "memory", unit: "bytes" },
  { name: "pods", unit: "count" },
];

/** Turns written quotas into those of a run: amounts in whole units, flavors with their GPU models. */
export function resolveQuotas(input: QuotaInput, gpuNames: GpuNames): ResolvedQuotas {
  const faults: QuotaInputFault[] = [];
  const flavors = input.flavors.map(({ name, gpu }, index) => ({
    name,
    ...(gpu === undefined ? {} : { gpuModel: modelOf(gpu, index, gpuNames, faults) }),
  }));
  checkFlavors(input, faults);
  const groupsOf = (groups: GroupsInput, owner: string): readonly ResourceGroupSpec[] =>
    resolveGroups(groups, owner, faults);
  const quotas: QuotaSpec = {
    resources: RESOURCES,
    flavors,
    queues: input.queues.map((queue, index) =>
      resolveQueue(queue, groupsOf(queue.groups, `queues[${index}]`)),
    ),
    ...(input.cohorts === undefined
      ? {}
      : {
          cohorts: input.cohorts.map((cohort, index): CohortSpec => ({
            name: cohort.name,
            ...defined("parent", cohort.parent),
            ...defined("fairWeight", cohort.fairWeight),
            ...(cohort.groups === undefined
              ? {}
              : { groups: groupsOf(cohort.groups, `cohorts[${index}]`) }),
          })),
        }),
    ...(input.fairSharing === undefined
      ? {}
      : {
          fairSharing: defined(
            "strategies",
            input.fairSharing.strategies as FairStrategy[] | undefined,
          ),
        }),
  };
  // Amounts that cannot be read would only be reported again as numbers that are none.
  const all = faults.length > 0 ? faults : checkQuotaSpec(quotas);
  return all.length > 0 ? { quotas: undefined, faults: all } : { quotas, faults: [] };
}

type GroupsInput = QuotaInput["queues"][number]["groups"];

/**
 * Flavors of GPUs are told apart by their model: with several, one without a model would let a job use GPUs
 * whose quota another flavor has.
 */
function checkFlavors(
  { flavors, queues, cohorts = [] }: QuotaInput,
  faults: QuotaInputFault[],
): void {
  const owners = [...queues, ...cohorts];
  const withGpus = new Set(
    owners
      .flatMap(({ groups = [] }) => groups)
      .filter(({ resources }) => resources.includes("gpu"))
      .flatMap((group) => group.flavors.map(({ flavor }) => flavor)),
  );
  if (withGpus.size < 2) return;
  flavors.forEach(({ name, gpu }, index) => {
    if (gpu !== undefined || !withGpus.has(name)) return;
    const message =
      "where several flavors have GPU quotas, each of them must name the GPU model behind it: jobs find theirs by it";
    faults.push({ path: `flavors[${index}]`, message });
  });
}

function modelOf(
  written: string,
  index: number,
  gpuNames: GpuNames,
  faults: QuotaInputFault[],
): string {
  const found = gpuNames.resolve(written);
  if (found.kind === "declared" || found.kind === "catalogue") return found.name;
  const message =
    found.kind === "ambiguous"
      ? `"${written}" fits several GPU models that differ: ${found.names.join(", ")}`
      : `unknown GPU model "${written}"; declare it in cluster.gpuModels`;
  faults.push({ path: `flavors[${index}].gpu`, message });
  return written;
}

function resolveGroups(
  groups: GroupsInput,
  owner: string,
  faults: QuotaInputFault[],
): readonly ResourceGroupSpec[] {
  return groups.map((group, groupIndex) => ({
    resources: group.resources,
    flavors: group.flavors.map(({ flavor, resources }, flavorIndex) => ({
      flavor,
      resources: resources.map((quota, index) => {
        const path = `${owner}.groups[${groupIndex}].flavors[${flavorIndex}].resources[${index}]`;
        return resolveQuota(quota, path, faults);
      }),
    })),
  }));
}

function resolveQuota(
  quota: GroupsInput[number]["flavors"][number]["resources"][number],
  path: string,
  faults: QuotaInputFault[],
): ResourceQuotaSpec {
  const read = (field: "nominal" | "borrowingLimit" | "lendingLimit"): number | undefined => {
    const written = quota[field];
    if (written === undefined) return undefined;
    const amount = parseAmount(quota.resource, written);
    if (amount.ok) return amount.value;
    faults.push({ path: `${path}.${field}`, message: amount.message });
    return 0;
  };
  return {
    resource: quota.resource,
    nominal: read("nominal") ?? 0,
    ...defined("borrowingLimit", read("borrowingLimit")),
    ...defined("lendingLimit", read("lendingLimit")),
  };
}

/** An amount of a resource in the whole units in which quotas count it. */
function parseAmount(resource: string, written: string | number): Quantity {
  if (resource === "memory") return parseSizeValue(written);
  if (resource === "cpu") return parseCoresValue(written);
  const milli = parseCpuMilli(written);
  const whole = milli.ok && milli.value % 1000 === 0;
  const refuse = (rule: string): Quantity => ({
    ok: false,
    rule: "bad-quantity",
    message: `${rule}, got ${JSON.stringify(written)}`,
  });
  if (resource === "gpu") {
    return milli.ok
      ? milli
      : refuse("a quota of gpu must be a number of GPUs in steps of a thousandth");
  }
  return milli.ok && whole
    ? { ok: true, value: milli.value / 1000 }
    : refuse("a quota of pods must be a whole number");
}

function resolveQueue(
  queue: QuotaInput["queues"][number],
  groups: readonly ResourceGroupSpec[],
): QuotaQueueSpec {
  const { fungibility, preemption } = queue;
  return {
    name: queue.name,
    groups,
    ...defined("cohort", queue.cohort),
    ...defined("strategy", queue.strategy as QueueingStrategy | undefined),
    ...defined("fairWeight", queue.fairWeight),
    ...defined("held", queue.held),
    ...(fungibility === undefined
      ? {}
      : {
          fungibility: {
            ...defined("whenCanBorrow", fungibility.whenCanBorrow as FungibilityChoice | undefined),
            ...defined(
              "whenCanPreempt",
              fungibility.whenCanPreempt as FungibilityChoice | undefined,
            ),
            ...defined(
              "preference",
              fungibility.preference as "borrowing" | "preemption" | undefined,
            ),
          },
        }),
    ...(preemption === undefined ? {} : { preemption: resolvePreemption(preemption) }),
  };
}

function resolvePreemption(
  preemption: NonNullable<QuotaInput["queues"][number]["preemption"]>,
): QueuePreemptionSpec {
  const { withinQueue, reclaimWithinCohort, borrowWithinCohort: borrow } = preemption;
  return {
    ...defined("withinQueue", withinQueue as QueuePreemptionSpec["withinQueue"]),
    ...defined(
      "reclaimWithinCohort",
      reclaimWithinCohort as QueuePreemptionSpec["reclaimWithinCohort"],
    ),
    ...(borrow === undefined
      ? {}
      : {
          borrowWithinCohort: {
            policy: borrow.policy as "never" | "lower-priority",
            ...defined("maxPriorityThreshold", borrow.maxPriorityThreshold),
          },
        }),
  };
}

/** The field, or nothing where there is no value: optional fields are absent, never undefined. */
function defined<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [Key in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [Key in Name]?: Value };
}
