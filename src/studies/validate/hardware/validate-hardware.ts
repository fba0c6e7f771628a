import type { Check } from "../check.js";
import { collectiveChecks } from "./collective-checks.js";
import { migChecks } from "./mig-checks.js";

/** MIG geometry, collectives and what else is published about the hardware; needs no reference data. */
export function validateHardware(): Promise<readonly Check[]> {
  return Promise.resolve([...migChecks(), ...collectiveChecks()]);
}
