import { createGpuNames } from "../../hardware/gpu-names.js";
import type {
  JobGroupSpec,
  JobPlacement,
  PickPlacement,
} from "../../simulation/fleet/clusters/clusters-spec.js";
import type { DrainBehavior } from "../../simulation/fleet/upgrades/upgrade-spec.js";
import {
  FLEET_JOB_DEFAULTS,
  type FleetJobInput,
  type FleetPlacementInput,
} from "./schema/fleet-jobs-schema.js";
import type { JobTable } from "../../workload/job-table.js";
import type { Assume } from "./assume.js";
import type { FleetDocument } from "./schema/fleet-schema.js";
import { groupsOfTrace, type TraceGroupBase } from "./trace-groups.js";

/** Names that jobs use, and the indexes they stand for. */
export interface FleetNames {
  readonly clusters: readonly string[];
  readonly places: readonly string[];
  readonly datasets: readonly string[];
}

/** What is known of a trace that jobs are read from. */
export interface FleetTrace {
  readonly jobs: JobTable;
  /** Name of the format it was read as. */
  readonly format: string;
  /** As it stands in the file of the fleet. */
  readonly written: string;
}

/** Traces by the name of the jobs that are read from them. */
export type FleetTraces = ReadonlyMap<string, FleetTrace>;

/** Builds the jobs of a fleet. @param traces those that were read; jobs of others stand as one of one GPU */
export function resolveFleetJobs(
  spec: FleetDocument,
  names: FleetNames,
  traces: FleetTraces = new Map(),
  assume: Assume = () => undefined,
): readonly JobGroupSpec[] {
  return (spec.workload?.jobs ?? []).flatMap((job): readonly JobGroupSpec[] => {
    const base = baseOf(job, names);
    const trace = traces.get(job.name);
    if (trace !== undefined) {
      const { groups, count, notes } = groupsOfTrace(base, trace.jobs, {
        maxJobs: job.maxJobs ?? FLEET_JOB_DEFAULTS.maxJobs,
        gpuModels: base.gpuModels,
        priority: job.priority,
      });
      assume({
        id: `workload.jobs[${job.name}].trace`,
        what: `Jobs of ${job.name}`,
        value: [`${count} jobs of ${trace.written}, read as ${trace.format}`, ...notes].join("; "),
        provenance: "given",
        source: "the trace; durations are taken as those on GPUs of speed 1",
      });
      return groups;
    }
    return [
      {
        ...base,
        workers: job.workers ?? 1,
        gpusPerWorker: job.gpusPerWorker ?? 1,
        count: job.count ?? 1,
        betweenS: job.every ?? 0,
        arrivals: (job.arrivals ?? "even") as JobGroupSpec["arrivals"],
        // A trace that has not been read: its jobs are looked at when it has.
        durationS: job.duration ?? 1,
        durations: (job.durations ?? "fixed") as JobGroupSpec["durations"],
      },
    ];
  });
}

function baseOf(job: FleetJobInput, names: FleetNames): TraceGroupBase {
  const { output, checkpoint } = job;
  return {
    name: job.name,
    tenant: job.tenant ?? FLEET_JOB_DEFAULTS.tenant,
    priority: job.priority ?? 0,
    ...(job.gpu === undefined ? {} : { gpuModels: acceptedModels(job.gpu) }),
    firstS: job.first ?? 0,
    placement: placementOf(job, names),
    inputs: (job.inputs ?? []).map((name) => names.datasets.indexOf(name)),
    prefetch: job.prefetch ?? false,
    ...(output === undefined
      ? {}
      : { output: { bytes: output.size, to: names.places.indexOf(output.to) } }),
    ...(checkpoint === undefined
      ? {}
      : {
          checkpoint: {
            intervalS: checkpoint.every,
            bytes: checkpoint.size ?? 0,
            ...(checkpoint.to === undefined ? {} : { to: names.places.indexOf(checkpoint.to) }),
          },
        }),
    onDrain: (job.onDrain ?? FLEET_JOB_DEFAULTS.onDrain) as DrainBehavior,
    saveS: job.save ?? FLEET_JOB_DEFAULTS.saveS,
    restartS: job.restart ?? 0,
    ...(job.deadline === undefined ? {} : { deadlineS: job.deadline }),
    ...(job.budget === undefined ? {} : { budgetPerJob: job.budget }),
  };
}

function acceptedModels(names: readonly string[]): readonly string[] {
  const gpus = createGpuNames([]);
  return [...new Set(names.flatMap((name) => gpus.accepted(name)))];
}

function placementOf({ placement = {} }: FleetJobInput, names: FleetNames): JobPlacement {
  const indexes = (clusters: readonly string[]): readonly number[] =>
    clusters.map((name) => names.clusters.indexOf(name));
  if (placement.pick !== undefined) return pickOf(placement.pick, indexes);
  if (placement.burst !== undefined) {
    const { home, to, when, wait = 0, spare = 0 } = placement.burst;
    return {
      kind: "burst",
      home: indexes(home),
      to: indexes(to),
      when:
        when === "wait-exceeds"
          ? { rule: "wait-exceeds", waitS: wait }
          : when === "deadline"
            ? { rule: "deadline", spareS: spare }
            : { rule: when as "never" | "always" | "cheapest" },
    };
  }
  const race = placement.race ?? {};
  return {
    kind: "race",
    members: indexes(race.clusters ?? names.clusters),
    dispatcher: (race.dispatcher ?? "all-at-once") as "all-at-once" | "incremental",
    stepSize: race.stepSize ?? FLEET_JOB_DEFAULTS.stepSize,
    roundS: race.round ?? FLEET_JOB_DEFAULTS.roundS,
  };
}

const TYPES = { PickAll: "all", PickFixed: "fixed", PickN: "n" } as const;

type TermInput = NonNullable<NonNullable<FleetPlacementInput["pick"]>["required"]>[number];

function pickOf(
  pick: NonNullable<FleetPlacementInput["pick"]>,
  indexes: (clusters: readonly string[]) => readonly number[],
): PickPlacement {
  return {
    kind: "pick",
    type: TYPES[pick.type as keyof typeof TYPES],
    count: pick.count ?? 1,
    members: indexes(pick.clusters ?? []),
    required: (pick.required ?? []).map(termOf),
    preferred: (pick.preferred ?? []).map(({ weight, sortBy, ...term }) => ({
      ...termOf(term),
      weight,
      ...(sortBy === undefined
        ? {}
        : {
            sorter: {
              property: sortBy.property,
              order: sortBy.order as "ascending" | "descending",
            },
          }),
    })),
    spread: (pick.spread ?? []).map(({ by, maxSkew = 1, otherwise = "do-not-schedule" }) => ({
      topologyKey: by,
      maxSkew,
      whenUnsatisfiable: otherwise as "do-not-schedule" | "schedule-anyway",
    })),
    tolerations: (pick.tolerations ?? []).map(({ operator = "equal", key, value }) => ({
      operator: operator as "equal" | "exists",
      ...(key === undefined ? {} : { key }),
      ...(value === undefined ? {} : { value }),
    })),
  };
}

function termOf({ labels, properties }: TermInput): PickPlacement["required"][number] {
  return {
    ...(labels === undefined ? {} : { labels }),
    ...(properties === undefined
      ? {}
      : {
          properties: properties.map(({ property, is, value }) => ({
            property,
            operator: is as "eq" | "ne" | "gt" | "ge" | "lt" | "le",
            value,
          })),
        }),
  };
}
