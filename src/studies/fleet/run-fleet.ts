import { VERSION } from "../../io/version.js";
import type { LoadedFleet } from "../../io/load-fleet.js";
import { findFleetMetric } from "../../scenario/fleet/fleet-metrics.js";
import { partsOf, simulateFleet, type FleetRun } from "../../simulation/fleet/simulate-fleet.js";
import { momentsOf } from "../../stats/moments.js";
import { replicationInterval } from "../../stats/confidence-interval.js";
import { replicationSeed } from "../replicate/replication-seed.js";
import type { MetricInterval } from "../run/result-document.js";
import { withSpecificationFaults } from "../run/specification-fault.js";
import { figuresOfRun } from "./figures-of-run.js";
import { judgeFleetGoals } from "./fleet-goals.js";
import { decideFleet } from "./fleet-decision.js";
import type { FleetReplications, FleetResult } from "./fleet-result-document.js";

/** What a fleet gave: the document for machines, and its first run for tables and charts. */
export interface FleetStudy {
  readonly result: FleetResult;
  readonly run: FleetRun;
}

/**
 * Simulates a fleet as often as it asks for.
 *
 * @param onStart called before each run, for progress
 * @throws InputError when what was asked for cannot be run as it is
 */
export function runFleet(
  { fleet, seed, inputs }: LoadedFleet,
  onStart: (index: number, count: number) => void = () => undefined,
): FleetStudy {
  const { replications: count, confidence } = fleet.statistics;
  const runs: ReadonlyMap<string, number | null>[] = [];
  let first: FleetRun | undefined;
  for (let index = 0; index < count; index++) {
    onStart(index, count);
    const own = count === 1 ? seed : replicationSeed(seed, index + 1);
    const run = withSpecificationFaults(fleet.file, undefined, () =>
      simulateFleet(fleet.spec, own),
    );
    // Only the first is drawn; of the others their figures are enough.
    first ??= run;
    runs.push(figuresOfRun(run).figures);
  }
  if (first === undefined) throw new Error("fleet: no run was made");
  const replications = count === 1 ? undefined : intervalsOf(runs, confidence);
  const figures = meansOf(runs);
  const goals = judgeFleetGoals(fleet.goals, figures, runs, replications);
  const parts = partsOf(first);
  const result: FleetResult = {
    schema: "headroom/fleet-result/v1",
    version: VERSION,
    fleet: fleet.name,
    question: fleet.question ?? null,
    decision: decideFleet({
      question: fleet.question ?? null,
      goals,
      figures,
      ...(replications === undefined ? {} : { replications }),
    }),
    seed,
    durationS: fleet.spec.durationS,
    inputs,
    ...(fleet.prices === undefined ? {} : { prices: fleet.prices }),
    goals,
    figures,
    ...(replications === undefined ? {} : { replications }),
    timeline: parts
      .flatMap(([, part]) => part.timeline)
      .sort((left, right) => left.timeS - right.timeS),
    warnings: [
      ...fleet.warnings.map(
        ({ file, line, message }) => `${file}${line === undefined ? "" : `:${line}`}: ${message}.`,
      ),
      ...parts.flatMap(([, part]) =>
        part.warnings.map((warning) => (count === 1 ? warning : `In the first run: ${warning}`)),
      ),
    ],
    assumptions: fleet.assumptions,
    names: fleet.names,
  };
  return { result, run: first };
}

/** Means over runs; a figure that is missing in some run has none. */
function meansOf(
  runs: readonly ReadonlyMap<string, number | null>[],
): Readonly<Record<string, number | null>> {
  const [first] = runs;
  const mean = (path: string): number | null => {
    const values = valuesOf(runs, path);
    return values === undefined ? null : runs.length === 1 ? values[0]! : momentsOf(values).mean;
  };
  return Object.fromEntries([...first!.keys()].map((path) => [path, mean(path)]));
}

function valuesOf(
  runs: readonly ReadonlyMap<string, number | null>[],
  path: string,
): Float64Array | undefined {
  const values = runs.flatMap((run) => run.get(path) ?? []);
  return values.length === runs.length ? Float64Array.from(values) : undefined;
}

function intervalsOf(
  runs: readonly ReadonlyMap<string, number | null>[],
  confidence: number,
): FleetReplications {
  const intervals: Record<string, MetricInterval> = {};
  for (const path of runs[0]!.keys()) {
    const values = valuesOf(runs, path);
    if (values === undefined) continue;
    const { mean, halfWidth } = replicationInterval(values, confidence);
    // No figure is below 0, and no share above 1: the interval is cut where the figure cannot be.
    const most = findFleetMetric(path)?.unit === "share" ? 1 : Infinity;
    intervals[path] = {
      mean,
      low: Math.max(0, mean - halfWidth),
      high: Math.min(most, mean + halfWidth),
    };
  }
  return { count: runs.length, confidence, intervals };
}
