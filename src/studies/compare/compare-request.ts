import type { LoadedScenario } from "../../io/load-scenario.js";
import type { UnitScenario } from "../pool/unit.js";

/** A configuration to compare, checked. */
export interface RequestedConfiguration {
  /** Unique among those compared. */
  readonly name: string;
  readonly unit: UnitScenario;
  /** What the command line lays over the scenario; values as written. */
  readonly set: readonly { readonly path: string; readonly value: string }[];
  /** Without its variants. */
  readonly loaded: LoadedScenario;
  /** The whole scenario as plain values, overlays laid over it. */
  readonly plain: unknown;
}

/** Everything a comparison depends on. */
export interface CompareRequest {
  /** The base first; at least two. */
  readonly configurations: readonly RequestedConfiguration[];
  /** Root of every random stream. */
  readonly seed: number;
  /** In (0, 1). */
  readonly confidence: number;
  /** Most replications of each configuration, at least 2. */
  readonly replicationsMax: number;
  /** True runs all of them and looks once. */
  readonly isFixed: boolean;
  /** True gives every configuration random numbers of its own. */
  readonly isIndependent: boolean;
  /** A difference below this share of the first mean counts as none; ≥ 0. */
  readonly indifferenceShare: number;
  /** `base`: each against the first. `all`: every two. */
  readonly pairs: "base" | "all";
  /** No look is taken beyond this much wall-clock time, in seconds. */
  readonly timeLimitS?: number;
}
