import type { Engine } from "../../engine/types.js";
import type { BatchSpec } from "./batch-spec.js";
import { createElasticGangs, type ElasticGangs } from "./elastic-gangs.js";
import type { GangRuns } from "./gang-runs.js";
import type { JobColumns } from "./job-columns.js";
import type { JobLauncher } from "./job-launcher.js";
import type { JobLimits } from "./job-limits.js";
import type { Lanes } from "./lanes.js";
import type { WorkBook } from "./work-book.js";

/** The simulation, as gangs of varying size see it. */
export interface ElasticSimulation {
  readonly spec: BatchSpec;
  readonly engine: Engine;
  readonly lanes: Lanes;
  readonly runs: GangRuns;
  readonly columns: JobColumns;
  readonly work: WorkBook;
  readonly limits: JobLimits | undefined;
  /** There once the run has begun. */
  readonly launcher: JobLauncher;
}

/** Gangs of varying size of a simulation; undefined when every job runs with the workers it asks for. */
export function createElastic(simulation: ElasticSimulation): ElasticGangs | undefined {
  const { spec, engine, lanes, runs, columns, work, limits } = simulation;
  return createElasticGangs(spec.elastic, lanes, {
    runs,
    columns,
    work,
    nowS: () => engine.nowS,
    mayHoldMore: (job, milli) => limits?.allowsMore(job, milli) ?? true,
    resized: (job, workers) => {
      simulation.launcher.resized(job, workers);
    },
  });
}
