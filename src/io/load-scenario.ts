import { createRandomStreams } from "../engine/streams.js";
import { createGpuNames } from "../hardware/gpu-names.js";
import { resolveTraceGpuModels } from "../scenario/trace-gpu-models.js";
import type { ScenarioOverlay } from "../scenario/apply-overlays.js";
import { parseSetArgument } from "../scenario/apply-overlays.js";
import { parseScenario } from "../scenario/parse-scenario.js";
import type { ResolvedConfiguration, ResolvedScenario } from "../scenario/resolved.js";
import { resolveScenario } from "../scenario/resolve-scenario.js";
import type { TraceReference } from "../scenario/trace-reference.js";
import type { JobTable } from "../workload/job-table.js";
import { firstJobs } from "../workload/first-jobs.js";
import { scaleLoad } from "../workload/scale-load.js";
import { readScenarioTexts, type LoadedFile } from "./scenario-texts.js";
import { openScenarioTraces, traceKey, type LoadedTrace } from "./scenario-traces.js";

/** How a scenario is to be loaded. */
export interface LoadOptions {
  readonly path: string;
  /** Arguments of `--set`, in their order: `path=value`. */
  readonly sets?: readonly string[];
  /** Takes the place of the scenario's seed. */
  readonly seed?: number;
  /** Folders beside the project that the scenario may read from. */
  readonly allowedFolders?: readonly string[];
}

/** A configuration of the scenario with its jobs. */
export interface LoadedConfiguration {
  readonly resolved: ResolvedConfiguration;
  readonly jobs: JobTable;
}

/** A scenario with everything it needs in memory. */
export interface LoadedScenario {
  readonly scenario: ResolvedScenario;
  readonly seed: number;
  readonly base: LoadedConfiguration;
  readonly variants: readonly LoadedConfiguration[];
  readonly inputs: readonly LoadedFile[];
  /** In full sentences. */
  readonly warnings: readonly string[];
}

/**
 * Reads a scenario, what it extends, and its traces.
 *
 * @throws InputError with every problem found; nothing was simulated then
 */
export async function loadScenario(options: LoadOptions): Promise<LoadedScenario> {
  const { texts, inputs } = await readScenarioTexts(options.path, options.allowedFolders);
  const overlays: ScenarioOverlay[] = (options.sets ?? []).map(parseSetArgument);
  const scenario = resolveScenario(parseScenario({ ...texts, overlays }));
  const configurations = [scenario.base, ...scenario.variants];
  const traces = await openScenarioTraces(configurations);
  const seed = options.seed ?? scenario.seed;
  const gpuWarnings = new Set<string>();
  const [base, ...variants] = configurations.map((resolved) => ({
    resolved,
    jobs: jobsOf(resolved, traces, seed, gpuWarnings),
  })) as [LoadedConfiguration, ...LoadedConfiguration[]];
  return {
    scenario,
    seed,
    base,
    variants,
    inputs: [...inputs, ...[...traces.values()].map(({ file }) => file)],
    warnings: [
      ...scenario.warnings.map(
        ({ file, line, message }) => `${file}${line === undefined ? "" : `:${line}`}: ${message}.`,
      ),
      ...[...traces.values()].flatMap(({ warnings }) => warnings),
      ...gpuWarnings,
    ],
  };
}

/**
 * The jobs of one configuration: of the trace or inline, the first `jobsMax` of them, scaled to the load.
 *
 * Scaling draws from one named stream, so that every load of a study shares its draws.
 */
function jobsOf(
  { workload, gpuModelsDeclared }: ResolvedConfiguration,
  traces: ReadonlyMap<string, LoadedTrace>,
  seed: number,
  warnings: Set<string>,
): JobTable {
  const all =
    workload.kind === "jobs"
      ? workload.jobs
      : traceJobs(workload.trace, workload.format, traces, gpuModelsDeclared, warnings);
  const jobs = workload.jobsMax === undefined ? all : firstJobs(all, workload.jobsMax);
  if (workload.load === 1) return jobs;
  return scaleLoad(jobs, workload.load, createRandomStreams(seed).stream("workload/load"));
}

/** The jobs of a trace, with its GPU models under the names the cluster uses. */
function traceJobs(
  trace: TraceReference,
  format: string | undefined,
  traces: ReadonlyMap<string, LoadedTrace>,
  gpuModelsDeclared: readonly string[],
  warnings: Set<string>,
): JobTable {
  const loaded = traces.get(traceKey(trace.path, format));
  if (loaded === undefined) throw new Error(`load scenario: trace ${trace.path} was not read`);
  const { jobs, unknown } = resolveTraceGpuModels(loaded.jobs, createGpuNames(gpuModelsDeclared));
  if (unknown.length > 0) {
    warnings.add(
      `${trace.written}: jobs ask for GPU models nobody declared (${unknown.slice(0, 5).join(", ")}` +
        `${unknown.length > 5 ? ` and ${unknown.length - 5} more` : ""}); they match only nodes of exactly that name.`,
    );
  }
  return jobs;
}
