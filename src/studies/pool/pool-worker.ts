// What a worker thread runs: `pool-entry.cts` calls the default export with one unit after the other.
import { createFleetUnitRunner, type FleetUnit, type FleetUnitOutcome } from "./fleet-unit.js";
import { createUnitRunner } from "./run-unit.js";
import type { SimulationUnit, UnitOutcome } from "./unit.js";

const runner = createUnitRunner();
const runFleetUnit = createFleetUnitRunner();

/** Runs one unit; what the thread has read before is kept. */
export default function runUnit(
  unit: SimulationUnit | FleetUnit,
): Promise<UnitOutcome | FleetUnitOutcome> {
  return "kind" in unit ? runFleetUnit(unit) : runner.run(unit);
}
