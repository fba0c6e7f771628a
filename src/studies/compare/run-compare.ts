import { VERSION } from "../../io/version.js";
import type { ScenarioPool } from "../pool/scenario-pool.js";
import type { UnitSuccess } from "../pool/unit.js";
import { averageResults } from "../replicate/average-result.js";
import { describeCluster } from "../run/describe-cluster.js";
import { metricValue } from "../run/evaluate-goals.js";
import { gatherAssumptions } from "../run/gather-assumptions.js";
import type { WarmUpResult } from "../run/result-document.js";
import { changedFields } from "./changed-fields.js";
import type {
  CompareDesign,
  CompareDocument,
  ComparedConfiguration,
  Comparison,
} from "./compare-document.js";
import { decidingMetrics, metricsBeside } from "./compare-metrics.js";
import type { CompareRequest } from "./compare-request.js";
import { answerSentence, comparisonSentence } from "./compare-sentence.js";
import { compareWarnings } from "./compare-warnings.js";
import { comparedInputs } from "./compared-inputs.js";
import { pairsOf } from "./compared-pairs.js";
import { explain, meanOf } from "./explain.js";
import { explanationSentences } from "./finding-words.js";
import type { Pairing } from "./judge-differences.js";
import type { JudgedGoal } from "./judge-goals.js";
import { judgeBeside, lookAt, type SeenFigures, type Sight } from "./look-at.js";
import {
  createComparedRuns,
  findCompareWarmUp,
  runsOf,
  type CompareProgress,
} from "./simulate-looks.js";
import { takeLooks } from "./take-looks.js";

/** What one look shows, with the runs it saw. */
interface SightOfRuns extends Sight {
  /** By configuration, then replication. */
  readonly runs: readonly (readonly UnitSuccess[])[];
}

/**
 * Compares configurations: replications are added until every metric that decides and every goal is decided, or
 * the most allowed are run.
 *
 * @param clock milliseconds that only ever grow, for the time limit
 * @throws InputError when a scenario cannot be run, or the scenarios disagree about their warm-up
 */
export async function runCompare(
  request: CompareRequest,
  pool: ScenarioPool,
  options: { readonly onProgress?: CompareProgress; readonly clock?: () => number } = {},
): Promise<CompareDocument> {
  const { onProgress = () => undefined, clock = () => 0 } = options;
  const { configurations, timeLimitS = Infinity, isIndependent } = request;
  const startMs = clock();
  const isDrawn = configurations.some(({ loaded }) => loaded.base.resolved.isRandom);
  const warmUp = await findCompareWarmUp(request, pool);
  const runs = createComparedRuns(request, pool, { warmUpEndS: warmUp?.endS ?? 0, onProgress });
  const pairing: Pairing = !isDrawn ? "one-run" : isIndependent ? "independent" : "paired";
  const { sight, design } = await takeLooks(request, {
    isDrawn,
    isTimeUp: () => clock() - startMs >= timeLimitS * 1000,
    async lookAt(look) {
      const { replications } = look;
      await runs.extendTo(replications, runsOf(request, replications));
      const seen = configurations.map((_, index) => runs.outcomes(index, replications));
      return sightOf(request, seen, { look, pairing });
    },
  });
  const streams = !isDrawn ? "none" : isIndependent ? "independent" : "common";
  return documentOf(request, sight, { streams, ...design, warmUp });
}

function sightOf(
  request: CompareRequest,
  runs: SightOfRuns["runs"],
  { look, pairing }: Pick<Sight, "look" | "pairing">,
): SightOfRuns {
  const targets = request.configurations.map(({ loaded }) => loaded.base.resolved.goals);
  const deciding = decidingMetrics(
    targets.flat(),
    runs.map((own) => own[0]!.result),
  );
  const figures: SeenFigures = {
    valuesOf: (configuration, path) =>
      runs[configuration]!.map(({ result }) => metricValue(result, path)),
    meanOf,
  };
  return { ...lookAt(request, { look, pairing, figures, deciding }, targets), runs };
}

function documentOf(
  request: CompareRequest,
  sight: SightOfRuns,
  design: CompareDesign,
): CompareDocument {
  const [base] = request.configurations;
  const configurations = request.configurations.map((_, index) =>
    configurationOf(request, sight, index, design.warmUp),
  );
  const comparisons = pairsOf(request).map((pair, row) =>
    comparisonOf(request, sight, pair, { row, goals: configurations[pair[1]]!.goals }),
  );
  const { assumptions } = base!.loaded.base.resolved;
  return {
    schema: "headroom/compare/v1",
    version: VERSION,
    question: base!.loaded.scenario.question ?? null,
    answer: answerSentence(configurations, comparisons),
    seed: request.seed,
    design,
    configurations,
    comparisons,
    inputs: comparedInputs(request.configurations),
    assumptions: gatherAssumptions(
      assumptions,
      request.configurations
        .slice(1)
        .map(({ name, loaded }) => ({ name, assumptions: loaded.base.resolved.assumptions })),
    ),
    warnings: compareWarnings(request, { design, configurations, comparisons, runs: sight.runs }),
  };
}

function configurationOf(
  { configurations }: CompareRequest,
  { runs, figures, deciding, goals }: SightOfRuns,
  index: number,
  warmUp: WarmUpResult | null,
): ComparedConfiguration {
  const { name, set, loaded } = configurations[index]!;
  const own = runs[index]!;
  const { isRandom, cluster } = loaded.base.resolved;
  const distinct = isRandom ? own : own.slice(0, 1);
  return {
    name,
    scenario: loaded.scenario.file,
    set,
    cluster: describeCluster(cluster).sentence,
    isRandom,
    // A run that is too short to have settled shows nothing of the long run.
    goals: goals[index]!.map((goal) =>
      warmUp?.detected === false ? { ...goal, verdict: "not shown" as const } : goal,
    ),
    figures: averageResults(distinct.map(({ result: { goals: _, ...computed } }) => computed)),
    values: Object.fromEntries(deciding.map(({ path }) => [path, figures.valuesOf(index, path)])),
  };
}

function comparisonOf(
  { configurations, indifferenceShare }: CompareRequest,
  sight: SightOfRuns,
  pair: readonly [number, number],
  { row, goals }: { readonly row: number; readonly goals: readonly JudgedGoal[] },
): Comparison {
  const { runs, deciding, differences, look, pairing } = sight;
  const [first, second] = [configurations[pair[0]]!, configurations[pair[1]]!];
  const results = pair.map((index) => runs[index]![0]!.result);
  const others = metricsBeside(deciding, results);
  const beside = judgeBeside(sight, pair, others, indifferenceShare);
  const metrics = [...differences[row]!, ...beside];
  const findings = explain(runs[pair[0]]!, runs[pair[1]]!, { alpha: look.alpha, pairing });
  const names = { base: first.name, variant: second.name };
  return {
    ...names,
    changes: changedFields(first.plain, second.plain),
    metrics,
    findings,
    sentence: comparisonSentence({ ...names, metrics }, goals),
    why: explanationSentences(findings),
  };
}
