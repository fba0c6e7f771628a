import type { FleetNames } from "../../scenario/fleet/fleet-names.js";
import type { Assumption, InputFile } from "../run/result-document.js";
import type { GoalTarget } from "../run/evaluate-goals.js";
import type { StoredFailure } from "./stored-run.js";
import type { SweepSpec } from "./sweep-spec.js";

/** A figure of one point over its replications. */
export interface PointFigure {
  /** Mean over replications; null when one of them has no value. */
  readonly mean: number | null;
  /** Interval of the mean over replications at 95 %; null with fewer than two. */
  readonly interval: readonly [low: number, high: number] | null;
}

/** One point of the space with its figures. */
export interface SweptPoint {
  /** Counted from 1, as in the table. */
  readonly point: number;
  /** In the order of the axes; null where a listed point leaves a field alone. */
  readonly values: readonly unknown[];
  /** By path of the drawn metrics; absent where a run failed. */
  readonly figures?: Readonly<Record<string, PointFigure>>;
  /** Goals whose mean is on the good side; absent where a run failed. */
  readonly goalsMet?: number;
  /** Runs in which waits did not settle. */
  readonly overloadedRuns?: number;
  /** What the first failed run said. */
  readonly failure?: StoredFailure;
}

/** An axis with the distinct values that occur, in the order in which they first do. */
export interface SweptAxis {
  readonly path: string;
  readonly name: string;
  /** True when every value is a number, with a unit or without, so that a curve can be drawn. */
  readonly isNumeric: boolean;
  readonly values: readonly unknown[];
}

/** What `sweep.json` holds; a report can be made of it alone. */
export interface SweepDocument {
  readonly schema: "headroom/sweep-result/v1";
  readonly version: string;
  readonly name: string;
  readonly question: string | null;
  /** In plain words, computed from the points. */
  readonly answer: string;
  readonly scenario: string;
  readonly seed: number;
  readonly design: SweepSpec["design"];
  readonly replications: number;
  /** Name of the table beside the document: one row per run. */
  readonly table: string;
  readonly axes: readonly SweptAxis[];
  /** Metrics that are drawn. */
  readonly metrics: readonly { readonly path: string; readonly unit: string }[];
  /** Goals of the scenario; a point may set others, which its runs are judged by. */
  readonly goals: readonly GoalTarget[];
  readonly points: readonly SweptPoint[];
  readonly failedPoints: number;
  /** Every file that was read. */
  readonly inputs: readonly InputFile[];
  readonly assumptions: readonly Assumption[];
  /** In full sentences. */
  readonly warnings: readonly string[];
  /** Names that people made up in a fleet, by what they name: what `--redact` puts pseudonyms for. Only of fleets. */
  readonly names?: FleetNames;
}
