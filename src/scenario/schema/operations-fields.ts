import { costSchema } from "./cost-schema.js";
import { faultsSchema } from "./faults-schema.js";
import { powerSchema } from "./power-schema.js";

/** What running the machines means: the sections `faults`, `power` and `cost` of a scenario. */
export function operationsFields() {
  return {
    faults: faultsSchema().optional(),
    power: powerSchema().optional(),
    cost: costSchema().optional(),
  };
}
