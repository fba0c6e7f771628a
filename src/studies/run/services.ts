import type { NodeGroup } from "../../scenario/resolved.js";
import type { SettledService } from "../../scenario/services/settled-service.js";
import type { StepTimeModel } from "../../performance/llm/step-time.js";
import type { ResolvedHosting } from "../../scenario/resolved-hosting.js";
import type { ClusterProcessEntry } from "../../simulation/batch/cluster-process.js";
import { appendRows, type ManagedRow } from "../../simulation/services/append-rows.js";
import type { ServiceOutcome } from "../../simulation/services/deployed-service.js";
import { retrieve } from "../../simulation/services/retrieval-stages.js";
import {
  createServiceProcess,
  type ServiceProcess,
} from "../../simulation/services/service-process.js";
import {
  createStandingPods,
  type StandingPods,
  type StandingPodsOutcome,
} from "../../simulation/services/standing-pods.js";
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
  /** What became of their pods, in the same order; absent where they stand beside the cluster. */
  readonly stagePods?: readonly StandingPodsOutcome[];
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
  const rows = services.flatMap((service) => [
    ...named(service.row, service.name, rowsOf(service)),
    ...(service.stagePods ?? []).flatMap(({ stage, row, count }) =>
      named(row, `${service.name}-${stage}`, count),
    ),
  ]);
  const table = appendRows(jobs, rows);
  let first = table.managedFrom;
  const started: { readonly process: ServiceProcess; readonly index: number }[] = [];
  const classes: (readonly RequestClass[])[] = [];
  const stages: (readonly StageUse[] | undefined)[] = [];
  const pods: (readonly StandingPods[])[] = [];
  const processes = services.flatMap((service, index): ClusterProcessEntry[] => {
    const count = rowsOf(service);
    const came = service.requestsOf(options.seed);
    const { retrieval } = service;
    const retrieved = retrieval === undefined ? undefined : retrieve(came, retrieval);
    const requests = retrieved?.requests ?? came;
    const ownRows = { first, count };
    first += count;
    const standing = standingPods(service, first);
    first += standing.rows;
    pods.push(standing.started);
    classes.push(classesOf(service, requests));
    stages.push(retrieved?.stages);
    const replicas = () => {
      const process = createServiceProcess({
        name: service.name,
        requests,
        ...(retrieved === undefined ? {} : { cameS: retrieved.cameS }),
        serving: { ...service.serving, classes: classes[index]!, seed: options.seed },
        replicas: service.replicas,
        rows: ownRows,
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
    return [replicas, ...standing.entries];
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
        ...podsOf(pods[index]!, endS),
      })),
  };
}

function named(row: SettledService["row"], name: string, count: number): readonly ManagedRow[] {
  return Array.from({ length: count }, (_, index) => ({ ...row, id: `${name}-${index}` }));
}

/** Processes for the pods of stages on the cluster, whose rows begin at `first`; `started` fills when a run makes them. */
function standingPods(
  { name, stagePods = [] }: SettledService,
  first: number,
): {
  readonly rows: number;
  readonly entries: readonly ClusterProcessEntry[];
  readonly started: readonly StandingPods[];
} {
  const started: StandingPods[] = [];
  let rows = 0;
  const entries = stagePods.map(({ stage, count }): ClusterProcessEntry => {
    const spec = { name: `${stage} of service ${name}`, rows: { first: first + rows, count } };
    rows += count;
    return () => {
      const process = createStandingPods(spec);
      started.push(process);
      return process;
    };
  });
  return { rows, entries, started };
}

function podsOf(pods: readonly StandingPods[], endS: number): Pick<ServedService, "stagePods"> {
  return pods.length === 0 ? {} : { stagePods: pods.map((one) => one.outcome(endS)) };
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
