import type { Problem } from "../../diagnostics/problem.js";
import type { LoadedFile } from "../../io/scenario-texts.js";
import type { ScenarioOverlay } from "../../scenario/apply-overlays.js";
import type { ArrivalSeries } from "../replicate/run-warm-up.js";
import type { RunResult } from "../run/result-document.js";
import type { WaitBreakdown } from "./wait-breakdown.js";

/** One configuration as it can be sent to a worker: a file, and what is laid over it. Its variants do not count. */
export interface UnitScenario {
  /** As the person wrote it; relative to the folder of the process. */
  readonly path: string;
  /** Text in place of what stands at the path. */
  readonly text?: string;
  /** Laid over the scenario in their order, as `--set` does. */
  readonly overlays: readonly ScenarioOverlay[];
  /** Folders beside the project that the scenario may read from. */
  readonly allowedFolders?: readonly string[];
}

/** The smallest piece of work: one configuration simulated once. */
export interface SimulationUnit {
  readonly scenario: UnitScenario;
  /** Root of every random stream of this run; `replicationSeed` makes those of replications. */
  readonly seed: number;
  /** Jobs that arrive before this second are in no figure; everything counts when absent. */
  readonly warmUpEndS?: number;
  /** True asks for the waits in order of arrival too, from which a warm-up is found. */
  readonly arrivals?: boolean;
}

/** What one run gave. The same unit gives the same outcome, whoever computes it. */
export interface UnitSuccess {
  readonly ok: true;
  /** Figures of this one run; its goals are judged by them alone. */
  readonly result: RunResult;
  readonly waits: WaitBreakdown;
  /** Why waits are said not to have settled; absent when they did. */
  readonly overload?: string;
  /** Every file the run read. */
  readonly inputs: readonly LoadedFile[];
  readonly arrivals?: ArrivalSeries;
}

/** A run that gave nothing. */
export interface UnitFailure {
  readonly ok: false;
  /** `input`: a person can mend it. `defect`: our mistake. `worker`: its thread died, of memory for example. */
  readonly kind: "input" | "defect" | "worker";
  readonly message: string;
  /** Empty unless the kind is `input`. */
  readonly problems: readonly Problem[];
}

/** Outcome of one unit. */
export type UnitOutcome = UnitSuccess | UnitFailure;
