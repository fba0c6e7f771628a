// What a worker thread runs: `pool-entry.cts` calls the default export with one unit after the other.
import { createUnitRunner } from "./run-unit.js";
import type { SimulationUnit, UnitOutcome } from "./unit.js";

const runner = createUnitRunner();

/** Runs one unit; what the thread has read before is kept. */
export default function runUnit(unit: SimulationUnit): Promise<UnitOutcome> {
  return runner.run(unit);
}
