import { VERSION } from "../../../io/version.js";
import { FLEET_METRICS, findFleetMetric } from "../../../scenario/fleet/fleet-metrics.js";
import { changedFields } from "../../compare/changed-fields.js";
import { indifferenceOf, type ChosenMetric } from "../../compare/compare-metrics.js";
import type {
  CompareDesign,
  ComparedFleet,
  ComparedMetric,
  Comparison,
  FleetCompareDocument,
} from "../../compare/compare-document.js";
import type { CompareRequest } from "../../compare/compare-request.js";
import { answerSentence, comparisonSentence } from "../../compare/compare-sentence.js";
import { isDecided, pairsOf } from "../../compare/compared-pairs.js";
import {
  judgeDifferences,
  type ComparedSamples,
  type Pairing,
} from "../../compare/judge-differences.js";
import { judgeGoals, type JudgedGoal } from "../../compare/judge-goals.js";
import { planLooks, type Look } from "../../compare/looks.js";
import type { FleetUnitSuccess } from "../../pool/fleet-unit.js";
import type { ScenarioPool } from "../../pool/scenario-pool.js";
import { gatherAssumptions } from "../../run/gather-assumptions.js";
import { labelMetric } from "../../run/metric-label.js";
import type { InputFile } from "../../run/result-document.js";
import { describeFleet } from "../describe-fleet.js";
import type { FleetConfiguration } from "../fleet-configuration.js";
import { createFleetRuns, meanOfRuns, valuesOfRuns } from "../fleet-runs.js";

/** Metrics that decide when no fleet has a goal, as far as they have values. */
const WITHOUT_GOALS = [
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

interface Sight {
  readonly look: Look;
  readonly pairing: Pairing;
  readonly runs: readonly (readonly FleetUnitSuccess[])[];
  readonly deciding: readonly ChosenMetric[];
  readonly differences: readonly (readonly ComparedMetric[])[];
  readonly goals: readonly (readonly JudgedGoal[])[];
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
  const looks = isDrawn
    ? planLooks(request.replicationsMax, request.confidence, request.isFixed)
    : [{ replications: 1, alpha: 1 - request.confidence }];
  const taken: Look[] = [];
  let stopped: CompareDesign["stopped"] = isDrawn ? "replications" : "one run";
  let sight: Sight | undefined;
  for (const look of looks) {
    await runs.extendTo(look.replications);
    taken.push(look);
    const seen = configurations.map((_, index) => runs.outcomes(index, look.replications));
    sight = lookAt(request, seen, { look, pairing: isDrawn ? "paired" : "one-run" });
    if (isDrawn && isDecided(sight)) {
      stopped = "decided";
      break;
    }
    if (look !== looks.at(-1) && clock() - startMs >= timeLimitS * 1000) {
      stopped = "time";
      break;
    }
  }
  const design: CompareDesign = {
    streams: isDrawn ? "common" : "none",
    replications: sight!.look.replications,
    replicationsMax: isDrawn ? request.replicationsMax : 1,
    confidence: request.confidence,
    looks: taken,
    looksPlanned: looks.length,
    stopped,
    indifferenceShare: request.indifferenceShare,
    warmUp: null,
  };
  return documentOf(request, sight!, design, (index) => runs.isRandom(index));
}

function lookAt(
  request: FleetCompareRequest,
  runs: Sight["runs"],
  { look, pairing }: Pick<Sight, "look" | "pairing">,
): Sight {
  const { configurations, indifferenceShare } = request;
  const targets = configurations.map(({ loaded }) => loaded.fleet.goals);
  const paths = [...new Set(targets.flat().map(({ metric }) => metric))];
  const chosen = paths.length > 0 ? paths : WITHOUT_GOALS.filter((path) => hasValue(path, runs));
  const deciding = chosen.map(chosenMetric);
  const pairs = pairsOf(request);
  const family = pairs.flatMap((pair) =>
    deciding.map((metric) => samplesOf(runs, pair, metric, indifferenceShare)),
  );
  const judged = judgeDifferences(family, { alpha: look.alpha, pairing });
  const differences = pairs.map((_, row) =>
    deciding.map((metric, column) => {
      const index = row * deciding.length + column;
      return comparedMetric("decides", metric, family[index]!, judged[index]!);
    }),
  );
  const goalSamples = targets.flatMap((goals, index) =>
    goals.map((goal) => ({
      goal,
      values: valuesOfRuns(runs[index]!, goal.metric),
      indifference: indifferenceOf(goal.metric, goal.target, indifferenceShare),
    })),
  );
  const all = judgeGoals(goalSamples, { alpha: look.alpha, isOneRun: pairing === "one-run" });
  let next = 0;
  const goals = targets.map((own) => all.slice(next, (next += own.length)));
  return { look, pairing, runs, deciding, differences, goals };
}

function chosenMetric(path: string): ChosenMetric {
  return { path, unit: findFleetMetric(path)?.unit ?? "" };
}

function hasValue(path: string, runs: Sight["runs"]): boolean {
  return runs.some((own) => valuesOfRuns(own, path).some((value) => value !== null));
}

function samplesOf(
  runs: Sight["runs"],
  [first, second]: readonly [number, number],
  { path }: ChosenMetric,
  indifferenceShare: number,
): ComparedSamples {
  const before = valuesOfRuns(runs[first]!, path);
  const after = valuesOfRuns(runs[second]!, path);
  return {
    before,
    after,
    indifference: indifferenceOf(path, meanOfRuns(before), indifferenceShare),
  };
}

function comparedMetric(
  role: ComparedMetric["role"],
  { path, unit }: ChosenMetric,
  { before, after, indifference }: ComparedSamples,
  judged: ReturnType<typeof judgeDifferences>[number],
): ComparedMetric {
  return {
    metric: path,
    unit,
    role,
    before: meanOfRuns(before),
    after: meanOfRuns(after),
    indifference,
    better: labelMetric(path).better,
    ...judged,
  };
}

function documentOf(
  request: FleetCompareRequest,
  sight: Sight,
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
    inputs: inputsOf(request.configurations),
    assumptions: gatherAssumptions(
      base!.loaded.fleet.assumptions,
      others.map(({ name, loaded }) => ({ name, assumptions: loaded.fleet.assumptions })),
    ),
    warnings: warningsOf(request, sight, design),
  };
}

function comparedFleet(
  { configurations }: FleetCompareRequest,
  { runs, deciding, goals }: Sight,
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
  { runs, deciding, differences, look, pairing }: Sight,
  pair: readonly [number, number],
  { row, goals }: { readonly row: number; readonly goals: readonly JudgedGoal[] },
): Comparison {
  const [first, second] = [configurations[pair[0]]!, configurations[pair[1]]!];
  const known = new Set(deciding.map(({ path }) => path));
  const both = pair.map((index) => runs[index]!);
  const beside = FLEET_METRICS.filter(({ path }) => !known.has(path) && hasValue(path, both)).map(
    ({ path }) => {
      const metric = chosenMetric(path);
      const samples = samplesOf(runs, pair, metric, indifferenceShare);
      const [judged] = judgeDifferences([samples], { alpha: look.alpha, pairing });
      return comparedMetric("beside", metric, samples, judged!);
    },
  );
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

function inputsOf(configurations: readonly FleetConfiguration[]): readonly InputFile[] {
  const files = new Map<string, InputFile>();
  for (const { loaded } of configurations)
    for (const file of loaded.inputs) files.set(`${file.path}\0${file.sha256}`, file);
  return [...files.values()];
}

function warningsOf(
  { configurations }: FleetCompareRequest,
  { runs }: Sight,
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
