import type { SWEEP_DESIGNS } from "./sweep-schema.js";

/** A field that varies. */
export interface SweepAxis {
  /** As `--set` names it. */
  readonly path: string;
  /** For tables and charts; unique in the sweep. */
  readonly name: string;
  /** Range of a numeric axis; absent where values are given one by one. */
  readonly range?: {
    readonly from: number;
    readonly to: number;
    readonly isWhole: boolean;
    readonly unit: string;
  };
}

/** One value of one axis at one point. */
export interface AxisValue {
  /** What a person wrote or the design gave: for tables and charts. */
  readonly value: unknown;
  /** YAML text for the overlay. */
  readonly text: string;
}

/** One place in the space; `values` in the order of the axes, undefined where a listed point leaves a field alone. */
export interface SweepPoint {
  readonly index: number;
  readonly values: readonly (AxisValue | undefined)[];
}

/** A sweep file that was found to be in order. */
export interface SweepSpec {
  /** Path of the sweep file as written. */
  readonly file: string;
  readonly name: string;
  readonly question: string | undefined;
  /** Path of the scenario, seen from the folder of the process. */
  readonly scenario: string;
  readonly design: (typeof SWEEP_DESIGNS)[number];
  readonly axes: readonly SweepAxis[];
  readonly points: readonly SweepPoint[];
  /** Fields set at every point, with their YAML text. */
  readonly set: readonly { readonly path: string; readonly text: string }[];
  readonly replications: number;
  /** Undefined takes the scenario's. */
  readonly seed: number | undefined;
  /** Metrics the report draws; undefined takes those of the goals. */
  readonly metrics: readonly string[] | undefined;
  readonly table: "csv" | "parquet";
}
