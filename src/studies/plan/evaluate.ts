import { InputError } from "../../diagnostics/problem.js";
import type { LoadedFile } from "../../io/scenario-texts.js";
import type { ScenarioOverlay } from "../../scenario/apply-overlays.js";
import type { ScenarioPool } from "../pool/scenario-pool.js";
import type { SimulationUnit, UnitOutcome } from "../pool/unit.js";
import { replicationSeed } from "../replicate/replication-seed.js";
import { metricValue } from "../run/evaluate-goals.js";
import type { PlanFamily, PlanSpace } from "./family.js";
import { horizonOverlays } from "./family.js";

/** Replications that confirm an answer are none of those that found it. */
const FRESH_FROM = 1_000_000;

/** A cluster to simulate: a family with a count for each of its groups, and a load. */
export interface PlanPoint {
  readonly family: PlanFamily;
  /** One per group of the family. */
  readonly groupCounts: readonly number[];
  /** Multiple of the demand that the scenario asks for: of its jobs and of the traffic of its services. */
  readonly load: number;
}

/** Which replications are meant: those that find an answer, or others that confirm it. */
export type PlanStage = "search" | "fresh";

/** What the runs of one point gave. */
export interface PointRuns {
  /** Values of a metric by replication. */
  valuesOf(metric: string): readonly (number | null)[];
  readonly count: number;
  /** Runs in which waits did not settle. */
  readonly overloaded: number;
}

/** Simulates points and remembers every run. */
export interface PlanEvaluator {
  /**
   * Makes sure that points have been run so often; points without nodes give no values.
   *
   * @throws InputError when a point cannot be run
   */
  ensure(
    wanted: readonly { readonly point: PlanPoint; readonly replications: number }[],
    stage?: PlanStage,
  ): Promise<void>;
  runsOf(point: PlanPoint, stage?: PlanStage): PointRuns;
  /** True when two runs of the point can differ. */
  isRandom(point: PlanPoint): boolean;
  /** Simulations so far. */
  readonly runs: number;
  readonly inputs: readonly LoadedFile[];
}

interface Memory {
  readonly values: Map<string, (number | null)[]>;
  count: number;
  overloaded: number;
}

/** Creates the evaluator of one plan. */
export function createPlanEvaluator(options: {
  readonly space: Omit<PlanSpace, "families">;
  readonly pool: ScenarioPool;
  /** Paths of result documents whose values are kept. */
  readonly metrics: readonly string[];
  readonly onRun: (runs: number) => void;
}): PlanEvaluator {
  const { space, pool, metrics, onRun } = options;
  const memories = new Map<string, Memory>();
  let runs = 0;
  let inputs: readonly LoadedFile[] = [];
  const memoryOf = (point: PlanPoint, stage: PlanStage): Memory => {
    const key = `${stage}/${pointKey(point)}`;
    let memory = memories.get(key);
    if (memory === undefined) {
      memory = { values: new Map(metrics.map((path) => [path, []])), count: 0, overloaded: 0 };
      memories.set(key, memory);
    }
    return memory;
  };
  const keep = (memory: Memory, outcome: UnitOutcome, point: PlanPoint): void => {
    if (!outcome.ok) throw failure(outcome, point, space.base.path);
    const { result } = outcome;
    if (result.stopReason === "event-limit") throw eventLimit(space.base.path);
    for (const [path, values] of memory.values) values.push(metricValue(result, path));
    memory.count += 1;
    if (result.jobs.overloaded === true) memory.overloaded += 1;
    if (outcome.inputs.length > inputs.length) inputs = outcome.inputs;
  };
  return {
    async ensure(wanted, stage = "search") {
      const missing = wanted.flatMap(({ point, replications }) => {
        const memory = memoryOf(point, stage);
        const target = isRandomPoint(point) ? replications : 1;
        return Array.from({ length: Math.max(0, target - memory.count) }, (_, index) => ({
          point,
          memory,
          replication: memory.count + index + 1,
        }));
      });
      const real = missing.filter(({ point }) => hasNodes(point));
      for (const { point, memory } of missing) if (!hasNodes(point)) keepNothing(memory);
      const outcomes = await pool.run(
        real.map(({ point, replication }) => unitOf(space, point, replication, stage)),
        (done) => onRun(runs + done),
      );
      // In the order of the units, so that memories do not depend on which thread was first.
      outcomes.forEach((outcome, index) => keep(real[index]!.memory, outcome, real[index]!.point));
      runs += real.length;
    },
    runsOf(point, stage = "search") {
      const { values, count, overloaded } = memoryOf(point, stage);
      return {
        count,
        overloaded,
        valuesOf(metric) {
          const found = values.get(metric);
          if (found === undefined) throw new Error(`plan: values of ${metric} are not kept`);
          return found;
        },
      };
    },
    isRandom: isRandomPoint,
    get runs() {
      return runs;
    },
    get inputs() {
      return inputs;
    },
  };
}

/** Names a point among all of one plan. */
export function pointKey({ family, groupCounts, load }: PlanPoint): string {
  return `${family.index}/${groupCounts.join(",")}/${load}`;
}

function hasNodes({ groupCounts }: PlanPoint): boolean {
  return groupCounts.some((count) => count > 0);
}

/** Another load is drawn: which jobs come twice, or not at all. */
function isRandomPoint({ family, load }: PlanPoint): boolean {
  return family.loaded.resolved.isRandom || load !== 1;
}

function keepNothing(memory: Memory): void {
  for (const values of memory.values.values()) values.push(null);
  memory.count += 1;
}

function unitOf(
  { base, seed, spec }: Omit<PlanSpace, "families">,
  point: PlanPoint,
  replication: number,
  stage: PlanStage,
): SimulationUnit {
  const { resolved } = point.family.loaded;
  const { warmUpS } = resolved.statistics;
  const number = stage === "fresh" ? FRESH_FROM + replication : replication;
  return {
    scenario: { ...base, overlays: pointOverlays(point, spec) },
    seed: isRandomPoint(point) ? replicationSeed(seed, number) : seed,
    ...(typeof warmUpS === "number" && warmUpS > 0 ? { warmUpEndS: warmUpS } : {}),
  };
}

/** Everything laid over the scenario to have the point. */
export function pointOverlays(
  point: PlanPoint,
  spec: PlanSpace["spec"],
): readonly ScenarioOverlay[] {
  const { family, groupCounts } = point;
  const { resolved } = family.loaded;
  const counts = family.groups.flatMap((group, index): readonly ScenarioOverlay[] => {
    const count = groupCounts[index]!;
    if (group.dimension === undefined && count === group.fixedCount) return [];
    const path = `cluster.nodes[${group.name}].count`;
    return [{ path, value: String(count), source: `plan: ${path} = ${count}` }];
  });
  return [
    ...family.overlays,
    ...counts,
    ...horizonOverlays(spec, resolved.cost !== undefined),
    ...demandOverlays(point),
  ];
}

/** Everything laid over the scenario to have the demand of a point. */
function demandOverlays({ family, load }: PlanPoint): readonly ScenarioOverlay[] {
  if (load === 1) return [];
  const { jobs, resolved } = family.loaded;
  const overlay = (path: string, today: number): ScenarioOverlay => ({
    path,
    value: String(Number((today * load).toPrecision(12))),
    source: `plan: demand × ${load}`,
  });
  return [
    ...(jobs.count === 0 ? [] : [overlay("workload.load", resolved.workload.load)]),
    ...(resolved.services ?? []).map(({ input }) =>
      overlay(`workload.services[${input.name}].traffic.load`, input.traffic.load ?? 1),
    ),
  ];
}

function failure(
  outcome: Extract<UnitOutcome, { ok: false }>,
  point: PlanPoint,
  file: string,
): Error {
  const which = describePoint(point);
  if (outcome.kind !== "input") {
    return new Error(`plan: the simulation of ${which} failed: ${outcome.message}`);
  }
  return new InputError(
    outcome.problems.map((problem) => ({
      ...problem,
      file: problem.file ?? file,
      message: `with ${which}: ${problem.message}`,
    })),
  );
}

function describePoint({ family, groupCounts }: PlanPoint): string {
  const counts = family.groups.map(({ name }, index) => `${groupCounts[index]!} × ${name}`);
  return [...counts, ...family.choices.map(({ label }) => label)].join(", ");
}

function eventLimit(file: string): InputError {
  return new InputError([
    {
      file,
      rule: "event-limit",
      path: "run.eventsMax",
      message:
        "a plan was stopped by run.eventsMax: its figures would be those of a part of the run",
      help: "raise run.eventsMax, or give run.until",
    },
  ]);
}
