import { InputError } from "../../diagnostics/problem.js";
import { createGpuNames } from "../../hardware/gpu-names.js";
import { readScenarioTexts, type LoadedFile } from "../../io/scenario-texts.js";
import { openTraceFile } from "../../io/trace-file.js";
import type { ScenarioOverlay } from "../../scenario/apply-overlays.js";
import { readDocument } from "../../scenario/document.js";
import { scenarioFormat } from "../../scenario/format.js";
import { parseScenario } from "../../scenario/parse-scenario.js";
import type { ResolvedConfiguration } from "../../scenario/resolved.js";
import { resolveScenario } from "../../scenario/resolve-scenario.js";
import { resolveTraceGpuModels } from "../../scenario/trace-gpu-models.js";
import { nodeAt } from "../../diagnostics/located-node.js";
import type { JobTable } from "../../workload/job-table.js";
import { readTrace } from "../../workload/read-trace.js";
import type { LeftOutJobs } from "./backtest-document.js";

/** What a person asks for. */
export interface BacktestOptions {
  /** The history: a trace that says when jobs started. */
  readonly tracePath: string;
  /** YAML with `cluster:` and maybe `policy:`; a whole scenario will do. */
  readonly clusterPath: string;
  /** Takes the place of the file's queue policy: a name, or `{name: …, option: …}`. */
  readonly queue?: string;
  /** Takes the place of the file's placement. */
  readonly placement?: string;
  /** Format of the trace; recognised when absent. */
  readonly format?: string;
  /** Takes the place of the file's seed. */
  readonly seed?: number;
  /** Folders beside the project that the cluster file may extend files from. */
  readonly allowedFolders?: readonly string[];
}

/** A history with the cluster and the policy it is to be replayed under. */
export interface LoadedBacktest {
  readonly options: BacktestOptions;
  readonly jobs: JobTable;
  readonly format: string;
  readonly rowsLeftOut: readonly LeftOutJobs[];
  readonly configuration: ResolvedConfiguration;
  readonly assumedPolicy: readonly ("queue" | "placement")[];
  readonly seed: number;
  /** In full sentences. */
  readonly warnings: readonly string[];
  readonly inputs: readonly LoadedFile[];
}

/** What is replayed when nobody says how the cluster decides. The result says loudly that it was a guess. */
const POLICY_ASSUMED = { queue: "fifo-skip", placement: "pack" } as const;

/**
 * Reads the trace and the cluster file.
 *
 * Where the cluster has partitions of its own, jobs are pinned to the partitions of the trace. Jobs that had
 * not ended when the trace was taken stay in it: they held GPUs, and their start is known.
 *
 * @throws InputError with every problem of the cluster file, else with those of the trace; and when the
 * trace says of no job when it started
 */
export async function loadBacktest(options: BacktestOptions): Promise<LoadedBacktest> {
  const { texts, inputs } = await readScenarioTexts(options.clusterPath, options.allowedFolders);
  const { root } = readDocument(texts, scenarioFormat().fields);
  const isGiven = (part: "queue" | "placement"): boolean =>
    options[part] !== undefined || nodeAt(root, ["policy", part]) !== undefined;
  const assumedPolicy = (["queue", "placement"] as const).filter((part) => !isGiven(part));
  const hasSchema = root.entries.has("schema");
  const parsed = parseScenario({ ...texts, overlays: overlaysOf(options, hasSchema, isGiven) });
  const scenario = resolveScenario(parsed);
  const configuration = scenario.base;
  const file = openTraceFile(options.tracePath);
  const read = await readTrace(
    { file: options.tracePath, chunks: file.chunks },
    {
      ...(options.format === undefined ? {} : { format: options.format }),
      partitions: configuration.cluster.nodes.some(({ partition }) => partition !== undefined)
        ? "use"
        : "ignore",
      runningJobs: "until-last-time",
      openbDurations: "scheduled",
    },
  );
  if (read.jobs.recordedStartS === undefined) {
    throw new InputError([noStarts(options.tracePath, read.format)]);
  }
  const { jobs, unknown } = resolveTraceGpuModels(
    read.jobs,
    createGpuNames(configuration.gpuModelsDeclared),
  );
  return {
    options,
    jobs,
    format: read.format,
    rowsLeftOut: read.leftOut.map(({ reason, rows }) => ({ reason, jobs: rows })),
    configuration,
    assumedPolicy,
    seed: options.seed ?? scenario.seed,
    warnings: [
      ...scenario.warnings.map(
        ({ file: at, line, message }) =>
          `${at}${line === undefined ? "" : `:${line}`}: ${message}.`,
      ),
      ...read.notes.map((note) => `${options.tracePath}: ${note}.`),
      ...unknownModels(unknown),
    ],
    inputs: [...inputs, { path: options.tracePath, sha256: file.sha256 ?? "" }],
  };
}

/** Makes a whole scenario of the cluster file: what is missing is added, what asks another question goes away. */
function overlaysOf(
  options: BacktestOptions,
  hasSchema: boolean,
  isGiven: (part: "queue" | "placement") => boolean,
): ScenarioOverlay[] {
  const { tracePath, queue, placement } = options;
  const overlay = (path: string, value: string, source = `backtest ${path}`): ScenarioOverlay => ({
    path,
    value,
    source,
  });
  const policy = (part: "queue" | "placement", given: string | undefined): ScenarioOverlay[] => {
    if (given !== undefined) return [overlay(`policy.${part}`, given, `--${part} ${given}`)];
    return isGiven(part) ? [] : [overlay(`policy.${part}`, POLICY_ASSUMED[part])];
  };
  return [
    ...(hasSchema ? [] : [overlay("schema", "headroom/scenario/v1")]),
    overlay("name", "backtest"),
    // JSON is YAML: the path stays one text whatever it holds.
    overlay("workload", JSON.stringify({ trace: tracePath }), tracePath),
    ...policy("queue", queue),
    ...policy("placement", placement),
    ...["goals", "variants", "run", "question", "trust"].map((path) => overlay(path, "null")),
  ];
}

function noStarts(file: string, format: string): InputError["problems"][number] {
  return {
    file,
    rule: "no-recorded-start",
    message: `the trace (read as ${format}) does not say when its jobs started, so there is nothing to compare with`,
    help: "use a history with start times: slurm-sacct, helios-csv with start_time, philly-json, or headroom-csv with recorded_start_s",
  };
}

function unknownModels(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  return [
    `The trace names GPU models that neither the catalogue nor the cluster file knows: ${names.join(", ")}; jobs that ask for them can never be placed.`,
  ];
}
