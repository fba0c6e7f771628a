import { loadFleet, type LoadedFleet } from "../../io/load-fleet.js";
import { simulateFleet } from "../../simulation/fleet/simulate-fleet.js";
import { judgeFleetGoals } from "../fleet/fleet-goals.js";
import { figuresOfRun } from "../fleet/figures-of-run.js";
import { withSpecificationFaults } from "../run/specification-fault.js";
import type { UnitFailure, UnitScenario } from "./unit.js";
import { failureOf } from "./unit-failure.js";

/** One fleet simulated once. */
export interface FleetUnit {
  readonly kind: "fleet";
  readonly scenario: UnitScenario;
  /** Root of every random stream of this run. */
  readonly seed: number;
}

/** What one run of a fleet gave: figures by dotted path, and what a reader must know. */
export interface FleetUnitSuccess {
  readonly ok: true;
  readonly figures: Readonly<Record<string, number | null>>;
  readonly warnings: readonly string[];
  /** Goals of the fleet, judged by this one run. */
  readonly goals: readonly {
    readonly id: string;
    readonly actual: number | null;
    readonly met: boolean;
  }[];
}

/** Outcome of one run of a fleet. */
export type FleetUnitOutcome = FleetUnitSuccess | UnitFailure;

/** Fleets kept in memory. */
const FLEETS_MAX = 16;

/** Runs fleets one after the other and remembers the latest that were read. Never throws. */
export function createFleetUnitRunner(): (unit: FleetUnit) => Promise<FleetUnitOutcome> {
  const loaded = new Map<string, LoadedFleet>();
  return async (unit) => {
    try {
      const key = JSON.stringify(unit.scenario);
      const known = loaded.get(key) ?? (await loadUnitFleet(unit.scenario));
      loaded.delete(key);
      loaded.set(key, known);
      if (loaded.size > FLEETS_MAX) loaded.delete(loaded.keys().next().value!);
      const { fleet } = known;
      const run = withSpecificationFaults(fleet.file, undefined, () =>
        simulateFleet(fleet.spec, unit.seed),
      );
      const { figures, warnings } = figuresOfRun(run);
      const named = Object.fromEntries(figures);
      const goals = judgeFleetGoals(fleet.goals, named, [figures], undefined).map(
        ({ id, actual, met }) => ({ id, actual, met }),
      );
      return { ok: true, figures: named, warnings, goals };
    } catch (error) {
      return failureOf(unit, error);
    }
  };
}

/**
 * Loads the fleet of a unit.
 *
 * @throws InputError with every problem found
 */
export function loadUnitFleet({
  path,
  overlays,
  allowedFolders,
}: UnitScenario): Promise<LoadedFleet> {
  return loadFleet({
    path,
    overlays,
    ...(allowedFolders === undefined ? {} : { allowedFolders }),
  });
}
