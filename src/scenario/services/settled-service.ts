import type { AutoscalerSpec } from "../../policy/autoscaling/autoscaler.js";
import type { ColdStart } from "../../simulation/services/cold-start.js";
import type { ManagedRow } from "../../simulation/services/append-rows.js";
import type { ReplicaSpec, ServiceSpec } from "../../simulation/serving/serving-spec.js";
import type { RequestTable } from "../../workload/requests/request-table.js";
import type { Assumption } from "../resolved.js";
import type { SettledRetrieval } from "./settle-rag.js";

/** Latencies promised to one class of requests. Seconds; absent for no promise. */
export interface ServiceTarget {
  /** Name of the class; absent for all without targets of their own. */
  readonly className?: string;
  readonly ttftS?: number;
  readonly tpotS?: number;
  readonly e2eS?: number;
}

/** What a replica is, in words and numbers for reports. */
export interface ReplicaSummary {
  readonly model: string;
  /** Such as `2 × H100-80GB, tensor parallel 2`. */
  readonly hardware: string;
  readonly cacheTokens: number;
  /** Where the time of a step comes from. */
  readonly stepTime: string;
}

/** Pods of a stage before generation that stand on the cluster. */
export interface StagePods {
  /** Name of the stage. */
  readonly stage: string;
  readonly count: number;
  /** What each of them asks for. */
  readonly row: Omit<ManagedRow, "id">;
}

/** A service with everything that can be known before a run. */
export interface SettledService {
  readonly name: string;
  /** What one replica asks of the cluster. */
  readonly row: Omit<ManagedRow, "id">;
  /** What a replica is on the nodes of a group, by index of the group; groups it cannot run on are left out. */
  readonly replicaOf: ReadonlyMap<number, ReplicaSpec>;
  readonly summary: ReplicaSummary;
  readonly serving: Pick<ServiceSpec, "router" | "admission">;
  readonly targets: readonly ServiceTarget[];
  readonly replicas: { readonly min: number; readonly max: number; readonly initial: number };
  readonly autoscaler?: AutoscalerSpec;
  readonly scrapeDelayS: number;
  readonly coldStart: ColdStart;
  readonly startsWarm: boolean;
  readonly graceS: number;
  readonly weightBytes: number;
  /** The same where the requests are read. */
  requestsOf(seed: number): RequestTable;
  readonly isDrawn: boolean;
  /** What requests go through before generation; absent where they come right away. */
  readonly retrieval?: SettledRetrieval;
  /** Pods of its stages on the cluster; absent where they stand beside it. */
  readonly stagePods?: readonly StagePods[];
  readonly assumptions: readonly Assumption[];
  /** In full sentences. */
  readonly warnings: readonly string[];
}
