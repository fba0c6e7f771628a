/** When a component that has been put into service fails. Seconds. */
export type TimeToFailure =
  /** No ageing: the same risk at every moment. */
  | { readonly kind: "exponential"; readonly meanS: number }
  /** Shape below 1: early failures; above 1: wear. The mean is `scaleS × Γ(1 + 1 / shape)`. */
  | { readonly kind: "weibull"; readonly shape: number; readonly scaleS: number };

/** How long a repair takes. Seconds. */
export type RepairTime =
  /** 0: the component goes on at once, and only the jobs on it are stopped. */
  | { readonly kind: "fixed"; readonly durationS: number }
  | { readonly kind: "exponential"; readonly meanS: number }
  /** Half of the repairs take longer than the median; `sigma` is the standard deviation of the logarithm. */
  | { readonly kind: "log-normal"; readonly medianS: number; readonly sigma: number };

/** A kind of thing that fails, with all its instances. */
export interface FaultComponent {
  /** Unique in the run; names its random streams. */
  readonly name: string;
  readonly timeToFailure: TimeToFailure;
  readonly repair: RepairTime;
  readonly instances: readonly FaultInstance[];
}

/** One thing that fails, by itself and independently of all others. */
export interface FaultInstance {
  /** Unique in its component and the same in every variant of a scenario: its random stream. */
  readonly id: string;
  /** Nodes that stop working with it; several for a switch or a rack. */
  readonly nodes: readonly number[];
  /** Only these GPUs of the one node stop working; absent: the nodes do. */
  readonly gpus?: readonly number[];
  /** Factor on its times to failure; 1 when absent. */
  readonly timeFactor?: number;
}

/** Planned work on nodes: no new jobs for a while, then down. */
export interface MaintenanceWindow {
  readonly name: string;
  /** Nodes that go down together, batch after batch. */
  readonly batches: readonly (readonly number[])[];
  /** First batch goes down at this time. Seconds. */
  readonly firstS: number;
  /** Time from one round over all batches to the next; absent: one round. Seconds. */
  readonly everyS?: number;
  /** How long a batch is down. Seconds, > 0. The next batch goes down when it comes back. */
  readonly durationS: number;
  /** For so long before a batch goes down nothing starts on it. Seconds, >= 0. */
  readonly drainS: number;
  /** What a job keeps that is stopped; a failure always throws it back to its last checkpoint. */
  readonly saves: "at-checkpoints" | "at-preemption";
}

/** Nodes of which some stand by: they run nothing until another of them is out of service. */
export interface SparePool {
  readonly nodes: readonly number[];
  /** At most the number of nodes. */
  readonly spares: number;
}

/** Everything that goes wrong in a run. Equal specs and seeds give equal failures, whatever the policies do. */
export interface FaultsSpec {
  readonly components: readonly FaultComponent[];
  readonly maintenance: readonly MaintenanceWindow[];
  /** Pools share no node. */
  readonly sparePools: readonly SparePool[];
  /** Seconds a stopped job occupies its GPUs at its next start before it makes progress, >= 0. */
  readonly restartCostS: number;
  /** Name of the random streams; another name gives other failures for the same seed. */
  readonly stream: string;
}

/** What failures did in one run. */
export interface FaultsOutcome {
  readonly components: readonly ComponentOutcome[];
  /** Times planned work stopped a job. */
  readonly maintenanceStops: number;
  /** Jobs that a failure stopped at least once. */
  readonly jobsInterrupted: number;
  /** Exact integrals over the run, in GPU-seconds of capacity. */
  readonly failedGpuS: number;
  readonly drainedGpuS: number;
  /** Spares that stood by. */
  readonly reservedGpuS: number;
  readonly totalGpuS: number;
  /** Times a spare node took over. */
  readonly takeovers: number;
  /** Every reason that jobs were stopped for by this, as in the records of the run. */
  readonly stopReasons: readonly string[];
}

/** Failures of one component. */
export interface ComponentOutcome {
  readonly name: string;
  readonly failures: number;
  /** Repairs that ended. */
  readonly repairs: number;
  /** Times a failure of it stopped a job. */
  readonly interruptions: number;
  /** GPU-seconds it had out of service, overlaps with other failures counted for each. */
  readonly downGpuS: number;
  /** Work done and lost again, and restarts, in GPU-seconds. */
  readonly lostGpuS: number;
}
