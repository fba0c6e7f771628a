/** What has become of a site in a rollout. */
export const SITE_STATES = [
  "not chosen",
  "waiting",
  "fetching",
  "updating",
  "updated",
  "failed",
  "skipped",
] as const;

/** One of them. */
export type SiteState = (typeof SITE_STATES)[number];

/** What has become of a stage. */
export interface StageOutcome {
  readonly name: string;
  readonly sites: number;
  readonly atOnceMax: number;
  /** Sites that were under way together at most. */
  readonly atOnceSeen: number;
  /** null when it never came to that. */
  readonly beganS: number | null;
  /** When its last site was done; waits and approvals come after it. */
  readonly sitesDoneS: number | null;
  readonly endedS: number | null;
  readonly updated: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What has become of a rollout. */
export interface RolloutOutcome {
  /** Place among the rollouts. */
  readonly index: number;
  readonly name: string;
  readonly what: "model" | "node";
  readonly startS: number;
  /** When the last stage was complete; null when it was not in the run. */
  readonly endedS: number | null;
  /** When more sites had failed than it bears; null when that did not happen. */
  readonly stoppedS: number | null;
  readonly stages: readonly StageOutcome[];
  /** By site: index into `SITE_STATES`. */
  readonly siteState: Uint8Array;
  /** By site: when its update began and when it was done, failed or skipped; NaN where it was not. Seconds. */
  readonly siteBeganS: Float64Array;
  readonly siteDoneS: Float64Array;
  /** Sites of its stages. */
  readonly sites: number;
  /** Sites on the new version over time: one entry per site that was updated, in order of time. */
  readonly updatedAtS: Float64Array;
}
