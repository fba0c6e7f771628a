import type { ClusterSpec } from "../cluster/spec.js";
import type { Problem } from "../diagnostics/problem.js";
import type { NamedCalibration } from "../performance/calibrated/calibration-file.js";
import type { TopologyProfile } from "../policy/gang/planners/topology-planner.js";
import type { ScorerOptions } from "../policy/placement/scorer-options.js";
import type { QuotaSpec } from "../policy/fair-share/quota-spec.js";
import type { QueuePolicySpec } from "../policy/queue/types.js";
import type { JobTerms } from "../simulation/batch/job-terms.js";
import type { FaultsSpec } from "../simulation/faults/fault-spec.js";
import type { JobTable } from "../workload/job-table.js";
import type { TopologyRequest } from "../workload/topology-request.js";
import type { ResolvedHosting } from "./resolved-hosting.js";
import type { PlanSpec } from "./plan-spec.js";
import type { CheckpointSetting, ResolvedCost, ResolvedPower } from "./resolved-operations.js";
import type { ServiceReference } from "./resolve-services.js";
import type { ServiceInput } from "./schema/services-schema.js";
import type { FileReference, TraceReference } from "./trace-reference.js";

/** A number the run uses that nobody measured: what it is, where it comes from. */
export interface Assumption {
  readonly id: string;
  readonly what: string;
  readonly value: string;
  readonly provenance: "measured" | "published" | "assumed" | "given";
  readonly source: string;
}

/** What a GPU model of the cluster is known to have. */
export interface GpuModelInfo {
  /** As in `NodeSpec.gpuModel`. */
  readonly name: string;
  /** Absent when nobody said. */
  readonly memoryBytes?: number;
  readonly source: string;
}

/** A group of nodes, for reports by group: its nodes stand together in the cluster. */
export interface NodeGroup {
  readonly name: string;
  /** Index of its first node in `ClusterSpec.nodes`. */
  readonly firstNode: number;
  readonly count: number;
  /** Name in the catalogue. */
  readonly sku?: string;
  readonly hosting?: "bare-metal" | "vm";
}

/** Where the jobs come from. */
export type WorkloadReference =
  | {
      readonly kind: "trace";
      readonly trace: TraceReference;
      /** Name of the format; undefined when it is to be recognised. */
      readonly format: string | undefined;
      /** What becomes of jobs that run when the trace begins; staying on their nodes when absent. */
      readonly runningJobs?: "stay" | "stay-where-known" | "placed";
      readonly load: number;
      readonly jobsMax: number | undefined;
    }
  | {
      readonly kind: "generate";
      /** Parameters of a synthetic workload. */
      readonly parameters: FileReference;
      readonly load: number;
      readonly jobsMax: number | undefined;
    }
  | {
      readonly kind: "jobs";
      readonly jobs: JobTable;
      readonly load: number;
      readonly jobsMax: number | undefined;
    };

/** Where jobs go: a policy by name, or weighted scorers. */
export type PlacementChoice =
  | {
      readonly kind: "named";
      readonly name: string;
      /** For `topology`. */
      readonly profile?: TopologyProfile;
      /** For `contiguous`: level whose domains a gang does not leave. */
      readonly within?: string;
    }
  | {
      readonly kind: "scorers";
      readonly scorers: readonly {
        readonly name: string;
        readonly weight: number;
        /** For the scorers that take some. */
        readonly options?: ScorerOptions;
      }[];
    };

/** A goal in base units. */
export interface Goal {
  readonly id: string;
  /** Dotted path in the result document. */
  readonly metric: string;
  readonly comparison: "atMost" | "atLeast";
  /** In `unit`. */
  readonly target: number;
  /** A `MetricUnit`, or the currency of the scenario for amounts of money. */
  readonly unit: string;
}

/** How often a configuration is run and what its intervals come from; the same for base and variants. */
export interface RunStatistics {
  /** With a precision, the most. */
  readonly replications: number;
  /** In (0, 1). */
  readonly confidence: number;
  /** Seconds from the start of the trace, or `auto`; undefined lets everything count. */
  readonly warmUpS: number | "auto" | undefined;
  /** Largest half-width as a share of the mean; undefined runs all replications. */
  readonly precision: number | undefined;
  readonly interval: "replications" | "batch-means";
}

/** Everything one run needs except the jobs of a trace. */
export interface ResolvedConfiguration {
  /** undefined for the base. */
  readonly name: string | undefined;
  /** What the variant sets, by written path; empty for the base. */
  readonly set: Readonly<Record<string, unknown>>;
  readonly cluster: ClusterSpec;
  readonly nodeGroups: readonly NodeGroup[];
  readonly gpuModels: readonly GpuModelInfo[];
  /** Declared GPU names, for `createGpuNames`: names in a trace are understood as those in the scenario. */
  readonly gpuModelsDeclared: readonly string[];
  readonly workload: WorkloadReference;
  readonly jobTerms: JobTerms;
  readonly policy: {
    readonly queue: QueuePolicySpec;
    readonly placement: PlacementChoice;
    /** For a queue policy that admits by quota; absent: an equal share for every tenant. */
    readonly quotas?: QuotaSpec;
    /** Absent: `own` where a node names a partition, else `shared`. */
    readonly partitions?: "own" | "shared";
  };
  /** Calibrations for the GPUs of services; absent without any. */
  readonly calibrations?: readonly NamedCalibration[];
  /** Services to be settled when their files are read; absent without any. */
  readonly services?: readonly (ServiceReference & { readonly input: ServiceInput })[];
  /** How close together workers must be of jobs that do not say it themselves. */
  readonly topology?: TopologyRequest;
  readonly goals: readonly Goal[];
  readonly run: {
    /** undefined runs until nothing is left to do. */
    readonly untilS: number | undefined;
    readonly eventsMax: number;
  };
  /** True when two runs with different random streams can differ. */
  readonly isRandom: boolean;
  readonly statistics: RunStatistics;
  /** Absent when neither hosting nor the place of a job changes how fast it runs. */
  readonly hosting?: ResolvedHosting;
  /** Absent when nothing fails. */
  readonly faults?: FaultsSpec;
  /** For jobs without checkpoints of their own. */
  readonly checkpoint?: CheckpointSetting;
  /** Absent when electricity is not asked for. */
  readonly power?: ResolvedPower;
  /** Absent when nothing has a price. */
  readonly cost?: ResolvedCost;
  readonly assumptions: readonly Assumption[];
}

/** A scenario ready to be run. */
export interface ResolvedScenario {
  readonly file: string;
  readonly name: string;
  readonly question: string | undefined;
  readonly description: string | undefined;
  readonly labels: readonly string[];
  readonly seed: number;
  /** Absent when nothing is to be decided. */
  readonly plan?: PlanSpec;
  readonly base: ResolvedConfiguration;
  readonly variants: readonly ResolvedConfiguration[];
  /** Files that were extended, nearest first. */
  readonly extended: readonly string[];
  /** Traces to read, each file once. */
  readonly traces: readonly TraceReference[];
  /** A backtest that speaks for this simulation. */
  readonly backtest: FileReference | undefined;
  readonly warnings: readonly Problem[];
}
