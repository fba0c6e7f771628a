import { isFleetFile } from "../../io/load-fleet.js";
import type { LoadedScenario } from "../../io/load-scenario.js";
import type { LoadedFile } from "../../io/scenario-texts.js";
import type { LoadedTrace } from "../../io/scenario-traces.js";
import type { ScenarioField } from "../../scenario/field-tree.js";
import { fleetFormat } from "../../scenario/fleet/fleet-format.js";
import type { FleetNames } from "../../scenario/fleet/fleet-names.js";
import { fleetUnitOf } from "../../scenario/fleet/fleet-metrics.js";
import { scenarioFormat } from "../../scenario/format.js";
import { findMetric } from "../../scenario/metrics.js";
import { loadUnitFleet } from "../pool/fleet-unit.js";
import { loadUnitScenario } from "../pool/run-unit.js";
import type { UnitScenario } from "../pool/unit.js";
import type { GoalTarget } from "../run/evaluate-goals.js";
import type { Assumption } from "../run/result-document.js";

/** What every point of a sweep begins with: a scenario or a fleet. */
export interface SweepBase {
  readonly kind: "scenario" | "fleet";
  readonly question: string | undefined;
  /** Root of its random streams. */
  readonly seed: number;
  readonly goals: readonly GoalTarget[];
  readonly assumptions: readonly Assumption[];
  /** Every file that was read. */
  readonly inputs: readonly LoadedFile[];
  readonly warnings: readonly string[];
  /** What jobs are left out of figures; undefined leaves none out. */
  readonly warmUpS: number | "auto" | undefined;
  /** For names that a report tells; absent for fleets. */
  readonly scenario?: LoadedScenario;
  /** Names that people made up in a fleet. */
  readonly names?: FleetNames;
  /** Unit of a metric, as figures are printed. */
  unitOf(metric: string): string;
}

/** The format in which the base of a sweep is written. */
export async function baseFields(
  path: string,
  allowedFolders: readonly string[],
): Promise<{ readonly kind: SweepBase["kind"]; readonly fields: ScenarioField }> {
  return (await isFleetFile(path, allowedFolders))
    ? { kind: "fleet", fields: fleetFormat().fields }
    : { kind: "scenario", fields: scenarioFormat().fields };
}

/**
 * Loads what points begin with.
 *
 * @throws InputError with every problem found
 */
export async function loadSweepBase(
  kind: SweepBase["kind"],
  unit: UnitScenario,
): Promise<SweepBase> {
  return kind === "fleet" ? fleetBase(unit) : scenarioBase(await loadUnitScenario(unit));
}

/**
 * Files that a point reads.
 *
 * @param traces traces read before; those read now are added
 * @throws InputError with every problem found
 */
export async function inputsOfPoint(
  kind: SweepBase["kind"],
  unit: UnitScenario,
  traces: Map<string, LoadedTrace>,
): Promise<readonly LoadedFile[]> {
  const { inputs } =
    kind === "fleet" ? await loadUnitFleet(unit) : await loadUnitScenario(unit, traces);
  return inputs;
}

async function fleetBase(unit: UnitScenario): Promise<SweepBase> {
  const { fleet, inputs } = await loadUnitFleet(unit);
  return {
    kind: "fleet",
    question: fleet.question,
    seed: fleet.seed,
    goals: fleet.goals,
    assumptions: fleet.assumptions,
    inputs,
    warnings: fleet.warnings.map(({ message }) => `${message}.`),
    warmUpS: undefined,
    names: fleet.names,
    unitOf: (metric) => fleetUnitOf(metric, fleet.prices?.currency),
  };
}

function scenarioBase(scenario: LoadedScenario): SweepBase {
  const { resolved } = scenario.base;
  const { goals, cost, assumptions, statistics } = resolved;
  return {
    kind: "scenario",
    question: scenario.scenario.question,
    seed: scenario.scenario.seed,
    goals,
    assumptions,
    inputs: scenario.inputs,
    warnings: scenario.warnings,
    warmUpS: statistics.warmUpS,
    scenario,
    unitOf(metric) {
      const unit = findMetric(metric)?.unit ?? "";
      return unit === "currency" ? (cost?.currency ?? "") : unit;
    },
  };
}
