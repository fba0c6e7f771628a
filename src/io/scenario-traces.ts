import { InputError } from "../diagnostics/problem.js";
import type { ResolvedConfiguration } from "../scenario/resolved.js";
import type { TraceReference } from "../scenario/trace-reference.js";
import type { JobTable } from "../workload/job-table.js";
import { readTrace } from "../workload/read-trace.js";
import { openTraceFile } from "./trace-file.js";

/** A trace in memory, with what was found on the way. */
export interface LoadedTrace {
  readonly jobs: JobTable;
  /** Name of the format it was read as. */
  readonly format: string;
  /** By the path written in the scenario. */
  readonly file: { readonly path: string; readonly sha256: string };
  /** In full sentences. */
  readonly warnings: readonly string[];
}

/** One file read in two formats is two traces. */
export function traceKey(path: string, format: string | undefined): string {
  return `${format ?? ""}\0${path}`;
}

/**
 * Reads every trace the configurations name, each once.
 *
 * @param known traces read before; those read now are added to it
 * @throws InputError with the problems of all traces
 */
export async function openScenarioTraces(
  configurations: readonly ResolvedConfiguration[],
  known: Map<string, LoadedTrace> = new Map(),
): Promise<ReadonlyMap<string, LoadedTrace>> {
  const loaded = new Map<string, LoadedTrace>();
  const problems: InputError["problems"][number][] = [];
  const tried = new Set<string>();
  for (const { workload } of configurations) {
    if (workload.kind !== "trace") continue;
    const key = traceKey(workload.trace.path, workload.format);
    // One that is broken is told once, however many variants use it.
    if (tried.has(key)) continue;
    tried.add(key);
    try {
      const trace = known.get(key) ?? (await openTrace(workload.trace, workload.format));
      known.set(key, trace);
      loaded.set(key, trace);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(
        ...error.problems.map((problem) => locatedFault(problem, workload.trace, "workload.trace")),
      );
    }
  }
  if (problems.length > 0) throw new InputError(problems);
  return loaded;
}

/** A fault of the file as a whole is shown where the scenario names it. */
export function locatedFault(
  problem: InputError["problems"][number],
  trace: TraceReference,
  path: string,
): InputError["problems"][number] {
  if (problem.rule !== "file") return problem;
  return {
    ...problem,
    ...trace.place,
    path,
    message: `trace ${trace.written} ${problem.message}`,
  };
}

/** Reads a trace. @throws InputError with its problems, by file and line */
export async function openTrace(
  trace: TraceReference,
  format: string | undefined,
): Promise<LoadedTrace> {
  const file = openTraceFile(trace.path);
  const read = await readTrace(
    { file: trace.path, chunks: file.chunks },
    format === undefined ? {} : { format },
  );
  return {
    jobs: read.jobs,
    format: read.format,
    file: { path: trace.written, sha256: file.sha256 ?? "" },
    warnings: read.notes.map((note) => `${trace.written}: ${note}.`),
  };
}
