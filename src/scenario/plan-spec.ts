/** Limits of a `plan` section; every one is checked before what it limits is built. */
export const PLAN_LIMITS = {
  decisionsMax: 20,
  choicesMax: 1_000,
  suppliesMax: 10_000,
  /** Combinations of all choices. */
  candidatesMax: 100_000,
  /** Combinations of all choices but counts: each is read and priced once. */
  familiesMax: 500,
} as const;

/** What holds where a `plan` section says nothing. */
export const PLAN_DEFAULTS = {
  minimise: "cost",
  horizonS: 31_536_000,
  confidence: 0.95,
  tolerance: 0.05,
  replicationsFirst: 10,
  replicationsMax: 60,
  growthMax: 3,
} as const;

/** One value at one path, as an overlay takes it. */
export interface PlanSetting {
  /** As written: `cluster.nodes[h100].count`. */
  readonly path: string;
  /** YAML text of the value. */
  readonly value: string;
}

/** One way a decision can go. */
export interface PlanChoice {
  readonly label: string;
  readonly settings: readonly PlanSetting[];
  /** For the count of a node group. */
  readonly count?: number;
}

/** One thing that is decided. */
export interface PlanDecision {
  readonly name: string;
  /** Node group whose count it is; absent for every other decision. */
  readonly group?: string;
  /** At least one; counts rise. */
  readonly choices: readonly PlanChoice[];
}

/** What a plan may not exceed. */
export interface PlanLimits {
  /** In the currency, over the horizon. */
  readonly budget?: number;
  /** In the currency. */
  readonly purchase?: number;
  /** W at the meter with every GPU busy. */
  readonly power?: number;
  readonly rackUnits?: number;
  readonly nodes?: number;
  /** Seconds from today. */
  readonly delivery?: number;
}

/** What is known of getting the nodes of a group. */
export interface PlanSupply {
  readonly group: string;
  readonly leadTimeS: number;
  /** Nodes per arrival; Infinity: all at once. */
  readonly batch: number;
  readonly everyS: number;
  readonly have: number;
  readonly rackUnits?: number;
}

/** A `plan` section in base units, with everything that was left out filled in. */
export interface PlanSpec {
  readonly decisions: readonly PlanDecision[];
  readonly minimise: "cost" | "power";
  readonly horizonS: number;
  /** True when neither the plan nor the cost section names a horizon. */
  readonly isHorizonAssumed: boolean;
  readonly limits: PlanLimits;
  /** Nodes of one group that may be missing. */
  readonly surviveNodes: number;
  readonly supplies: readonly PlanSupply[];
  readonly confidence: number;
  readonly tolerance: number;
  readonly replicationsFirst: number;
  readonly replicationsMax: number;
  /** Undefined where nothing is said of growth in time. */
  readonly growthPerMonth: number | undefined;
  readonly growthMax: number;
}
