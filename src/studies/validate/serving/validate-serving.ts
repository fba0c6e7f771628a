import type { Check } from "../check.js";
import { autoscalingChecks } from "./autoscaling-checks.js";
import { goldenChecks } from "./golden-checks.js";
import { kaitoChecks } from "./kaito-checks.js";
import { rooflineChecks } from "./roofline-checks.js";
import { schedulingChecks } from "./scheduling-checks.js";
import { trafficChecks } from "./traffic-checks.js";

/** KAITO's own tests, then recorded runs of vLLM, what every scheduler of batches must show, then request traces and the search for capacity. */
export async function validateServing(dataFolder: string): Promise<readonly Check[]> {
  return [
    ...(await kaitoChecks(dataFolder)),
    ...(await goldenChecks(dataFolder)),
    ...(await rooflineChecks(dataFolder)),
    ...schedulingChecks(),
    ...autoscalingChecks(),
    ...(await trafficChecks(dataFolder)),
  ];
}
