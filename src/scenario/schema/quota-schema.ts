import { z } from "zod";

import { FAIR_STRATEGY_LISTS } from "../../policy/fair-share/quota-spec.js";
import { field, lineOfText, oneOf, wholeNumber } from "./field.js";

/** Kubernetes' longest name of an object. */
const NAME_LENGTH_MAX = 253;
const PRIORITY_MAX = 2_147_483_647;
/** More queues than any organisation has; a limit on what a mistaken file can cost. */
const QUEUES_MAX = 10_000;

/** Resources that quotas may limit. */
export const QUOTA_RESOURCES = ["gpu", "cpu", "memory", "pods"] as const;

/** What may be written for an amount depends on the resource beside it, so it is checked there. */
function amount() {
  return z.union([z.string(), z.number()]).meta({
    "x-type": "amount",
    "x-unit": "gpu: GPUs, in steps of a thousandth; cpu: cores, or 500m; memory: a size such as 64GiB; pods: a count",
  });
}

function name(what: string, example: string) {
  return field(lineOfText(NAME_LENGTH_MAX), { description: what, example });
}

function choice(values: readonly string[], description: string, byDefault?: string) {
  const text = byDefault === undefined ? {} : { default: byDefault };
  return field(oneOf(values), { description, example: values[0], ...text }).optional();
}

function groupsSchema() {
  const quota = z.strictObject({
    resource: field(oneOf(QUOTA_RESOURCES), {
      description: "What is limited.",
      example: "gpu",
      valueTexts: ["GPUs, parts of one included.", "CPU.", "Host memory.", "Workers of jobs."],
    }),
    nominal: field(amount(), { description: "What the owner may always use.", example: 16 }),
    borrowingLimit: field(amount(), {
      description: "Most it may use above nominal. Left out, as much as others leave idle. Only below a cohort.",
      example: 8,
    }).optional(),
    lendingLimit: field(amount(), {
      description: "Most of its unused nominal that others may use. Left out, all of it. Only below a cohort.",
      example: 4,
    }).optional(),
  });
  const flavor = z.strictObject({
    flavor: name("Name of one of `flavors`.", "h100"),
    resources: field(z.array(quota).min(1).max(QUOTA_RESOURCES.length), {
      description: "One quota for each resource of the group.",
      example: [{ resource: "gpu", nominal: 16 }],
    }),
  });
  return z.array(
    z.strictObject({
      resources: field(z.array(field(oneOf(QUOTA_RESOURCES), { description: "Name of a resource.", example: "gpu" })).min(1).max(QUOTA_RESOURCES.length), {
        description: "Resources that always get the same flavor.",
        example: ["gpu", "cpu"],
      }),
      flavors: field(z.array(flavor).min(1).max(256), {
        description: "Quotas by flavor, in the order in which flavors are tried.",
        example: [{ flavor: "h100", resources: [{ resource: "gpu", nominal: 16 }] }],
      }),
    }),
  ).max(16);
}

const GROUPS_EXAMPLE = [
  { resources: ["gpu"], flavors: [{ flavor: "h100", resources: [{ resource: "gpu", nominal: 16 }] }] },
];

function weight() {
  return field(z.number().min(0).max(1e9), {
    description: "Weight in fair sharing.",
    default: 1,
    example: 2,
  }).optional();
}

function preemptionSchema() {
  return z.strictObject({
    withinQueue: choice(
      ["never", "lower-priority", "lower-or-newer-equal-priority"],
      "Which running jobs of its own queue a waiting job may stop.",
      "never",
    ),
    reclaimWithinCohort: choice(
      ["never", "lower-priority", "any"],
      "Which jobs it may stop in queues of the cohort that use more than their nominal quota.",
      "never",
    ),
    borrowWithinCohort: field(
      z.strictObject({
        policy: field(oneOf(["never", "lower-priority"]), {
          description: "Whether it may do so while it borrows itself.",
          example: "lower-priority",
        }),
        maxPriorityThreshold: field(wholeNumber(-PRIORITY_MAX, PRIORITY_MAX), {
          description: "Only jobs of at most this priority. Left out, any below its own.",
          example: 100,
        }).optional(),
      }),
      { description: "Needs `reclaimWithinCohort`. Not under fair sharing.", example: { policy: "lower-priority" } },
    ).optional(),
  });
}

function fungibilitySchema() {
  const choices = ["use-flavor", "try-next-flavor"];
  return z.strictObject({
    whenCanBorrow: choice(choices, "When the job fits by borrowing.", "use-flavor"),
    whenCanPreempt: choice(choices, "When the job fits after stopping others.", "try-next-flavor"),
    preference: choice(["borrowing", "preemption"], "Which is the lesser evil among flavors that need one of them.", "borrowing"),
  });
}

function queueSchema() {
  return z.strictObject({
    name: name("Name of the tenant or partition whose jobs it admits.", "vision"),
    cohort: name("Queues of one cohort lend each other what is idle.", "research").optional(),
    groups: field(groupsSchema(), { description: "The quotas.", example: GROUPS_EXAMPLE }),
    strategy: choice(
      ["best-effort-fifo", "strict-fifo"],
      "Both order by priority, then submission. With strict-fifo the queue stops at its first job, with best-effort-fifo a job that cannot be admitted is passed over.",
      "best-effort-fifo",
    ),
    fungibility: field(fungibilitySchema(), {
      description: "How the flavor is chosen when several would do.",
      example: { whenCanBorrow: "try-next-flavor" },
    }).optional(),
    preemption: field(preemptionSchema(), {
      description: "Whom a waiting job may stop.",
      example: { reclaimWithinCohort: "any" },
    }).optional(),
    fairWeight: weight(),
    held: field(z.boolean(), {
      description: "True: nothing is admitted; the quota stays in the cohort.",
      default: false,
      example: true,
    }).optional(),
  });
}

/** Quotas of an organisation: `quotas` of a queue policy that admits by quota. */
export function quotaSchema() {
  const flavor = z.strictObject({
    name: name("Name of the flavor, used once.", "h100"),
    gpu: field(lineOfText(100), {
      description:
        "GPU model behind the flavor. Required where several flavors have GPU quotas: a job may use those whose model it accepts, in the order of its queue, and is placed on GPUs of that model. A flavor for CPU and memory alone needs none.",
      example: "H100-80GB",
    }).optional(),
  });
  const cohort = z.strictObject({
    name: name("Name of the cohort, used once.", "research"),
    parent: name("The cohort above it. Left out, it is the root of its tree.", "company").optional(),
    groups: field(groupsSchema(), {
      description: "Quotas shared by everything below the cohort, beside those of its queues.",
      example: GROUPS_EXAMPLE,
    }).optional(),
    fairWeight: weight(),
  });
  const fairSharing = z.strictObject({
    strategies: field(z.array(field(oneOf(FAIR_STRATEGY_LISTS[0]!), { description: "Name of a strategy.", example: FAIR_STRATEGY_LISTS[0]![0] })).min(1).max(2), {
      description: "Which jobs fair sharing may stop; the second is tried when the first is not enough.",
      default: FAIR_STRATEGY_LISTS[0],
      example: FAIR_STRATEGY_LISTS[0],
    }).optional(),
  });
  const quotas = z.strictObject({
    flavors: field(z.array(flavor).min(1).max(256), {
      description: "Variants of the resources, such as GPU models.",
      example: [{ name: "h100", gpu: "H100-80GB" }],
    }),
    queues: field(z.array(queueSchema()).min(1).max(QUEUES_MAX), {
      description: "Queues with quota: Kueue's ClusterQueues.",
      example: [{ name: "vision", groups: GROUPS_EXAMPLE }],
    }),
    cohorts: field(z.array(cohort).max(QUEUES_MAX), {
      description: "Cohorts with a parent or a quota of their own. A cohort nobody describes exists all the same.",
      example: [{ name: "research", parent: "company" }],
    }).optional(),
    fairSharing: field(fairSharing, {
      description: "Present, even empty: admission and preemption by share instead of first come, first served.",
      example: {},
    }).optional(),
  });
  return field(quotas, {
    description:
      "Queues with their quotas, as Kueue has them; `headroom import` makes them from Kueue's own files. Left out, every tenant has an equal share.",
    example: {
      flavors: [{ name: "any" }],
      queues: [
        {
          name: "vision",
          cohort: "research",
          groups: [{ resources: ["gpu"], flavors: [{ flavor: "any", resources: [{ resource: "gpu", nominal: 16 }] }] }],
        },
      ],
    },
  });
}

/** Quotas as the schema lets them through. */
export type QuotaInput = z.output<ReturnType<typeof quotaSchema>>;
