import type { UnitSuccess } from "../pool/unit.js";
import { replicationWarnings } from "../replicate/replication-warnings.js";
import { labelMetric } from "../run/metric-label.js";
import type { CompareDesign, ComparedConfiguration, Comparison } from "./compare-document.js";
import type { CompareRequest } from "./compare-request.js";

/** Less correlation than this between configurations on the same random numbers says that they fell out of step. */
const CORRELATION_MIN = 0;

/** What a reader of a comparison must know, in full sentences. */
export function compareWarnings(
  request: CompareRequest,
  study: {
    readonly design: CompareDesign;
    readonly configurations: readonly ComparedConfiguration[];
    readonly comparisons: readonly Comparison[];
    readonly runs: readonly (readonly UnitSuccess[])[];
  },
): readonly string[] {
  const { design, configurations, comparisons, runs } = study;
  return [
    ...ofScenarios(request),
    ...ofDesign(design, configurations, comparisons),
    ...comparisons.flatMap(outOfStep),
    ...configurations.flatMap((configuration, index) =>
      ofFigures(configuration, runs[index]!, design).map(
        (warning) => `“${configuration.name}”: ${warning}`,
      ),
    ),
  ];
}

/** Warnings of loading, each once: several configurations may be of one file. */
function ofScenarios({ configurations }: CompareRequest): readonly string[] {
  const ofJobs = configurations.flatMap(({ name, loaded }) =>
    loaded.base.workloadWarnings.map(({ sentence }) => `“${name}”: ${sentence}`),
  );
  return [...new Set([...configurations.flatMap(({ loaded }) => loaded.warnings), ...ofJobs])];
}

function ofDesign(
  design: CompareDesign,
  configurations: readonly ComparedConfiguration[],
  comparisons: readonly Comparison[],
): readonly string[] {
  const warnings: string[] = [];
  if (design.streams === "none") {
    warnings.push(
      "Nothing is drawn: each configuration was run once. The differences are exact for these jobs and say nothing about another week; draw the jobs with workload.generate, or let things fail, to have intervals.",
    );
  } else {
    const fixed = configurations.filter(({ isRandom }) => !isRandom).map(({ name }) => `“${name}”`);
    if (fixed.length > 0) {
      warnings.push(
        `In ${fixed.join(", ")} nothing is drawn: every run of it is the same, and intervals hold only what the others vary.`,
      );
    }
  }
  const open = new Set(
    [
      ...comparisons.flatMap(({ metrics }) => metrics.filter(({ role }) => role === "decides")),
      ...configurations.flatMap(({ goals }) => goals),
    ].flatMap(({ verdict, metric }) => (verdict === "not shown" ? [metric] : [])),
  );
  if (open.size > 0 && design.streams !== "none" && design.stopped !== "decided") {
    const limit = design.stopped === "time" ? "the time limit" : "the most allowed";
    warnings.push(
      `Not decided after ${design.replications} replications, ${limit}: ${[...open].map((path) => labelMetric(path).phrase).join(", ")}. More of them (--replications), or a larger difference that counts as none (--indifference), may decide.`,
    );
  }
  return warnings;
}

function outOfStep({ base, variant, metrics }: Comparison): readonly string[] {
  const apart = metrics.filter(
    ({ role, correlation }) =>
      role === "decides" && correlation !== null && correlation < CORRELATION_MIN,
  );
  if (apart.length === 0) return [];
  const phrases = apart.map(({ metric }) => labelMetric(metric).phrase).join(", ");
  return [
    `“${variant}” and “${base}” move against each other on the same random numbers (${phrases}): common random numbers do not help this comparison.`,
  ];
}

/** Warnings about the figures of one configuration, as a run of it would give them. */
function ofFigures(
  { goals, figures }: ComparedConfiguration,
  runs: readonly UnitSuccess[],
  { replications, confidence, warmUp, streams }: CompareDesign,
): readonly string[] {
  const overloaded = runs.flatMap(({ overload }) => (overload === undefined ? [] : [overload]));
  if (streams === "none") return [...figures.warnings, ...overloaded.slice(0, 1)];
  const warnings = replicationWarnings(
    goals,
    figures,
    {
      method: "replications",
      count: replications,
      confidence,
      warmUp,
      precision: null,
      intervals: {},
      overloadedCount: overloaded.length,
    },
    overloaded[0],
  );
  return [...figures.warnings, ...warnings];
}
