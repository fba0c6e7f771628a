import { VERSION } from "../../../io/version.js";
import { joinFleetNames } from "../../../scenario/fleet/fleet-names.js";
import { FLEET_METRICS, fleetUnitOf } from "../../../scenario/fleet/fleet-metrics.js";
import { changedFields } from "../../compare/changed-fields.js";
import type { ChosenMetric } from "../../compare/compare-metrics.js";
import type {
  CompareDesign,
  ComparedFleet,
  Comparison,
  FleetCompareDocument,
} from "../../compare/compare-document.js";
import type { CompareRequest } from "../../compare/compare-request.js";
import { answerSentence, comparisonSentence } from "../../compare/compare-sentence.js";
import { comparedInputs } from "../../compare/compared-inputs.js";
import { pairsOf } from "../../compare/compared-pairs.js";
import type { JudgedGoal } from "../../compare/judge-goals.js";
import { judgeBeside, lookAt, type SeenFigures, type Sight } from "../../compare/look-at.js";
import { takeLooks } from "../../compare/take-looks.js";
import type { FleetUnitSuccess } from "../../pool/fleet-unit.js";
import type { ScenarioPool } from "../../pool/scenario-pool.js";
import { gatherAssumptions } from "../../run/gather-assumptions.js";
import { describeFleet } from "../describe-fleet.js";
import type { FleetConfiguration } from "../fleet-configuration.js";
import { createFleetRuns, meanOfRuns, valuesOfRuns } from "../fleet-runs.js";

/** Metrics that decide when no fleet has a goal, as far as they have values. */
export const FLEETS_WITHOUT_GOALS = [
  "sites.availability",
  "services.sloMissShare",
  "rollouts.updatedShare",
  "upgrades.doneShare",
  "upgrades.serviceMissS",
  "upgrades.jobStops",
  "jobs.waitP95S",
  "jobs.deadlineMissShare",
  "inference.sloMissShare",
  "clusters.totalCost",
];

/** Everything a comparison of fleets depends on. */
export type FleetCompareRequest = Omit<CompareRequest, "configurations" | "isIndependent"> & {
  /** The base first; at least two. */
  readonly configurations: readonly FleetConfiguration[];
};

/** What one look shows, with the runs it saw. */
interface SightOfRuns extends Sight {
  /** By configuration, then replication. */
  readonly runs: readonly (readonly FleetUnitSuccess[])[];
}

/**
 * Compares fleets on the same random numbers, as `runCompare` does scenarios: replications are added until every metric
 * that decides and every goal is decided, or the most allowed are run. Whether anything is drawn is found by running
 * each fleet with two seeds.
 *
 * @throws InputError when a fleet cannot be run
 */
export async function runFleetCompare(
  request: FleetCompareRequest,
  pool: ScenarioPool,
  options: {
    readonly onProgress?: (done: number) => void;
    readonly clock?: () => number;
  } = {},
): Promise<FleetCompareDocument> {
  const { onProgress = () => undefined, clock = () => 0 } = options;
  const { configurations, seed, timeLimitS = Infinity } = request;
  const startMs = clock();
  const runs = createFleetRuns(configurations, { pool, seed, onProgress });
  await runs.extendTo(1);
  const isDrawn = configurations.some((_, index) => runs.isRandom(index));
  const { sight, design } = await takeLooks(request, {
    isDrawn,
    isTimeUp: () => clock() - startMs >= timeLimitS * 1000,
    async lookAt(look) {
      await runs.extendTo(look.replications);
      const seen = configurations.map((_, index) => runs.outcomes(index, look.replications));
      return sightOf(request, seen, { look, pairing: isDrawn ? "paired" : "one-run" });
    },
  });
  const streams = isDrawn ? "common" : "none";
  return documentOf(request, sight, { streams, ...design, warmUp: null }, (index) =>
    runs.isRandom(index),
  );
}

function sightOf(
  request: FleetCompareRequest,
  runs: SightOfRuns["runs"],
  { look, pairing }: Pick<Sight, "look" | "pairing">,
): SightOfRuns {
  const targets = request.configurations.map(({ loaded }) => loaded.fleet.goals);
  const paths = [...new Set(targets.flat().map(({ metric }) => metric))];
  const chosen =
    paths.length > 0 ? paths : FLEETS_WITHOUT_GOALS.filter((path) => hasValue(path, runs));
  const deciding = chosen.map(chosenMetricOf(request));
  const figures: SeenFigures = {
    valuesOf: (configuration, path) => valuesOfRuns(runs[configuration]!, path),
    meanOf: meanOfRuns,
  };
  return { ...lookAt(request, { look, pairing, figures, deciding }, targets), runs };
}

/** A figure with its unit; amounts have one where all fleets that are compared are in one currency. */
function chosenMetricOf({
  configurations,
}: Pick<FleetCompareRequest, "configurations">): (path: string) => ChosenMetric {
  const currencies = new Set(configurations.map(({ loaded }) => loaded.fleet.prices?.currency));
  const currency = currencies.size === 1 ? [...currencies][0] : undefined;
  return (path) => ({ path, unit: fleetUnitOf(path, currency) });
}

function hasValue(path: string, runs: SightOfRuns["runs"]): boolean {
  return runs.some((own) => valuesOfRuns(own, path).some((value) => value !== null));
}

function documentOf(
  request: FleetCompareRequest,
  sight: SightOfRuns,
  design: CompareDesign,
  isRandom: (configuration: number) => boolean,
): FleetCompareDocument {
  const [base, ...others] = request.configurations;
  const configurations = request.configurations.map((_, index) =>
    comparedFleet(request, sight, index, isRandom(index)),
  );
  const comparisons = pairsOf(request).map((pair, row) =>
    comparisonOf(request, sight, pair, { row, goals: configurations[pair[1]]!.goals }),
  );
  return {
    schema: "headroom/fleet-compare/v1",
    version: VERSION,
    question: base!.loaded.fleet.question ?? null,
    answer: answerSentence(configurations, comparisons),
    seed: request.seed,
    design,
    configurations,
    comparisons,
    inputs: comparedInputs(request.configurations),
    assumptions: gatherAssumptions(
      base!.loaded.fleet.assumptions,
      others.map(({ name, loaded }) => ({ name, assumptions: loaded.fleet.assumptions })),
    ),
    warnings: warningsOf(request, sight, design),
    names: joinFleetNames(request.configurations.map(({ loaded }) => loaded.fleet.names)),
  };
}

function comparedFleet(
  { configurations }: FleetCompareRequest,
  { runs, deciding, goals }: SightOfRuns,
  index: number,
  isRandom: boolean,
): ComparedFleet {
  const { name, set, loaded } = configurations[index]!;
  const own = runs[index]!;
  const paths = Object.keys(own[0]!.figures);
  return {
    name,
    scenario: loaded.fleet.file,
    set,
    cluster: describeFleet(loaded.fleet.spec),
    isRandom,
    goals: goals[index]!,
    figures: Object.fromEntries(paths.map((path) => [path, meanOfRuns(valuesOfRuns(own, path))])),
    values: Object.fromEntries(deciding.map(({ path }) => [path, valuesOfRuns(own, path)])),
  };
}

function comparisonOf(
  { configurations, indifferenceShare }: FleetCompareRequest,
  sight: SightOfRuns,
  pair: readonly [number, number],
  { row, goals }: { readonly row: number; readonly goals: readonly JudgedGoal[] },
): Comparison {
  const { runs, deciding, differences } = sight;
  const [first, second] = [configurations[pair[0]]!, configurations[pair[1]]!];
  const known = new Set(deciding.map(({ path }) => path));
  const both = pair.map((index) => runs[index]!);
  const others = FLEET_METRICS.map(({ path }) => path)
    .filter((path) => !known.has(path) && hasValue(path, both))
    .map(chosenMetricOf({ configurations }));
  const beside = judgeBeside(sight, pair, others, indifferenceShare);
  const metrics = [...differences[row]!, ...beside];
  const names = { base: first.name, variant: second.name };
  return {
    ...names,
    changes: changedFields(first.plain, second.plain),
    metrics,
    findings: [],
    sentence: comparisonSentence({ ...names, metrics }, goals),
    why: [],
  };
}

function warningsOf(
  { configurations }: FleetCompareRequest,
  { runs }: SightOfRuns,
  design: CompareDesign,
): readonly string[] {
  const nothingDrawn =
    "Nothing is drawn: two seeds gave the same figures, so that each fleet was run once and the differences are exact.";
  const ofRuns = configurations.flatMap(({ name, loaded }, index) => [
    ...loaded.fleet.warnings.map(({ message }) => `“${name}”: ${message}.`),
    ...runs[index]![0]!.warnings.map((warning) => `“${name}”: ${warning}`),
  ]);
  return [...(design.streams === "none" ? [nothingDrawn] : []), ...new Set(ofRuns)];
}
