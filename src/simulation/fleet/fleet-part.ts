/** Something that happened in a fleet and that a person would want to read about. */
export interface FleetEvent {
  /** Seconds from the start of the run. */
  readonly timeS: number;
  /** Site, cluster, rollout or upgrade it happened to. */
  readonly where: string;
  /** Stable word for its kind, such as `stage-begun`, `site-down`, `node-drained`. */
  readonly kind: string;
  /** One sentence without a full stop. */
  readonly what: string;
}

/** One line over time: row i holds from `timeS[i]` to `timeS[i + 1]`. */
export interface FleetSeries {
  /** Unique in its part; letters, digits and hyphens. */
  readonly id: string;
  /** What a reader sees in the legend. */
  readonly label: string;
  /** `share`, or what is counted: `sites`, `nodes`, `GPUs`. */
  readonly unit: string;
  /** Rollout, upgrade or other thing it belongs to; absent for the part as a whole. */
  readonly of?: string;
  readonly timeS: Float64Array;
  readonly values: Float64Array;
}

/** One column of a table with a row per member. */
export interface FleetColumn {
  /** Name in the CSV: words in lower case joined by underscores, units last. */
  readonly name: string;
  /** Header in the page. */
  readonly header: string;
  /** Printed in the header, never in the cells. */
  readonly unit?: string;
  readonly values: readonly (string | number | null)[];
}

/** A table with a row per member: `sites.csv`, `clusters.csv`, `jobs.csv`. */
export interface FleetTable {
  /** Name of its file without the ending. */
  readonly name: string;
  readonly caption: string;
  readonly columns: readonly FleetColumn[];
}

/**
 * What every part of a fleet gives besides what it knows alone: figures by dotted name, what happened, lines over
 * time, and a row per member. Result document, goals, compare, plan and report read these and need not know the
 * part.
 */
export interface FleetPartOutcome {
  /** By dotted path, each a `FleetMetric` or the same of one named part; null without a value. */
  readonly figures: ReadonlyMap<string, number | null>;
  /** In order of time; of many alike, the first ones: a page cannot show them all. */
  readonly timeline: readonly FleetEvent[];
  readonly series: readonly FleetSeries[];
  readonly tables: readonly FleetTable[];
  /** What a reader must know, in full sentences. */
  readonly warnings: readonly string[];
}
