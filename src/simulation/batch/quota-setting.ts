import { createQuotaLayout, type QuotaLayout } from "../../policy/fair-share/quota-layout.js";
import type { QuotaRequest } from "../../policy/fair-share/flavor-search.js";
import type { QuotaSpec } from "../../policy/fair-share/quota-spec.js";
import { gangGpuMilli } from "../../policy/gang/gang-gpu-milli.js";
import type { JobTable } from "../../workload/job-table.js";

const COHORT = "cluster";
const FLAVOR = "any";

/** The queue of jobs whose trace names no tenant or partition. */
const UNNAMED = "default";

/** Name of the queue that serves a tenant or partition. */
function queueNameOf(name: string): string {
  return name === "" ? UNNAMED : name;
}

/** Equal shares of all GPUs for every name, in one cohort; what does not divide belongs to the cohort. */
export function equalQuotas(groupNames: readonly string[], gpuMilliTotal: number): QuotaSpec {
  const names = groupNames.length === 0 ? [UNNAMED] : [...new Set(groupNames.map(queueNameOf))];
  const nominal = Math.floor(gpuMilliTotal / names.length);
  const groups = (amount: number): QuotaSpec["queues"][number]["groups"] => [
    {
      resources: ["gpu"],
      flavors: [{ flavor: FLAVOR, resources: [{ resource: "gpu", nominal: amount }] }],
    },
  ];
  return {
    resources: [{ name: "gpu", unit: "gpu-milli" }],
    flavors: [{ name: FLAVOR }],
    queues: names.map((name) => ({
      name,
      cohort: COHORT,
      groups: groups(nominal),
      preemption: { withinQueue: "lower-priority", reclaimWithinCohort: "any" },
    })),
    cohorts: [{ name: COHORT, groups: groups(gpuMilliTotal - nominal * names.length) }],
    fairSharing: {},
  };
}

/** Quotas made ready for the jobs of one run. */
export interface QuotaSetting {
  readonly layout: QuotaLayout;
  /** Queue of every job; -1 where none has the name of its tenant or partition. */
  readonly queueOf: Int32Array;
  requestOf(job: number): QuotaRequest;
}

/**
 * Brings quotas and jobs together. Jobs without a tenant or partition go to the queue "default".
 *
 * A job with GPUs may use the flavors whose GPU model it accepts, and those that name none; a job without GPUs
 * may use all. Which of them it gets is the search's business (`searchFlavors`), and the nodes it then gets
 * are those of that model (`addFlavorDemands`).
 *
 * @throws RangeError when the quotas are not valid
 */
export function createQuotaSetting(options: {
  readonly jobs: JobTable;
  readonly queueBy: "tenant" | "partition";
  readonly quotas: QuotaSpec;
}): QuotaSetting {
  const { jobs, queueBy, quotas } = options;
  const layout = createQuotaLayout(quotas);
  const names = queueBy === "tenant" ? jobs.tenantNames : jobs.partitionNames;
  const groupOf = queueBy === "tenant" ? jobs.tenant : jobs.partition;
  const queueNames = layout.nodeNames.slice(0, layout.queueCount);
  const queueOfGroup = names.map((name) => queueNames.indexOf(queueNameOf(name)));
  const allowed = allowedFlavors(jobs, layout.flavorModels);
  return {
    layout,
    queueOf: Int32Array.from(groupOf, (group) => queueOfGroup[group]!),
    requestOf(job) {
      const flavors = allowed[jobs.shape[job]!];
      return {
        priority: jobs.priority[job]!,
        queuedS: jobs.submitS[job]!,
        amounts: layout.resources.map((resource) => amountOf(jobs, job, resource.unit)),
        ...(flavors === undefined ? {} : { allowsFlavor: (flavor: number) => flavors[flavor]! }),
      };
    },
  };
}

function amountOf(
  jobs: JobTable,
  job: number,
  unit: QuotaSpec["resources"][number]["unit"],
): number {
  const shape = jobs.shapes[jobs.shape[job]!]!;
  const workers = jobs.workers[job]!;
  switch (unit) {
    case "gpu-milli":
      return gangGpuMilli(jobs, job);
    case "cpu-milli":
      return workers * shape.cpuMilli;
    case "bytes":
      return workers * shape.memoryBytes;
    case "count":
      return workers;
  }
}

/** By shape: which flavors it may use; undefined for any. */
function allowedFlavors(
  jobs: JobTable,
  models: readonly (string | undefined)[],
): readonly (readonly boolean[] | undefined)[] {
  if (models.every((model) => model === undefined)) return jobs.shapes.map(() => undefined);
  return jobs.shapes.map(({ gpuCount, gpuModels }) => {
    if (gpuCount === 0 || gpuModels.length === 0) return undefined;
    return models.map((model) => model === undefined || gpuModels.includes(model));
  });
}
