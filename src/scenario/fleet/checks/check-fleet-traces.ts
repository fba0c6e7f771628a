import { formatPath } from "../../../diagnostics/field-path.js";
import type { CheckContext } from "../../check-context.js";
import { checkFilePath, type FileChecks } from "../../checks/check-workload.js";
import { fieldOf, listAt, textOf } from "../../checks/duplicates.js";
import { fileReference, type TraceReference } from "../../trace-reference.js";

const JOBS = ["workload", "jobs"] as const;

/** Fields that a trace takes the place of. */
const OF_THE_TRACE = [
  "workers",
  "gpusPerWorker",
  "count",
  "every",
  "arrivals",
  "duration",
  "durations",
] as const;

/** A trace that jobs of a fleet are read from. */
export interface FleetTraceReference {
  /** Name of the jobs. */
  readonly job: string;
  readonly trace: TraceReference;
  /** Absent: recognised from the file. */
  readonly format?: string;
}

/** Jobs have either a trace or fields of their own; a trace must be there. @returns all traces that are named */
export function checkFleetTraces(
  context: CheckContext,
  files: FileChecks,
): readonly FleetTraceReference[] {
  return listAt(context, JOBS).flatMap((job, index): readonly FleetTraceReference[] => {
    const path = [...JOBS, index];
    if (typeof job !== "object" || job === null) return [];
    const trace = fileReference(context.root, [...path, "trace"]);
    if (trace === undefined) {
      if (fieldOf(job, "duration") === undefined)
        context.report({
          path,
          rule: "missing-field",
          message: `${formatPath(path)} lacks the required field "duration"`,
          help: "give duration, or a trace with the jobs: headroom explain fleet workload.jobs[].trace",
        });
      for (const key of ["format", "maxJobs"] as const)
        if (fieldOf(job, key) !== undefined)
          context.report({
            path: [...path, key],
            part: "key",
            rule: "incomplete-fields",
            message: `${formatPath([...path, key])} is for a trace, and ${formatPath(path)} has none`,
          });
      return [];
    }
    for (const key of OF_THE_TRACE)
      if (fieldOf(job, key) !== undefined)
        context.report({
          path: [...path, key],
          part: "key",
          rule: "conflicting-fields",
          message: `${formatPath(path)} has both trace and ${key}, which the trace says of each job`,
          help: `leave ${key} out`,
        });
    checkFilePath(context, [...path, "trace"], trace, files);
    const format = textOf(job, "format");
    const name = textOf(job, "name");
    if (name === undefined) return [];
    return [{ job: name, trace, ...(format === undefined || format === "auto" ? {} : { format }) }];
  });
}
