import type { Check } from "../check.js";
import { collectiveChecks } from "./collective-checks.js";
import { migChecks } from "./mig-checks.js";
import { reliabilityChecks } from "./reliability-checks.js";
import { topologyChecks } from "./topology-checks.js";
import { trainingChecks } from "./training-checks.js";

/** MIG geometry, collectives, reliability and what else is published about the hardware; needs no reference data. */
export function validateHardware(): Promise<readonly Check[]> {
  return Promise.resolve([
    ...migChecks(),
    ...collectiveChecks(),
    ...topologyChecks(),
    ...reliabilityChecks(),
    ...trainingChecks(),
  ]);
}
