import type { NodeGroup } from "../../scenario/resolved.js";
import type { SettledService } from "../../scenario/services/settled-service.js";
import type { StepTimeModel } from "../../performance/llm/step-time.js";
import type { ResolvedHosting } from "../../scenario/resolved-hosting.js";
import type { ClusterProcessEntry } from "../../simulation/batch/cluster-process.js";
import { appendRows } from "../../simulation/services/append-rows.js";
import type { ServiceOutcome } from "../../simulation/services/deployed-service.js";
import { retrieve } from "../../simulation/services/retrieval-stages.js";
import {
  createServiceProcess,
  type ServiceProcess,
} from "../../simulation/services/service-process.js";
import type { StageUse } from "../../simulation/stages/run-stages.js";
import type { ReplicaSpec, RequestClass } from "../../simulation/serving/serving-spec.js";
import type { JobTable } from "../../workload/job-table.js";
import type { RequestTable } from "../../workload/requests/request-table.js";

/** How long requests that stand still may keep a run going. Seconds. */
const PATIENCE_S = 3600;

/** What a service gave, with what it was. */
export interface ServedService {
  readonly service: SettledService;
  readonly classes: readonly RequestClass[];
  readonly outcome: ServiceOutcome;
  /** What stages before generation did, in the order of `service.retrieval.stages`; absent without any. */
  readonly stages?: readonly StageUse[];
}

/** Services put into a run. */
export interface PreparedServices {
  readonly jobs: JobTable;
  /** Absent without services. */
  readonly managedFrom?: number;
  readonly processes: readonly ClusterProcessEntry[];
  /** What became of them, after the run. */
  outcomes(endS: number): readonly ServedService[];
}

/**
 * Puts services into a batch run: their replicas as managed rows behind its jobs, their requests as processes.
 *
 * @param hosting slows step times down where a profile says that its machines compute slower
 */
export function prepareServices(
  jobs: JobTable,
  services: readonly SettledService[],
  options: {
    readonly nodeGroups: readonly NodeGroup[];
    readonly hosting: ResolvedHosting | undefined;
    readonly seed: number;
  },
): PreparedServices {
  if (services.length === 0) return { jobs, processes: [], outcomes: () => [] };
  const rows = services.flatMap((service) =>
    Array.from({ length: rowsOf(service) }, (_, index) => ({
      ...service.row,
      id: `${service.name}-${index}`,
    })),
  );
  const table = appendRows(jobs, rows);
  let first = table.managedFrom;
  const started: { readonly process: ServiceProcess; readonly index: number }[] = [];
  const classes: (readonly RequestClass[])[] = [];
  const stages: (readonly StageUse[] | undefined)[] = [];
  const processes = services.map((service, index): ClusterProcessEntry => {
    const count = rowsOf(service);
    const came = service.requestsOf(options.seed);
    const { retrieval } = service;
    const retrieved = retrieval === undefined ? undefined : retrieve(came, retrieval);
    const requests = retrieved?.requests ?? came;
    const own = { first, count };
    first += count;
    classes.push(classesOf(service, requests));
    stages.push(retrieved?.stages);
    return () => {
      const process = createServiceProcess({
        name: service.name,
        requests,
        ...(retrieved === undefined ? {} : { cameS: retrieved.cameS }),
        serving: { ...service.serving, classes: classes[index]!, seed: options.seed },
        replicas: service.replicas,
        rows: own,
        replicaOn: replicaOn(service, options),
        weightBytes: service.weightBytes,
        coldStart: service.coldStart,
        startsWarm: service.startsWarm,
        ...(service.autoscaler === undefined ? {} : { autoscaler: service.autoscaler }),
        scrapeDelayS: service.scrapeDelayS,
        graceS: service.graceS,
        patienceS: PATIENCE_S,
      });
      started.push({ process, index });
      return process;
    };
  });
  return {
    ...table,
    processes,
    outcomes: (endS) =>
      started.map(({ process, index }) => ({
        service: services[index]!,
        classes: classes[index]!,
        outcome: process.outcome(endS),
        ...(stages[index] === undefined ? {} : { stages: stages[index] }),
      })),
  };
}

/** A replica that ends its last requests still has its row, while another takes its place. */
function rowsOf({ replicas, autoscaler }: SettledService): number {
  return autoscaler === undefined ? replicas.max : 2 * replicas.max;
}

/** Classes of the requests with their promises. */
function classesOf({ targets }: SettledService, { classes }: RequestTable): RequestClass[] {
  const names = classes?.names ?? [""];
  const common = targets.find(({ className }) => className === undefined);
  return names.map((name) => {
    const own = targets.find(({ className }) => className === name) ?? common;
    const { className: _, ...bounds } = own ?? {};
    return { name, ...bounds };
  });
}

function replicaOn(
  { replicaOf }: SettledService,
  {
    nodeGroups,
    hosting,
  }: { readonly nodeGroups: readonly NodeGroup[]; readonly hosting: ResolvedHosting | undefined },
): (nodes: readonly number[]) => ReplicaSpec {
  const specs = new Map(
    [...replicaOf].map(([group, spec]) => {
      const ratio = hosting?.groups[group]?.profile?.computeRatio.value ?? 1;
      const hosted = ratio === 1 ? spec : { ...spec, stepTime: slowed(spec.stepTime, ratio) };
      return [group, hosted] as const;
    }),
  );
  const [any] = [...specs.values()];
  return (nodes) => {
    const group = nodeGroups.findIndex(
      ({ firstNode, count }) =>
        nodes[0] !== undefined && nodes[0] >= firstNode && nodes[0] < firstNode + count,
    );
    return specs.get(group) ?? any!;
  };
}

/** Steps on machines that compute at a part of the speed. */
function slowed(model: StepTimeModel, ratio: number): StepTimeModel {
  const { decodeGrowthS } = model;
  return {
    ...model,
    stepS: (batch) => model.stepS(batch) / ratio,
    ...(decodeGrowthS === undefined
      ? {}
      : { decodeGrowthS: (batch) => decodeGrowthS.call(model, batch) / ratio }),
  };
}
