/**
 * Headroom as a library. Everything exported here is what the command line is made of.
 *
 * ```ts
 * import { loadScenario, runScenario } from "headroom";
 * const study = runScenario(await loadScenario({ path: "scenarios/quickstart.yaml" }));
 * console.log(study.document.decision);
 * ```
 */
export { loadScenario, type LoadedScenario, type LoadOptions } from "./io/load-scenario.js";
export { runScenario, type ScenarioRun } from "./studies/run/run-scenario.js";
export type { ResultDocument } from "./studies/run/result-document.js";
export { runBacktest, type Backtest } from "./studies/backtest/backtest.js";
export { loadBacktest, type BacktestOptions } from "./studies/backtest/load-backtest.js";
export type { BacktestDocument } from "./studies/backtest/backtest-document.js";
export { backtestFiles } from "./report/backtest-report.js";
export { scenarioRunFiles } from "./report/scenario-run-files.js";
export type { ReportFile, ReportFiles } from "./report/report-files.js";

export { simulateBatch } from "./simulation/batch/simulate-batch.js";
export { summarizeBatch, type BatchSummary } from "./simulation/batch/summary.js";
export type { BatchRun, BatchSpec } from "./simulation/batch/batch-spec.js";
export type { PlacementSpec } from "./simulation/batch/placement-spec.js";
export { createJobTableBuilder, type JobTableBuilder } from "./workload/job-table-builder.js";
export type { JobTable, PodRequest } from "./workload/job-table.js";
export { readTrace, readTraceText } from "./workload/read-trace.js";

export type { ClusterSpec, NodeSpec } from "./cluster/spec.js";
export type { ClusterView } from "./cluster/view.js";
export { createCluster } from "./cluster/cluster.js";
export { createFragmentation } from "./cluster/fragmentation.js";
export { createPlacer } from "./policy/placement/placer.js";
export { DEFAULT_FILTERS } from "./policy/placement/filters/default-filters.js";
export { replayOpenb } from "./simulation/replay/replay-openb.js";
export { validate } from "./studies/validate/validate.js";
export { PLACEMENT_POLICIES, findPlacementPolicy } from "./policy/placement/policies.js";
export type {
  DeviceSelector,
  PlacementFilter,
  PlacementPolicy,
  PlacementScorer,
} from "./policy/placement/policy.js";
export { QUEUE_POLICIES } from "./policy/queue/registry.js";

export { createEngine } from "./engine/engine.js";
export type { Engine, EventId, EventKind, Phase, RunLimits, RunOutcome } from "./engine/types.js";
export { createRandomStreams } from "./engine/streams.js";
export { InputError, type Problem } from "./diagnostics/problem.js";
export { VERSION } from "./io/version.js";
