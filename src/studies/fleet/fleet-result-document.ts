import type { FleetNames } from "../../scenario/fleet/fleet-names.js";
import type { FleetEvent } from "../../simulation/fleet/fleet-part.js";
import type { Assumption, GoalResult, InputFile, MetricInterval } from "../run/result-document.js";

/** How often a fleet was run, and what its intervals rest on. */
export interface FleetReplications {
  /** Runs. */
  readonly count: number;
  /** Confidence of every interval, two-sided. */
  readonly confidence: number;
  /** By dotted path; figures without a value in some run are left out. */
  readonly intervals: Readonly<Record<string, MetricInterval>>;
}

/** The document that `result.json` of a fleet holds and `--json` prints. Breaking changes change `schema`. */
export interface FleetResult {
  /** Version of this format. */
  readonly schema: "headroom/fleet-result/v1";
  /** Version of Headroom. */
  readonly version: string;
  /** Name of the fleet. */
  readonly fleet: string;
  /** The question the fleet asks; null without one. */
  readonly question: string | null;
  /** The answer in plain sentences, computed from the goals. */
  readonly decision: string;
  /** Root of every random stream. */
  readonly seed: number;
  /** Seconds the run lasted. */
  readonly durationS: number;
  /** Every file the run read. */
  readonly inputs: readonly InputFile[];
  /** What prices and costs are in; absent where the fleet does not say. */
  readonly prices?: {
    readonly currency: string;
    readonly asOf?: string | undefined;
    readonly source?: string | undefined;
  };
  /** Every goal of the fleet, in its order. */
  readonly goals: readonly GoalResult[];
  /**
   * Every figure by its dotted path, of one named part as `sites[store].availability`; means over replications; null
   * without a value.
   */
  readonly figures: Readonly<Record<string, number | null>>;
  /** Absent for a single run. */
  readonly replications?: FleetReplications;
  /** What happened in the first run, in order of time; of many alike only the first. */
  readonly timeline: readonly FleetEvent[];
  /** What a reader must know, in full sentences. */
  readonly warnings: readonly string[];
  /** Numbers that did not come out of the run, with their provenance. */
  readonly assumptions: readonly Assumption[];
  /** Names that people made up in the fleet, by what they name: what `--redact` puts pseudonyms for. None after it. */
  readonly names: FleetNames;
}

/** Every figure of a result that has a value, by its dotted path: what compare, sweep and plan read. */
export function figuresOf({ figures }: Pick<FleetResult, "figures">): ReadonlyMap<string, number> {
  return new Map(
    Object.entries(figures).flatMap(([path, value]) => (value === null ? [] : [[path, value]])),
  );
}
