import type { ScenarioOverlay } from "../../scenario/apply-overlays.js";
import { InputError } from "../../diagnostics/problem.js";
import { momentsOf } from "../../stats/moments.js";
import type { ScenarioPool } from "../pool/scenario-pool.js";
import type { SimulationUnit, UnitFailure, UnitScenario, UnitSuccess } from "../pool/unit.js";
import { replicationSeed } from "../replicate/replication-seed.js";
import { evaluateGoals, metricValue, type GoalTarget } from "../run/evaluate-goals.js";

/** Runs a configuration at some values of its factors. */
export interface PointRunner {
  /** Outcomes in the order of the points. */
  run(points: readonly (readonly ScenarioOverlay[])[]): Promise<readonly PointOutcome[]>;
  /** Simulations so far. */
  readonly runs: number;
}

/** What came out at one point. */
export interface PointOutcome {
  /** By path of the metric: its value in every replication, NaN without one; one value where nothing is drawn. */
  readonly values: ReadonlyMap<string, readonly number[]>;
  /** Mean of the goals' metrics over replications, held against their targets. */
  readonly goals: readonly {
    readonly id: string;
    readonly actual: number | null;
    readonly met: boolean;
  }[];
  readonly inputs: UnitSuccess["inputs"];
}

/** What every point has in common. */
export interface PointSetting {
  readonly scenario: UnitScenario;
  readonly seed: number;
  /** Runs of a point. */
  readonly replications: number;
  /** Runs of a point at which more is drawn than in the scenario itself, such as other jobs at another load. */
  readonly replicationsOf?: (overlays: readonly ScenarioOverlay[]) => number;
  /** Paths of the metrics that are looked at. */
  readonly metrics: readonly string[];
  readonly goals: readonly GoalTarget[];
  readonly onProgress?: (runs: number) => void;
  /** Present when the scenario is a fleet: every file it reads. */
  readonly ofFleet?: UnitSuccess["inputs"];
}

/** What a point needs of one of its runs. */
interface RunFigures {
  valueOf(metric: string): number | null;
  /** Whether this run alone meets a goal. */
  meets(goal: GoalTarget): boolean;
  readonly inputs: UnitSuccess["inputs"];
}

/**
 * A runner over a pool: every point with the same seeds (common random numbers).
 *
 * `run` throws InputError when a point cannot be run: the range of a factor leaves what its field allows.
 */
export function createPointRunner(pool: ScenarioPool, setting: PointSetting): PointRunner {
  const { scenario, seed, metrics, goals } = setting;
  const seedsOf = (overlays: readonly ScenarioOverlay[]): readonly number[] => {
    const count = setting.replicationsOf?.(overlays) ?? setting.replications;
    if (count === 1) return [seed];
    return Array.from({ length: count }, (_, index) => replicationSeed(seed, index + 1));
  };
  let runs = 0;
  return {
    get runs() {
      return runs;
    },
    async run(points) {
      const unitsOf = points.map((overlays) =>
        seedsOf(overlays).map((unitSeed) => ({
          scenario: { ...scenario, overlays: [...scenario.overlays, ...overlays] },
          seed: unitSeed,
        })),
      );
      const units = unitsOf.flat();
      const before = runs;
      const outcomes = await figuresOf(units, pool, setting, (done) =>
        setting.onProgress?.(before + done),
      );
      runs += units.length;
      let next = 0;
      return unitsOf.map((ofPoint) => {
        const own = outcomes.slice(next, (next += ofPoint.length));
        return {
          values: new Map(
            metrics.map((metric) => [metric, own.map((run) => run.valueOf(metric) ?? Number.NaN)]),
          ),
          goals: judge(goals, own),
          inputs: own[0]!.inputs,
        };
      });
    },
  };
}

/** @throws InputError when a run was refused */
async function figuresOf(
  units: readonly SimulationUnit[],
  pool: ScenarioPool,
  { ofFleet }: PointSetting,
  onProgress: (done: number) => void,
): Promise<readonly RunFigures[]> {
  if (ofFleet === undefined) {
    return (await pool.run(units, onProgress)).map((outcome) => {
      const { result, inputs } = successOf(outcome);
      return {
        valueOf: (metric) => metricValue(result, metric),
        meets: (goal) => evaluateGoals([goal], result)[0]!.met,
        inputs,
      };
    });
  }
  const fleets = units.map((unit) => ({ kind: "fleet" as const, ...unit }));
  return (await pool.runFleets(fleets, onProgress)).map((outcome) => {
    const { figures } = successOf(outcome);
    const valueOf = (metric: string): number | null => figures[metric] ?? null;
    return {
      valueOf,
      meets: (goal) => isGood(goal, valueOf(goal.metric)),
      inputs: ofFleet,
    };
  });
}

function successOf<Success extends { readonly ok: true }>(outcome: Success | UnitFailure): Success {
  if (outcome.ok) return outcome;
  if (outcome.kind === "input") throw new InputError(outcome.problems);
  throw new Error(outcome.message);
}

function isGood({ comparison, target }: GoalTarget, value: number | null): boolean {
  return value !== null && (comparison === "atMost" ? value <= target : value >= target);
}

function judge(goals: readonly GoalTarget[], runs: readonly RunFigures[]): PointOutcome["goals"] {
  return goals.map((goal) => {
    const values = runs.map((run) => run.valueOf(goal.metric));
    const known = values.filter((value) => value !== null);
    const actual = known.length < values.length ? null : momentsOf(known).mean;
    const isMet = runs.length === 1 ? runs[0]!.meets(goal) : isGood(goal, actual);
    return { id: goal.id, actual, met: isMet };
  });
}
