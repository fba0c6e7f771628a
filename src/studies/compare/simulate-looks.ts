import { InputError } from "../../diagnostics/problem.js";
import type { ScenarioPool } from "../pool/scenario-pool.js";
import type { SimulationUnit, UnitOutcome, UnitSuccess } from "../pool/unit.js";
import { FIRST_LOOK } from "../replicate/precision.js";
import { findRunWarmUp } from "../replicate/run-warm-up.js";
import type { WarmUpResult } from "../run/result-document.js";
import type { CompareRequest } from "./compare-request.js";
import { compareSeed } from "./compare-seeds.js";

/** Told of every run that ended. */
export type CompareProgress = (done: number, planned: number) => void;

/** Runs of every configuration, by configuration and replication; grown look by look. */
export interface ComparedRuns {
  /** Runs every configuration until it has so many replications. */
  extendTo(replications: number, planned: number): Promise<void>;
  /** One outcome per replication; that of a configuration in which nothing is drawn again and again. */
  outcomes(configuration: number, replications: number): readonly UnitSuccess[];
}

/** Creates the runs of a comparison on a pool. */
export function createComparedRuns(
  request: CompareRequest,
  pool: ScenarioPool,
  options: { readonly warmUpEndS: number; readonly onProgress: CompareProgress },
): ComparedRuns {
  const { configurations } = request;
  const runs: UnitSuccess[][] = configurations.map(() => []);
  let doneBefore = 0;
  return {
    async extendTo(replications, planned) {
      const places = configurations.flatMap((_, configuration) => {
        const have = runs[configuration]!.length;
        const wanted = isRandom(request, configuration) ? replications : 1;
        return Array.from({ length: Math.max(0, wanted - have) }, (_unused, index) => ({
          configuration,
          replication: have + index + 1,
        }));
      });
      // Replication by replication: a study that is stopped has as many of each.
      places.sort((left, right) => left.replication - right.replication);
      const units = places.map((place) => unitOf(request, place, options.warmUpEndS));
      const outcomes = await pool.run(units, (done) => {
        options.onProgress(doneBefore + done, planned);
      });
      doneBefore += units.length;
      outcomes.forEach((outcome, index) => {
        const { configuration } = places[index]!;
        runs[configuration]!.push(successOf(outcome, configurations[configuration]!.name));
      });
    },
    outcomes(configuration, replications) {
      const own = runs[configuration]!;
      if (isRandom(request, configuration)) return own.slice(0, replications);
      return Array.from({ length: replications }, () => own[0]!);
    },
  };
}

/** Runs that a comparison of so many replications takes. */
export function runsOf(request: CompareRequest, replications: number): number {
  return request.configurations.reduce(
    (sum, _, configuration) => sum + (isRandom(request, configuration) ? replications : 1),
    0,
  );
}

function isRandom({ configurations }: CompareRequest, configuration: number): boolean {
  return configurations[configuration]!.loaded.base.resolved.isRandom;
}

interface RunPlace {
  readonly configuration: number;
  readonly replication: number;
}

function unitOf(
  request: CompareRequest,
  { configuration, replication }: RunPlace,
  warmUpEndS: number,
): SimulationUnit {
  const { configurations, seed, isIndependent } = request;
  return {
    scenario: configurations[configuration]!.unit,
    // Nothing is drawn: the run is that of the scenario's own seed, as `headroom run` shows it.
    seed: isRandom(request, configuration)
      ? compareSeed({ seed, configuration, replication, isIndependent })
      : seed,
    ...(warmUpEndS > 0 ? { warmUpEndS } : {}),
  };
}

/** The outcome of a run that worked; a comparison with a hole in it is none. */
function successOf(outcome: UnitOutcome, name: string): UnitSuccess {
  if (outcome.ok) return outcome;
  if (outcome.kind === "input") {
    throw new InputError(
      outcome.problems.map((problem) => ({
        ...problem,
        message: `${problem.message} (in “${name}”)`,
      })),
    );
  }
  throw new Error(`compare: a run of “${name}” ended with ${outcome.kind}: ${outcome.message}`);
}

/**
 * The warm-up that no configuration counts: as the scenarios say, or the longest found over the first
 * replications, so that all count the same jobs.
 *
 * @returns null when everything counts
 * @throws InputError when the scenarios disagree
 */
export async function findCompareWarmUp(
  request: CompareRequest,
  pool: ScenarioPool,
): Promise<WarmUpResult | null> {
  const { configurations } = request;
  const asked = configurations.map(({ loaded }) => loaded.base.resolved.statistics.warmUpS);
  const [first] = asked;
  const other = asked.findIndex((one) => one !== first);
  if (other !== -1) {
    throw new InputError([
      {
        file: configurations[other]!.loaded.scenario.file,
        rule: "conflicting-fields",
        path: "run.warmup",
        message: `run.warmup is ${asked[other] ?? "not given"}${unitWord(asked[other])}, and ${first ?? "not given"}${unitWord(first)} in “${configurations[0]!.name}”: compared scenarios must count the same jobs`,
        help: "give all of them the same: --set-all run.warmup=2d",
      },
    ]);
  }
  if (first === undefined) return null;
  if (first !== "auto") return { asked: first, detected: true, endS: first };
  const found = [];
  for (const [configuration] of configurations.entries()) {
    const units = Array.from({ length: FIRST_LOOK }, (_, index) => ({
      ...unitOf(request, { configuration, replication: index + 1 }, 0),
      arrivals: true,
    }));
    const outcomes = await pool.run(units);
    const series = outcomes.map((outcome) => {
      const { arrivals } = successOf(outcome, configurations[configuration]!.name);
      if (arrivals === undefined) throw new Error("compare: a unit gave no arrivals");
      return arrivals;
    });
    found.push(findRunWarmUp(series));
  }
  return {
    asked: "auto",
    detected: found.every(({ detected }) => detected),
    endS: Math.max(...found.map(({ endS }) => endS)),
  };
}

function unitWord(value: number | "auto" | undefined): string {
  return typeof value === "number" ? " s" : "";
}
