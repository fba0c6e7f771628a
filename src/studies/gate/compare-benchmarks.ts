import { judgeSuite, type CaseVerdict } from "../../benchmark/regression/judge-suite.js";
import type { VerdictSettings } from "../../benchmark/regression/verdict-settings.js";
import {
  processTimeS,
  type BenchmarkCase,
  type BenchmarkResult,
} from "../../benchmark/result-document.js";
import { InputError } from "../../diagnostics/problem.js";
import { VERSION } from "../../io/version.js";
import { quantile } from "../../stats/quantile.js";
import {
  GATE_OUTCOME_SCHEMA,
  gateSentence,
  gateStatus,
  worstFirst,
  type GateCase,
  type GateOutcome,
  type GateSide,
} from "./gate-outcome.js";

/** A result with where it came from. */
export interface NamedResult {
  readonly file: string;
  readonly sha256?: string;
  readonly result: BenchmarkResult;
}

/** How two results are compared. */
export interface CompareOptions {
  readonly settings: VerdictSettings;
  /** Compares results of different machines, and says so. */
  readonly allowDifferentMachine: boolean;
  /** Passes cases that are too noisy to tell. */
  readonly allowNoisy: boolean;
}

/**
 * Compares two benchmark results case by case: one number per process run, judged over the whole suite.
 *
 * @throws InputError when they come from different machines and that is not allowed, or share no case
 */
export function compareBenchmarks(
  base: NamedResult,
  after: NamedResult,
  options: CompareOptions,
): GateOutcome {
  const warnings = [
    ...machineWarnings(base, after, options.allowDifferentMachine),
    ...sessionWarnings(base.result, after.result),
  ];
  const cases = worstFirst(compareCases(base.result, after.result, options.settings));
  if (cases.every(({ verdict }) => verdict === "new case")) {
    throw new InputError([
      {
        file: after.file,
        rule: "no-common-case",
        message: `has no case in common with ${base.file} (suites "${base.result.suite.name}" and "${after.result.suite.name}")`,
        help: "run the same suite on both sides",
      },
    ]);
  }
  const status = gateStatus(cases, options.allowNoisy);
  return {
    schema: GATE_OUTCOME_SCHEMA,
    version: VERSION,
    kind: "benchmark",
    name: after.result.suite.name,
    status,
    sentence: gateSentence(status, cases, { one: "case", many: "cases" }),
    base: sideOf(base),
    new: sideOf(after),
    settings: { ...options.settings },
    cases,
    warnings,
  };
}

function sideOf({ file, sha256, result }: NamedResult): GateSide {
  const devices = [...new Set(result.cases.map(({ deviceName }) => deviceName))].join(", ");
  return {
    file,
    ...(sha256 === undefined ? {} : { sha256 }),
    description: `${result.session.buildDescription ?? `Headroom ${result.version}`}, ${devices} (${result.label}), ${result.endedAt}`,
  };
}

function machineWarnings(
  base: NamedResult,
  after: NamedResult,
  allowed: boolean,
): readonly string[] {
  const [left, right] = [base.result.environment, after.result.environment];
  if (left.id === right.id) return [];
  const names = [...new Set([...Object.keys(left.fields), ...Object.keys(right.fields)])].sort();
  const differences = names
    .filter((name) => left.fields[name] !== right.fields[name])
    .map((name) => `${name}: ${left.fields[name] ?? "absent"} → ${right.fields[name] ?? "absent"}`);
  const said = differences.length === 0 ? "their fingerprints differ" : differences.join("; ");
  if (allowed) return [`The two sides come from different machines: ${said}.`];
  throw new InputError([
    {
      file: after.file,
      rule: "different-machine",
      message: `was measured on another machine than ${base.file}: ${said}`,
      help: "measure both on the same machine, or say --allow-different-machine",
    },
  ]);
}

function sessionWarnings(base: BenchmarkResult, after: BenchmarkResult): readonly string[] {
  const warnings: string[] = [];
  if (base.session.id !== after.session.id || base.session.build === after.session.build) {
    warnings.push(
      "The two sides were measured in separate sessions, not interleaved: what the machine did in between counts as a change. Use bench run --against for a fair comparison.",
    );
  }
  if (base.suite.sha256 !== after.suite.sha256)
    warnings.push("The suite's text differs between the two sides.");
  for (const [side, { interrupted }] of [
    ["base", base],
    ["new", after],
  ] as const) {
    if (interrupted) warnings.push(`The ${side} session was interrupted before it was done.`);
  }
  return warnings;
}

function compareCases(
  base: BenchmarkResult,
  after: BenchmarkResult,
  settings: VerdictSettings,
): readonly GateCase[] {
  const before = new Map(base.cases.map((item) => [item.id, item]));
  const now = new Map(after.cases.map((item) => [item.id, item]));
  const both = after.cases.filter(
    (item) => isMeasured(item) && before.has(item.id) && isMeasured(before.get(item.id)!),
  );
  const verdicts = judgeSuite(
    both.map(({ id }) => ({
      id,
      baseS: before.get(id)!.runs.map(processTimeS),
      newS: now.get(id)!.runs.map(processTimeS),
    })),
    settings,
  );
  const judged = verdicts.map((verdict) =>
    judgedCase(verdict, before.get(verdict.id)!, now.get(verdict.id)!),
  );
  const added = after.cases
    .filter((item) => isMeasured(item) && !isMeasured(before.get(item.id)))
    .map((item) => ({
      ...figures(item.id, undefined, item),
      verdict: "new case" as const,
      reason: "the baseline does not have it",
    }));
  const lost = base.cases
    .filter((item) => isMeasured(item) && !isMeasured(now.get(item.id)))
    .map((item) => lostCase(item, now.get(item.id)));
  return [...judged, ...lost, ...added];
}

function isMeasured(item: BenchmarkCase | undefined): boolean {
  return item !== undefined && item.status === "measured" && item.runs.length > 0;
}

function judgedCase(verdict: CaseVerdict, before: BenchmarkCase, after: BenchmarkCase): GateCase {
  const planted = after.plantedWork ?? before.plantedWork;
  const ties = verdict.hasTies
    ? "; some times are equal, so the clock is coarse for this case"
    : "";
  return {
    ...figures(verdict.id, before, after),
    ratio: verdict.ratio,
    ...(verdict.interval === undefined ? {} : { ratioInterval: verdict.interval }),
    ...(verdict.intervalConfidence === undefined ? {} : { confidence: verdict.intervalConfidence }),
    pAdjusted: verdict.pAdjusted,
    processes: verdict.processes,
    ...(verdict.moreProcesses === undefined ? {} : { moreProcesses: verdict.moreProcesses }),
    verdict: verdict.verdict,
    reason: `${verdict.reason}${ties}${planted === undefined ? "" : `; ${planted} times the work was planted on purpose`}`,
  };
}

/** Was measured before and is not now: wrong results are a regression, the rest cannot be told. */
function lostCase(before: BenchmarkCase, after: BenchmarkCase | undefined): GateCase {
  const isWrong = after?.check?.passed === false;
  const why =
    after === undefined
      ? "the new result does not have it"
      : `it was ${after.status === "measured" ? "not measured" : after.status} now${after.reason === undefined ? "" : `: ${after.reason}`}`;
  return {
    ...figures(before.id, before, undefined),
    verdict: isWrong ? "regression" : "cannot decide",
    reason: isWrong ? `its result is wrong now: ${after.check.failure ?? "no details"}` : why,
  };
}

function figures(
  id: string,
  before: BenchmarkCase | undefined,
  after: BenchmarkCase | undefined,
): Omit<GateCase, "verdict" | "reason"> {
  const interval = after?.summary?.intervalS;
  return {
    id,
    metric: "time",
    unit: "s",
    better: "smaller",
    base: medianTimeS(before),
    new: medianTimeS(after),
    ...(interval === undefined ? {} : { newInterval: interval }),
  };
}

/** Median over process runs of each run's median, seconds per launch. */
function medianTimeS(item: BenchmarkCase | undefined): number | null {
  return item === undefined ? null : (quantile(item.runs.map(processTimeS), 0.5) ?? null);
}
