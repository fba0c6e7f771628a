import { formatPath } from "../../diagnostics/field-path.js";
import type { CheckContext } from "../check-context.js";
import { checkAcceptedGpu, gpuNamesOf } from "./check-cluster.js";
import { listAt, textOf } from "./duplicates.js";

const GPU_SPEEDS = ["workload", "gpuSpeeds"] as const;

/** What the terms of all jobs must be together with the rest of the scenario. */
export function checkJobTerms(context: CheckContext): void {
  checkGpuSpeeds(context);
}

function checkGpuSpeeds(context: CheckContext): void {
  const gpuNames = gpuNamesOf(context);
  const givenBy = new Map<string, string>();
  listAt(context, GPU_SPEEDS).forEach((entry, index) => {
    const path = [...GPU_SPEEDS, index, "gpu"];
    checkAcceptedGpu(context, path, gpuNames);
    const written = textOf(entry, "gpu");
    if (written === undefined) return;
    for (const model of gpuNames.accepted(written)) {
      const before = givenBy.get(model);
      if (before === undefined) givenBy.set(model, written);
      else {
        context.report({
          path,
          rule: "duplicate-name",
          message: `${formatPath(path)}: "${before}" gives the speed of ${model} already`,
        });
        return;
      }
    }
  });
}
