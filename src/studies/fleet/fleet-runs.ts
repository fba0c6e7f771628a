import { InputError } from "../../diagnostics/problem.js";
import { replicationSeed } from "../replicate/replication-seed.js";
import type { FleetUnitOutcome, FleetUnitSuccess } from "../pool/fleet-unit.js";
import type { ScenarioPool } from "../pool/scenario-pool.js";
import type { FleetConfiguration } from "./fleet-configuration.js";

/** Runs of several fleets on the same random numbers; grown by more replications. */
export interface FleetRuns {
  /** Whether anything is drawn in a configuration: two seeds gave different figures. Known after the first `extendTo`. */
  isRandom(configuration: number): boolean;
  /** Runs every configuration until it has so many replications; one in which nothing is drawn has one. */
  extendTo(replications: number): Promise<void>;
  /** One outcome per replication; that of a configuration in which nothing is drawn again and again. */
  outcomes(configuration: number, replications: number): readonly FleetUnitSuccess[];
}

/** Creates the runs of a study on a pool. @param onProgress called with all runs done so far */
export function createFleetRuns(
  configurations: readonly FleetConfiguration[],
  options: {
    readonly pool: ScenarioPool;
    readonly seed: number;
    readonly onProgress: (done: number) => void;
  },
): FleetRuns {
  const { pool, seed, onProgress } = options;
  const runs: FleetUnitSuccess[][] = configurations.map(() => []);
  const random: boolean[] = [];
  let done = 0;
  const runSome = async (
    places: readonly { readonly configuration: number; readonly seed: number }[],
  ): Promise<readonly FleetUnitSuccess[]> => {
    const units = places.map((place) => ({
      kind: "fleet" as const,
      scenario: configurations[place.configuration]!.unit,
      seed: place.seed,
    }));
    const outcomes = await pool.runFleets(units, (count) => {
      onProgress(done + count);
    });
    done += units.length;
    return outcomes.map((outcome, index) =>
      successOf(outcome, configurations[places[index]!.configuration]!.name),
    );
  };
  /** The seed of a single run, and that of the first replication: alike where nothing is drawn. */
  const findRandom = async (): Promise<void> => {
    const places = configurations.flatMap((_, configuration) => [
      { configuration, seed },
      { configuration, seed: replicationSeed(seed, 1) },
    ]);
    const outcomes = await runSome(places);
    configurations.forEach((_, index) => {
      const [single, first] = [outcomes[2 * index]!, outcomes[2 * index + 1]!];
      random[index] = JSON.stringify(single.figures) !== JSON.stringify(first.figures);
      runs[index]!.push(random[index] ? first : single);
    });
  };
  return {
    isRandom: (configuration) => random[configuration]!,
    async extendTo(replications) {
      if (random.length === 0) await findRandom();
      const places = configurations.flatMap((_, configuration) => {
        const have = runs[configuration]!.length;
        const missing = random[configuration]! ? Math.max(0, replications - have) : 0;
        return Array.from({ length: missing }, (_unused, index) => ({
          configuration,
          seed: replicationSeed(seed, have + index + 1),
        }));
      });
      const outcomes = await runSome(places);
      outcomes.forEach((outcome, index) => runs[places[index]!.configuration]!.push(outcome));
    },
    outcomes(configuration, replications) {
      const own = runs[configuration]!;
      if (random[configuration]!) return own.slice(0, replications);
      return Array.from({ length: replications }, () => own[0]!);
    },
  };
}

/** The outcome of a run that worked; a study with a hole in it is none. */
function successOf(outcome: FleetUnitOutcome, name: string): FleetUnitSuccess {
  if (outcome.ok) return outcome;
  if (outcome.kind === "input") {
    throw new InputError(
      outcome.problems.map((problem) => ({
        ...problem,
        message: `${problem.message} (in “${name}”)`,
      })),
    );
  }
  throw new Error(`fleets: a run of “${name}” ended with ${outcome.kind}: ${outcome.message}`);
}

/** One figure of every run; null where a run has no value. */
export function valuesOfRuns(
  runs: readonly FleetUnitSuccess[],
  path: string,
): readonly (number | null)[] {
  return runs.map(({ figures }) => figures[path] ?? null);
}

/** The mean over runs; null where some run has no value. */
export function meanOfRuns(values: readonly (number | null)[]): number | null {
  let sum = 0;
  for (const value of values) {
    if (value === null) return null;
    sum += value;
  }
  return values.length === 0 ? null : sum / values.length;
}
