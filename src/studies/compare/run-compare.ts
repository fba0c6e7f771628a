import { VERSION } from "../../io/version.js";
import type { ScenarioPool } from "../pool/scenario-pool.js";
import type { UnitSuccess } from "../pool/unit.js";
import { averageResults } from "../replicate/average-result.js";
import { describeCluster } from "../run/describe-cluster.js";
import { metricValue } from "../run/evaluate-goals.js";
import { gatherAssumptions } from "../run/gather-assumptions.js";
import { labelMetric } from "../run/metric-label.js";
import type { InputFile, WarmUpResult } from "../run/result-document.js";
import { changedFields } from "./changed-fields.js";
import type {
  CompareDesign,
  CompareDocument,
  ComparedConfiguration,
  ComparedMetric,
  Comparison,
} from "./compare-document.js";
import {
  decidingMetrics,
  indifferenceOf,
  metricsBeside,
  type ChosenMetric,
} from "./compare-metrics.js";
import type { CompareRequest } from "./compare-request.js";
import { answerSentence, comparisonSentence } from "./compare-sentence.js";
import { compareWarnings } from "./compare-warnings.js";
import { isDecided, pairsOf } from "./compared-pairs.js";
import { explain, meanOf } from "./explain.js";
import { explanationSentences } from "./finding-words.js";
import { judgeDifferences, type ComparedSamples, type Pairing } from "./judge-differences.js";
import { judgeGoals, type JudgedGoal } from "./judge-goals.js";
import { planLooks, type Look } from "./looks.js";
import {
  createComparedRuns,
  findCompareWarmUp,
  runsOf,
  type CompareProgress,
} from "./simulate-looks.js";

/** What was seen at one look. */
interface Sight {
  readonly look: Look;
  readonly pairing: Pairing;
  /** By configuration, then replication. */
  readonly runs: readonly (readonly UnitSuccess[])[];
  readonly deciding: readonly ChosenMetric[];
  /** By pair, then deciding metric. */
  readonly differences: readonly (readonly ComparedMetric[])[];
  /** By configuration. */
  readonly goals: readonly (readonly JudgedGoal[])[];
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
  const { configurations, timeLimitS = Infinity } = request;
  const startMs = clock();
  const isDrawn = configurations.some(({ loaded }) => loaded.base.resolved.isRandom);
  const looks = isDrawn
    ? planLooks(request.replicationsMax, request.confidence, request.isFixed)
    : [{ replications: 1, alpha: 1 - request.confidence }];
  const pairing: Pairing = !isDrawn ? "one-run" : request.isIndependent ? "independent" : "paired";
  const warmUp = await findCompareWarmUp(request, pool);
  const runs = createComparedRuns(request, pool, { warmUpEndS: warmUp?.endS ?? 0, onProgress });
  const taken: Look[] = [];
  let stopped: CompareDesign["stopped"] = isDrawn ? "replications" : "one run";
  let sight: Sight | undefined;
  for (const look of looks) {
    await runs.extendTo(look.replications, runsOf(request, look.replications));
    taken.push(look);
    sight = lookAt(
      request,
      configurations.map((_, index) => runs.outcomes(index, look.replications)),
      { look, pairing },
    );
    if (isDrawn && isDecided(sight)) {
      stopped = "decided";
      break;
    }
    if (look !== looks.at(-1) && clock() - startMs >= timeLimitS * 1000) {
      stopped = "time";
      break;
    }
  }
  return documentOf(request, sight!, {
    streams: !isDrawn ? "none" : request.isIndependent ? "independent" : "common",
    replications: sight!.look.replications,
    replicationsMax: isDrawn ? request.replicationsMax : 1,
    confidence: request.confidence,
    looks: taken,
    looksPlanned: looks.length,
    stopped,
    indifferenceShare: request.indifferenceShare,
    warmUp,
  });
}

function lookAt(
  request: CompareRequest,
  runs: Sight["runs"],
  { look, pairing }: Pick<Sight, "look" | "pairing">,
): Sight {
  const { configurations, indifferenceShare } = request;
  const targets = configurations.map(({ loaded }) => loaded.base.resolved.goals);
  const deciding = decidingMetrics(
    targets.flat(),
    runs.map((own) => own[0]!.result),
  );
  const pairs = pairsOf(request);
  const family = pairs.flatMap((pair) =>
    deciding.map((metric) => comparedSamples(runs, pair, metric, indifferenceShare)),
  );
  const judged = judgeDifferences(family, { alpha: look.alpha, pairing });
  const differences = pairs.map((_, row) =>
    deciding.map((metric, column) => {
      const index = row * deciding.length + column;
      return comparedMetric("decides", metric, family[index]!, judged[index]!);
    }),
  );
  const samples = targets.flatMap((goals, index) =>
    goals.map((goal) => ({
      goal,
      values: valuesOf(runs[index]!, goal.metric),
      indifference: indifferenceOf(goal.metric, goal.target, indifferenceShare),
    })),
  );
  const goalsOfAll = judgeGoals(samples, { alpha: look.alpha, isOneRun: pairing === "one-run" });
  let next = 0;
  const goals = targets.map((own) => goalsOfAll.slice(next, (next += own.length)));
  return { look, pairing, runs, deciding, differences, goals };
}

function valuesOf(runs: readonly UnitSuccess[], path: string): readonly (number | null)[] {
  return runs.map(({ result }) => metricValue(result, path));
}

function comparedSamples(
  runs: Sight["runs"],
  [first, second]: readonly [number, number],
  { path }: ChosenMetric,
  indifferenceShare: number,
): ComparedSamples {
  const before = valuesOf(runs[first]!, path);
  const after = valuesOf(runs[second]!, path);
  return { before, after, indifference: indifferenceOf(path, meanOf(before), indifferenceShare) };
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
    before: meanOf(before),
    after: meanOf(after),
    indifference,
    better: labelMetric(path).better,
    ...judged,
  };
}

function documentOf(request: CompareRequest, sight: Sight, design: CompareDesign): CompareDocument {
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
    inputs: inputsOf(request),
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
  { runs, deciding, goals }: Sight,
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
    values: Object.fromEntries(deciding.map(({ path }) => [path, valuesOf(own, path)])),
  };
}

function comparisonOf(
  { configurations, indifferenceShare }: CompareRequest,
  { runs, deciding, differences, look, pairing }: Sight,
  pair: readonly [number, number],
  { row, goals }: { readonly row: number; readonly goals: readonly JudgedGoal[] },
): Comparison {
  const [first, second] = pair.map((index) => configurations[index]!) as [
    CompareRequest["configurations"][number],
    CompareRequest["configurations"][number],
  ];
  const results = pair.map((index) => runs[index]![0]!.result);
  const beside = metricsBeside(deciding, results).map((metric) => {
    const samples = comparedSamples(runs, pair, metric, indifferenceShare);
    const [judged] = judgeDifferences([samples], { alpha: look.alpha, pairing });
    return comparedMetric("beside", metric, samples, judged!);
  });
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

/** Every file that was read, each once. */
function inputsOf({ configurations }: CompareRequest): readonly InputFile[] {
  const files = new Map<string, InputFile>();
  for (const { loaded } of configurations) {
    for (const file of loaded.inputs) files.set(`${file.path}\0${file.sha256}`, file);
  }
  return [...files.values()];
}
