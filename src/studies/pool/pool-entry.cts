// What piscina loads in a worker thread. It would `require` the ES module itself, and Node 20 aborts the whole
// process when a thread is ended in the middle of that; an `import` may be ended at any moment.
import type { FleetUnit, FleetUnitOutcome } from "./fleet-unit.js" with {
  "resolution-mode": "import",
};
import type { SimulationUnit, UnitOutcome } from "./unit.js" with { "resolution-mode": "import" };

const loading = import("./pool-worker.js");

async function runUnit(unit: SimulationUnit | FleetUnit): Promise<UnitOutcome | FleetUnitOutcome> {
  const worker = await loading;
  return worker.default(unit);
}

export = runUnit;
