import { costSchema } from "./cost-schema.js";
import { faultsSchema } from "./faults-schema.js";
import { planSchema } from "./plan-schema.js";
import { powerSchema } from "./power-schema.js";

/** What running and buying the machines means: the sections `faults`, `power`, `cost` and `plan` of a scenario. */
export function operationsFields() {
  return {
    faults: faultsSchema().optional(),
    power: powerSchema().optional(),
    cost: costSchema().optional(),
    plan: planSchema().optional(),
  };
}
