import type { RepairTime, TimeToFailure } from "../../faults/fault-spec.js";

/** What can vote beside the nodes of a site. */
export type Witness = "none" | "cloud" | "local";

/** A planned time without a link. Seconds. */
export interface DisconnectedWindow {
  readonly fromS: number;
  readonly durationS: number;
  /** Absent: once. */
  readonly everyS?: number;
  /** Share of the sites that have it, 0..1. */
  readonly share: number;
  /** It begins up to so much later at a site, drawn evenly. */
  readonly spreadS: number;
}

/** Something that fails at a site. */
export interface SiteFault {
  readonly timeToFailure: TimeToFailure;
  readonly repair: RepairTime;
}

/** A link that some sites have. */
export interface SiteLink {
  readonly weight: number;
  readonly bitsPerS: number;
  /** Seconds to where requests go that the site cannot serve, and back. */
  readonly roundTripS: number;
}

/** Equal sites, and what each draws for itself. */
export interface SiteTemplate {
  readonly name: string;
  readonly count: number;
  readonly labels: Readonly<Record<string, string>>;
  /** Label, value, share: given out exactly, in random order. */
  readonly labelShares: readonly {
    readonly label: string;
    readonly values: readonly { readonly value: string; readonly share: number }[];
  }[];
  readonly nodes: number;
  /** Canonical name. */
  readonly gpuModel: string;
  readonly gpusPerNode: number;
  readonly bootS: number;
  readonly witness: Witness;
  /** False: only the votes of the cluster count. */
  readonly hasPool: boolean;
  readonly rebuildBaseS: number;
  /** Seconds of rebuilding per second away. */
  readonly rebuildPerSAway: number;
  /** Index into `SitesSpec.regions`, with weights. */
  readonly regions: readonly { readonly region: number; readonly weight: number }[];
  readonly links: readonly SiteLink[];
  readonly demandMedian: number;
  readonly demandSigma: number;
  readonly startOffsetMaxS: number;
  readonly nodeFault?: SiteFault;
  readonly powerFault?: SiteFault;
  readonly linkFault?: SiteFault;
  readonly disconnected: readonly DisconnectedWindow[];
  readonly offlineLimitS: number;
  /** Seconds a site serves nothing after an offline time beyond the limit; absent: it is only reconnected. */
  readonly redeployS?: number;
  readonly telemetryHorizonS: number;
  /** Seconds of telemetry the link carries in a second, ≥ 1. */
  readonly telemetryBackfill: number;
  /** Services of its sites, by index into `SitesSpec.services`, with GPUs of each node. */
  readonly serves: readonly ServedHere[];
}

/** A service at the sites of one template. */
export interface ServedHere {
  readonly service: number;
  readonly gpusPerNode: number;
  /** Mean seconds of a request in its slot. */
  readonly computeS: number;
}

/** A model that sites serve. */
export interface SiteService {
  readonly name: string;
  readonly slotsPerGpu: number;
  /** Squared coefficient of variation of the compute time, 0..1. */
  readonly variation: number;
  readonly startS: number;
  readonly perSiteDay: number;
  /** Weights of the 24 hours of the local day; they sum to 1. */
  readonly hours: readonly number[];
  /** Weights of the days of the week, the first day of the run first. */
  readonly days: readonly number[];
  readonly latencyGoalS: number;
  readonly utilizationMax: number;
  /** Mean compute seconds where requests go that a site cannot serve; absent: they are not served. */
  readonly elsewhereComputeS?: number;
}

/** A region, as far as sites look at it. */
export interface SiteRegion {
  readonly name: string;
  readonly utcOffsetS: number;
  readonly labels: Readonly<Record<string, string>>;
}

/** A count, or a percentage of what it is of. */
export type CountOrPercent = { readonly count: number } | { readonly percent: number };

/** Sites that are updated side by side. */
export interface RolloutGroup {
  readonly name: string;
  /** Names of templates; absent: all. */
  readonly templates?: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly sortBy?: string;
  readonly maxConcurrency: CountOrPercent;
}

/** One stage of a rollout. */
export interface RolloutStage {
  readonly name: string;
  /** Indices of stages that must be complete before it. */
  readonly after: readonly number[];
  readonly groups: readonly RolloutGroup[];
  readonly maxConcurrency: CountOrPercent;
  readonly failuresMax: CountOrPercent;
  /** Seconds until a person has approved; absent: nobody is asked. */
  readonly approvalBeforeS?: number;
  readonly waitS: number;
  readonly approvalAfterS?: number;
}

/** An update that goes over sites in stages. */
export interface RolloutSpec {
  readonly name: string;
  readonly startS: number;
  /** Index of the service whose model it is; absent: nodes are replaced. */
  readonly service?: number;
  readonly bytes: number;
  readonly restartS: number;
  readonly wholeFirst: boolean;
  readonly failureChance: number;
  readonly stages: readonly RolloutStage[];
  /** Second of the local day; absent: always open. */
  readonly window?: { readonly fromS: number; readonly durationS: number };
  readonly pollS: number;
  readonly disconnected: "wait" | "skip";
  /** Seconds after which a site that could not begin is left out; absent: never. */
  readonly giveUpS?: number;
}

/** All small sites of a fleet, what they serve, and what is rolled out over them. */
export interface SitesSpec {
  readonly templates: readonly SiteTemplate[];
  readonly regions: readonly SiteRegion[];
  readonly services: readonly SiteService[];
  readonly rollouts: readonly RolloutSpec[];
}
