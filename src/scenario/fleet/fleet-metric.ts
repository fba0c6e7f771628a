/** What goals of a fleet may be about one of. */
export type FleetPartKind =
  | "template"
  | "service"
  | "rollout"
  | "cluster"
  | "upgrade"
  | "job"
  | "dataset"
  | "inference"
  | "ray";

/** One figure of a fleet that a goal can be set on. */
export interface FleetMetric {
  /** Dotted path in `figures` of the result. */
  readonly path: string;
  /** `s` takes a duration, `share` a percentage, every other unit a plain number. */
  readonly unit: string;
  readonly description: string;
  /** Which direction is better. */
  readonly better: "lower" | "higher" | "neither";
  /** What the figure is also known of, each by its name; absent for all together only. */
  readonly of?: readonly FleetPartKind[];
}
