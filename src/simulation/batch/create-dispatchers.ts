import { SpecificationError } from "../../base/specification-error.js";
import type { QuotaSpec } from "../../policy/fair-share/quota-spec.js";
import { rankByKeys, rankJobs } from "../../policy/queue/rank.js";
import type {
  PreemptiveOrderPolicy,
  QueuePolicy,
  QuotaPolicy,
  ServiceLevels,
  StaticOrderPolicy,
} from "../../policy/queue/types.js";
import type { JobTable } from "../../workload/job-table.js";
import { describeDemand, type DemandClasses } from "./demand-classes.js";
import type { Dispatcher, PreemptingLauncher } from "./dispatcher.js";
import { createBackfill } from "./create-backfill.js";
import type { ElasticGangs } from "./elastic-gangs.js";
import type { GangRates } from "./gang-rates.js";
import { createHeadDispatcher } from "./head-dispatcher.js";
import { createKubeVictims } from "./kube-victims.js";
import { createLastInOrderChooser } from "./last-in-order-chooser.js";
import type { Lanes } from "./lanes.js";
import type { Lane } from "./lane.js";
import { createPreemptiveDispatcher } from "./preemptive-dispatcher.js";
import {
  priorityOrder,
  remainingTimeOrder,
  serviceLevelOrder,
  type PreemptiveOrder,
} from "./preemptive-orders.js";
import { createQuotaDispatcher } from "./quota-dispatcher.js";
import { createQuotaSetting, equalQuotas } from "./quota-setting.js";
import { createSkipDispatcher } from "./skip-dispatcher.js";

/** What the dispatchers of a run are made from. */
export interface DispatchSetting {
  readonly policy: QueuePolicy;
  readonly jobs: JobTable;
  readonly lanes: Lanes;
  readonly rates: GangRates;
  readonly elastic: ElasticGangs | undefined;
  readonly quotas: QuotaSpec | undefined;
  readonly launcher: PreemptingLauncher;
}

/** One dispatcher per lane, all under the same queue policy. */
export function createDispatchers(setting: DispatchSetting): readonly Dispatcher[] {
  const { lanes, policy } = setting;
  switch (policy.kind) {
    case "static-order":
      return lanes.lanes.map(staticOrder(setting, policy));
    case "preemptive-order":
      return lanes.lanes.map(preemptiveOrder(setting, policy));
    case "backfill":
      return lanes.lanes.map(
        createBackfill(
          {
            jobs: setting.jobs,
            classes: lanes.classes,
            launcher: setting.launcher,
            slowestIn: (lane) => setting.rates.slowestIn(lane),
            slowestOf: (job) => setting.elastic?.slowestRate(job) ?? 1,
          },
          policy,
        ),
      );
    case "quota":
      return [quota(setting, policy)];
  }
}

function staticOrder(setting: DispatchSetting, policy: StaticOrderPolicy): () => Dispatcher {
  const { jobs, launcher } = setting;
  const { classes } = setting.lanes;
  const ranking = rankJobs(jobs, policy);
  const describe = (demand: number): string => describeDemand(classes, demand);
  return () =>
    policy.overtaking === "none"
      ? createHeadDispatcher({ ranking, classes, describe, launcher })
      : createSkipDispatcher({ ranking, classes, launcher });
}

function preemptiveOrder(
  setting: DispatchSetting,
  policy: PreemptiveOrderPolicy,
): (lane: Lane) => Dispatcher {
  const { jobs, launcher } = setting;
  const { classes } = setting.lanes;
  const rank = rankByKeys(jobs.submitS).rankOf;
  const levels = policy.serviceLevels?.(jobs);
  return ({ gang }) => {
    const options = {
      gang,
      classes,
      shapes: jobs.shapes,
      priority: jobs.priority,
      partsOf: (job: number) => launcher.partsOf(job),
      startedS: (job: number) => launcher.startedS(job),
    };
    const kubeVictims = policy.order === "priority" ? createKubeVictims(options) : undefined;
    const victims = kubeVictims ?? createLastInOrderChooser(options);
    const order = preemptiveOrderOf(policy, { jobs, launcher, classes, levels });
    return createPreemptiveDispatcher({ order, classes, launcher, rank, victims });
  };
}

function preemptiveOrderOf(
  policy: PreemptiveOrderPolicy,
  setting: {
    readonly jobs: JobTable;
    readonly launcher: PreemptingLauncher;
    readonly classes: DemandClasses;
    readonly levels: ServiceLevels | undefined;
  },
): PreemptiveOrder {
  const { jobs, launcher, classes, levels } = setting;
  switch (policy.order) {
    case "remaining-time":
      return remainingTimeOrder(launcher);
    case "priority":
      return priorityOrder(jobs.priority);
    case "service-level":
      if (levels === undefined)
        throw new RangeError(`${policy.name}: an order by service level needs serviceLevels`);
      return serviceLevelOrder({ launcher, levels, classes });
  }
}

function quota(setting: DispatchSetting, policy: QuotaPolicy): Dispatcher {
  const { jobs, launcher } = setting;
  const { classes, lanes } = setting.lanes;
  if (lanes.length !== 1) {
    throw new SpecificationError(
      `${policy.name}: partitions must be shared, got ${lanes.length} with their own nodes`,
    );
  }
  const names = policy.queueBy === "tenant" ? jobs.tenantNames : jobs.partitionNames;
  const quotas = setting.quotas ?? equalQuotas(names, lanes[0]!.gang.gpuMilliTotal);
  const { layout, queueOf, requestOf } = createQuotaSetting({
    jobs,
    queueBy: policy.queueBy,
    quotas,
  });
  return createQuotaDispatcher({ layout, queueOf, requestOf, classes, launcher });
}
