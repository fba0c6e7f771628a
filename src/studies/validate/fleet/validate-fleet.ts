import type { Check } from "../check.js";
import { autoscalingChecks } from "./autoscaling-checks.js";
import { overheadChecks } from "./overhead-checks.js";
import { placementChecks } from "./placement-checks.js";
import { quorumChecks } from "./quorum-checks.js";
import { rayChecks } from "./ray-checks.js";
import { rolloutChecks } from "./rollout-checks.js";
import { siteChecks } from "./site-checks.js";

/** Rules of fleets against the tests and tables of the projects they are from; needs no data. */
export function validateFleet(): Promise<readonly Check[]> {
  return Promise.resolve([
    ...placementChecks(),
    ...rolloutChecks(),
    ...rayChecks(),
    ...quorumChecks(),
    ...siteChecks(),
    ...autoscalingChecks(),
    ...overheadChecks(),
  ]);
}
