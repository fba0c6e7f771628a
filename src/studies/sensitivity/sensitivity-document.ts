import type { FleetNames } from "../../scenario/fleet/fleet-names.js";
import type { Assumption, InputFile } from "../run/result-document.js";

/** What a value of a factor does to one metric. */
export interface SwingEnd {
  /** Value of the factor. */
  readonly value: number;
  /** As people read it. */
  readonly text: string;
  /** Metric there; null without a value. */
  readonly metric: number | null;
  /** Metric there minus that of the scenario, run by run on the same random numbers; null without a value. */
  readonly difference: number | null;
  /** Interval of the difference at the confidence of the scenario; null for a single run. */
  readonly interval: readonly [number, number] | null;
  /** Whether all goals are met there. */
  readonly goalsMet: boolean;
  /** Goals that are missed there. */
  readonly missed: readonly string[];
}

/** One factor of a tornado chart. */
export interface FactorSwing {
  /** Unique in the document. */
  readonly id: string;
  /** In words. */
  readonly label: string;
  /** Field that was varied. */
  readonly path: string;
  /** Value of the scenario; null where it is not written. */
  readonly value: number | null;
  /** Where the number comes from. */
  readonly provenance: Assumption["provenance"];
  /** Why it was varied between these. */
  readonly source: string;
  /** Less end of the range. */
  readonly low: SwingEnd;
  /** Greater end of the range. */
  readonly high: SwingEnd;
  /** Larger of the two differences without sign; null without a value. */
  readonly swing: number | null;
  /** True when the intervals of both differences hold 0: nothing was shown. */
  readonly isUnclear: boolean;
  /** Where the decision changes inside the range, and to what; null where it does not. */
  readonly flip: Flip | null;
}

/** Where goals that are met are met no longer, or the other way round. */
export interface Flip {
  /** Value nearest to the scenario's at which the decision is another one, to within 1 % of the range. */
  readonly value: number;
  /** As people read it after "is": `above 1.014`, `7 or less`. */
  readonly text: string;
  /** `above`: from the value on upwards. */
  readonly side: "above" | "below";
  /** Whether all goals are met beyond it. */
  readonly goalsMet: boolean;
  /** Goals that change. */
  readonly goals: readonly string[];
}

/** Effects over the whole ranges, all factors moving (Morris). */
export interface GlobalEffect {
  /** Factor. */
  readonly id: string;
  /** Mean of the absolute effects over the range, in the unit of the metric; null without a value. */
  readonly meanAbsolute: number | null;
  /** Mean with signs. */
  readonly mean: number | null;
  /** Standard deviation: large beside the mean where factors interact or the effect bends. */
  readonly deviation: number | null;
}

/** What `headroom sensitivity --json` prints. */
export interface SensitivityDocument {
  /** Always `headroom/sensitivity/v1`. */
  readonly schema: "headroom/sensitivity/v1";
  /** Of Headroom. */
  readonly version: string;
  /** Name of the scenario. */
  readonly scenario: string;
  /** Its question. */
  readonly question: string | null;
  /** What came out, in one or two sentences. */
  readonly decision: string;
  /** Root seed. */
  readonly seed: number;
  /** Runs of every point, on the same random numbers; at another load five at least, as other jobs are drawn there. */
  readonly replications: number;
  /** Of every interval. */
  readonly confidence: number;
  /** Metric the factors are sorted by: dotted path in a result. */
  readonly metric: string;
  /** Its unit. */
  readonly unit: string;
  /** The metric in the scenario itself; null without a value. */
  readonly base: number | null;
  /** Whether all goals are met in the scenario itself. */
  readonly goalsMet: boolean;
  /** Goals of the scenario with what came out. */
  readonly goals: readonly {
    readonly id: string;
    readonly target: number;
    readonly actual: number | null;
    readonly unit: string;
    readonly met: boolean;
  }[];
  /** Largest swing first. */
  readonly factors: readonly FactorSwing[];
  /** Empty unless asked for. */
  readonly global: readonly GlobalEffect[];
  /** Walks of the global analysis. */
  readonly trajectories: number;
  /** Numbers nobody measured that no field takes: what they are. */
  readonly notVaried: readonly string[];
  /** Simulations that were run. */
  readonly runs: number;
  /** Every file that was read. */
  readonly inputs: readonly InputFile[];
  /** Names that people made up in a fleet, by what they name: what `--redact` puts pseudonyms for. Only of fleets. */
  readonly names?: FleetNames;
}
