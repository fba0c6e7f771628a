import { createRandomStreams } from "../engine/streams.js";
import { createGpuNames } from "../hardware/gpu-names.js";
import { resolveTraceGpuModels } from "../scenario/trace-gpu-models.js";
import type { ScenarioOverlay } from "../scenario/apply-overlays.js";
import { parseSetArgument } from "../scenario/apply-overlays.js";
import { parseScenario } from "../scenario/parse-scenario.js";
import type { ResolvedConfiguration, ResolvedScenario } from "../scenario/resolved.js";
import { resolveScenario } from "../scenario/resolve-scenario.js";
import type { SettledService } from "../scenario/services/settled-service.js";
import type { FileReference, TraceReference } from "../scenario/trace-reference.js";
import type { JobTable } from "../workload/job-table.js";
import { firstJobs } from "../workload/first-jobs.js";
import { scaleLoad } from "../workload/scale-load.js";
import { generateWorkload } from "../workload/synthetic/generate-workload.js";
import { createCatalogueReader } from "./catalogue-text.js";
import { fileFault } from "./file-fault.js";
import { settleRunningJobs } from "./running-jobs.js";
import { readNamedFile, readScenarioParameters, type LoadedParameters } from "./scenario-files.js";
import { loadServices } from "./scenario-services.js";
import { readScenarioTexts, type LoadedFile } from "./scenario-texts.js";
import { openScenarioTraces, traceKey, type LoadedTrace } from "./scenario-traces.js";
import { workloadWarnings, type WorkloadWarning } from "./workload-warnings.js";

/** How a scenario is to be loaded. */
export interface LoadOptions {
  readonly path: string;
  /** Arguments of `--set`, in their order: `path=value`. */
  readonly sets?: readonly string[];
  /** Values laid over the scenario after those of `sets`. */
  readonly overlays?: readonly ScenarioOverlay[];
  /** Text of the scenario in place of what stands at `path`, which then only says where it would be. */
  readonly text?: string;
  /** Traces read before: what it lacks is read and added, so that a study reads each trace once. */
  readonly traces?: Map<string, LoadedTrace>;
  /** Takes the place of the scenario's seed. */
  readonly seed?: number;
  /** Folders beside the project that the scenario may read from. */
  readonly allowedFolders?: readonly string[];
}

/** A configuration of the scenario with its jobs. */
export interface LoadedConfiguration {
  readonly resolved: ResolvedConfiguration;
  /** The jobs under the seed of the scenario. */
  readonly jobs: JobTable;
  /** Services beside the jobs; empty without any. */
  readonly services: readonly SettledService[];
  /** What to know about the jobs before they are run. */
  readonly workloadWarnings: readonly WorkloadWarning[];
  /** The jobs under another seed: the same where nothing of the workload is drawn. */
  jobsWith(seed: number): JobTable;
}

/** A scenario with everything it needs in memory. */
export interface LoadedScenario {
  readonly scenario: ResolvedScenario;
  readonly seed: number;
  readonly base: LoadedConfiguration;
  readonly variants: readonly LoadedConfiguration[];
  readonly inputs: readonly LoadedFile[];
  /** Text of the backtest that the scenario names. */
  readonly backtest?: { readonly text: string; readonly reference: FileReference };
  /** In full sentences. */
  readonly warnings: readonly string[];
}

/**
 * Reads a scenario, what it extends, its traces and the other files it names.
 *
 * @throws InputError with every problem found; nothing was simulated then
 */
export async function loadScenario(options: LoadOptions): Promise<LoadedScenario> {
  const { texts, inputs } = await readScenarioTexts(
    options.path,
    options.allowedFolders,
    options.text,
  );
  const catalogues = createCatalogueReader();
  const overlays = [...(options.sets ?? []).map(parseSetArgument), ...(options.overlays ?? [])];
  const scenario = resolveScenario(
    parseScenario({ ...texts, overlays, fileFault, catalogueText: catalogues.read }),
  );
  const configurations = [scenario.base, ...scenario.variants];
  const parameters = await readScenarioParameters(configurations);
  const reference = scenario.backtest;
  const backtest =
    reference === undefined ? undefined : await readNamedFile(reference, "trust.backtest");
  const traces = await openScenarioTraces(configurations, options.traces);
  const loaded = await loadServices(configurations);
  const seed = options.seed ?? scenario.seed;
  const gpuWarnings = new Set<string>();
  const [base, ...variants] = configurations.map((configuration): LoadedConfiguration => {
    const services = loaded.servicesOf(configuration);
    const resolved = withServiceAssumptions(configuration, services);
    const unscaled = jobSource(resolved, { traces, parameters }, gpuWarnings);
    const jobsWith = (root: number): JobTable => scaledJobs(resolved, unscaled(root), root);
    const jobs = jobsWith(seed);
    const format = formatOf(resolved, traces);
    return {
      resolved,
      jobs,
      services,
      workloadWarnings: workloadWarnings(jobs, resolved, format),
      jobsWith,
    };
  }) as [LoadedConfiguration, ...LoadedConfiguration[]];
  return {
    scenario,
    seed,
    base,
    variants,
    inputs: [
      ...inputs,
      ...catalogues.files(),
      ...[...traces.values(), ...parameters.values()].map(({ file }) => file),
      ...loaded.files,
      ...(backtest === undefined ? [] : [backtest.file]),
    ],
    ...(backtest === undefined || reference === undefined
      ? {}
      : { backtest: { text: backtest.text, reference } }),
    warnings: [
      ...scenario.warnings.map(
        ({ file, line, message }) => `${file}${line === undefined ? "" : `:${line}`}: ${message}.`,
      ),
      ...[...traces.values()].flatMap(({ warnings }) => warnings),
      ...gpuWarnings,
      ...loaded.warnings,
      ...new Set(
        [base, ...variants].flatMap(({ services }) => services.flatMap((one) => one.warnings)),
      ),
      ...[base, ...variants].flatMap(emptyWorkload),
    ],
  };
}

/** What services rest on is known once their files are read. */
function withServiceAssumptions(
  resolved: ResolvedConfiguration,
  services: readonly SettledService[],
): ResolvedConfiguration {
  if (services.length === 0) return resolved;
  const assumptions = [...resolved.assumptions, ...services.flatMap((one) => one.assumptions)];
  return { ...resolved, assumptions };
}

function formatOf(
  { workload }: ResolvedConfiguration,
  traces: ReadonlyMap<string, LoadedTrace>,
): string | undefined {
  return workload.kind === "trace"
    ? traces.get(traceKey(workload.trace.path, workload.format))?.format
    : undefined;
}

/** A load can be so low that nothing is left to simulate: figures of no job look like those of a perfect cluster. */
function emptyWorkload({ resolved, jobs, services }: LoadedConfiguration): readonly string[] {
  if (jobs.count > 0 || services.length > 0) return [];
  const which = resolved.name === undefined ? "The workload" : `The workload of “${resolved.name}”`;
  return [
    `${which} has no jobs at load ${resolved.workload.load}; every figure is that of an idle cluster.`,
  ];
}

/** The first `jobsMax` jobs, scaled to the load from one named stream, so that every load of a study shares its draws. */
function scaledJobs({ workload }: ResolvedConfiguration, all: JobTable, seed: number): JobTable {
  const jobs = workload.jobsMax === undefined ? all : firstJobs(all, workload.jobsMax);
  if (workload.load === 1) return jobs;
  return scaleLoad(jobs, workload.load, createRandomStreams(seed).stream("workload/load"));
}

/** Where the jobs of a configuration come from, as a function of the seed: only generated ones depend on it. */
function jobSource(
  resolved: ResolvedConfiguration,
  files: {
    readonly traces: ReadonlyMap<string, LoadedTrace>;
    readonly parameters: ReadonlyMap<string, LoadedParameters>;
  },
  warnings: Set<string>,
): (seed: number) => JobTable {
  const { workload, gpuModelsDeclared } = resolved;
  switch (workload.kind) {
    case "jobs":
      return () => workload.jobs;
    case "trace": {
      const { trace, format } = workload;
      const read = traceJobs(trace, format, files.traces, gpuModelsDeclared, warnings);
      const jobs = settleRunningJobs(read, resolved, trace.written, (text) => warnings.add(text));
      return () => jobs;
    }
    case "generate": {
      const { path } = workload.parameters;
      const loaded = files.parameters.get(path);
      if (loaded === undefined) throw new Error(`load scenario: parameters ${path} were not read`);
      return (seed) => generateWorkload(loaded.parameters, createRandomStreams(seed));
    }
  }
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
