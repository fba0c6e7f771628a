import { InputError, type Problem } from "../diagnostics/problem.js";
import type { FleetTraceReference } from "../scenario/fleet/checks/check-fleet-traces.js";
import type { FleetTrace } from "../scenario/fleet/resolve-fleet-jobs.js";
import { locatedFault, openTrace, traceKey, type LoadedTrace } from "./scenario-traces.js";

/** Traces of a fleet in memory. */
export interface LoadedFleetTraces {
  /** By the name of the jobs. */
  readonly traces: ReadonlyMap<string, FleetTrace>;
  /** Each file once. */
  readonly files: readonly LoadedTrace["file"][];
  /** What is odd in them, and allowed. */
  readonly warnings: readonly Problem[];
}

/**
 * Reads the traces that jobs of a fleet name, each once.
 *
 * @throws InputError with the problems of all traces
 */
export async function openFleetTraces(
  references: readonly FleetTraceReference[],
): Promise<LoadedFleetTraces> {
  const read = new Map<string, LoadedTrace>();
  const broken = new Set<string>();
  const traces = new Map<string, FleetTrace>();
  const problems: Problem[] = [];
  for (const { job, trace, format } of references) {
    const key = traceKey(trace.path, format);
    if (broken.has(key)) continue;
    try {
      const known = read.get(key) ?? (await openTrace(trace, format));
      read.set(key, known);
      traces.set(job, { jobs: known.jobs, format: known.format, written: trace.written });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      broken.add(key);
      const path = `workload.jobs[${job}].trace`;
      problems.push(...error.problems.map((problem) => locatedFault(problem, trace, path)));
    }
  }
  if (problems.length > 0) throw new InputError(problems);
  const all = [...read.values()];
  const files = new Map(all.map(({ file }) => [file.path, file]));
  return { traces, files: [...files.values()], warnings: all.flatMap(warningsOf) };
}

/** Warnings of traces are sentences that begin with their file. */
function warningsOf({ file: { path: file }, warnings }: LoadedTrace): readonly Problem[] {
  return warnings.map((warning) => ({
    file,
    rule: "trace",
    message: warning.slice(file.length + 2).replace(/\.$/, ""),
  }));
}
