import type { Cell, ReportSection, RichCell } from "../block.js";
import { TABLE_ROWS_MAX } from "../format/cell-text.js";
import { escapeMarkdown, markdownCode } from "../format/escape.js";
import { nameMetric } from "../format/metric-names.js";
import { exactQuantity, formatDifference, formatQuantity } from "../format/quantity.js";
import type { Configuration, RunReportInput } from "../run-report-input.js";
import { confidenceWords } from "../../studies/run/replication-words.js";
import type { ResultDocument, RunResult } from "../../studies/run/result-document.js";

/** Variants that a sentence names; more are counted. */
const NAMED_MAX = 3;

/** Differences below this part of the figures are rounding of the last digits, not an effect. */
const ROUNDING = 1e-9;

/** Figures of how much was done: better only when the same work was asked for. */
const OF_WORK = new Set(["jobs.completed", "jobs.gpuHours"]);

/** Fewer figures than this per variant would not tell what it changed. */
const FIGURES_MIN = 4;

interface ComparedMetric {
  readonly path: string;
  readonly unit: string;
  of(result: RunResult): number | null;
}

/** What matters most first: many variants leave room for the first few only. */
const METRICS: readonly ComparedMetric[] = [
  { path: "gpu.count", unit: "GPUs", of: ({ gpu }) => gpu.count },
  { path: "jobs.waitS.p95", unit: "s", of: ({ jobs }) => jobs.waitS.p95 },
  { path: "jobs.completed", unit: "jobs", of: ({ jobs }) => jobs.completed },
  { path: "jobs.neverPlaceable", unit: "jobs", of: ({ jobs }) => jobs.neverPlaceable },
  { path: "jobs.waiting", unit: "jobs", of: ({ jobs }) => jobs.waiting },
  { path: "gpu.allocatedShare", unit: "share", of: ({ gpu }) => gpu.allocatedShare },
  { path: "jobs.waitS.mean", unit: "s", of: ({ jobs }) => jobs.waitS.mean },
  { path: "jobs.waitS.p50", unit: "s", of: ({ jobs }) => jobs.waitS.p50 },
  { path: "jobs.waitS.max", unit: "s", of: ({ jobs }) => jobs.waitS.max },
  { path: "jobs.jctS.mean", unit: "s", of: ({ jobs }) => jobs.jctS.mean },
  { path: "jobs.jctS.p95", unit: "s", of: ({ jobs }) => jobs.jctS.p95 },
  { path: "jobs.boundedSlowdown.mean", unit: "", of: ({ jobs }) => jobs.boundedSlowdown.mean },
  { path: "jobs.makespanS", unit: "s", of: ({ jobs }) => jobs.makespanS },
  { path: "jobs.gpuHours", unit: "GPU-h", of: ({ jobs }) => jobs.gpuHours },
  { path: "jobs.queueLengthMean", unit: "jobs", of: ({ jobs }) => jobs.queueLengthMean },
  { path: "jobs.queueLengthMax", unit: "jobs", of: ({ jobs }) => jobs.queueLengthMax },
  { path: "jobs.tenantFairness", unit: "", of: ({ jobs }) => jobs.tenantFairness },
];

/** What each variant changes, difference first, then old → new. */
export function comparisonSection(
  input: RunReportInput,
  runs: readonly Configuration[],
): ReportSection | undefined {
  const [base, ...variants] = runs;
  if (variants.length === 0) return undefined;
  const found = METRICS.filter(({ of }) => runs.some(({ result }) => (of(result) ?? 0) !== 0));
  const shown = found.slice(0, Math.max(FIGURES_MIN, Math.floor(TABLE_ROWS_MAX / variants.length)));
  const rest =
    shown.length === found.length
      ? ""
      : ` ${found.length - shown.length} further figures of each variant are in \`result.json\`.`;
  const settings = input.result.variants.map(
    ({ set }, index) => `- **${escapeMarkdown(variants[index]!.name)}**: ${settingWords(set)}`,
  );
  return {
    id: "comparison",
    title: "What the variants change",
    blocks: [
      { kind: "text", markdown: settings.join("\n") },
      {
        kind: "table",
        caption: "Variants compared with the base",
        columns: [
          { header: "Figure" },
          { header: "Change", align: "right" },
          { header: "Base → variant", align: "right" },
        ],
        rows: variants.flatMap((variant) =>
          shown.map((metric) => comparisonRow(metric, base!.result, variant.result)),
        ),
        rowGroups: variants.map(({ name }) => ({ title: name, rowCount: shown.length })),
        fullTable: "result.json",
      },
      {
        kind: "text",
        markdown: `${commonWords(input.result)} ${certainty(input.result)}${rest}`,
      },
    ],
  };
}

/** Path of a setting that gives a variant other jobs than the base. */
const WORKLOAD_PATH = /^workload\b/;

/** What base and variants share, so that a difference between them is not a matter of luck. */
function commonWords({ variants, seed }: ResultDocument): string {
  const others = variants.filter(({ set }) =>
    Object.keys(set).some((path) => WORKLOAD_PATH.test(path)),
  );
  if (others.length === 0)
    return `Base and variants saw the same jobs in the same order (seed ${seed}).`;
  const all = others.length === variants.length;
  const names = others.slice(0, NAMED_MAX).map(({ name }) => `“${escapeMarkdown(name)}”`);
  if (others.length > names.length) names.push(`${others.length - names.length} more`);
  const which = all && others.length > NAMED_MAX ? "Every variant" : names.join(", ");
  const have = others.length === 1 || (all && others.length > NAMED_MAX) ? "has" : "have";
  const rest = all ? "" : " The other variants saw the base's jobs in the same order.";
  return `${which} ${have} another workload than the base; whatever is drawn is drawn from the same seed ${seed}.${rest}`;
}

function certainty({ replications }: ResultDocument): string {
  const sure = confidenceWords(replications);
  if (replications === undefined || sure === undefined || replications.method === "batch-means") {
    return "One run each: a difference is what happened with these jobs, without an interval.";
  }
  return (
    `The range under a change is that of the paired differences of ${replications.count} replications at ${sure}; ` +
    "“not shown” says that it holds 0."
  );
}

function settingWords(set: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(set);
  if (entries.length === 0) return "changes nothing";
  return entries
    .map(([path, value]) => markdownCode(`${path} = ${JSON.stringify(value) ?? String(value)}`))
    .join(", ");
}

function comparisonRow(
  metric: ComparedMetric,
  base: RunResult,
  variant: RunResult,
): readonly Cell[] {
  const { label, better: usual } = nameMetric(metric.path);
  const otherWork = OF_WORK.has(metric.path) && base.jobs.count !== variant.jobs.count;
  const better = otherWork ? "neither" : usual;
  const before = metric.of(base);
  const after = metric.of(variant);
  const words = (value: number | null): string =>
    value === null ? "—" : formatQuantity(value, metric.unit);
  const both: RichCell = {
    text: `${words(before)} → ${words(after)}`,
    exact: `${before ?? "no value"} → ${after ?? "no value"}`,
  };
  if (before === null || after === null) return [label, null, both];
  const isRounding =
    Math.abs(after - before) <= ROUNDING * Math.max(Math.abs(before), Math.abs(after));
  const change = changeCell(isRounding ? 0 : after - before, metric.unit, better);
  const paired = variant.replications?.differences?.[metric.path];
  if (paired === undefined || (paired.low === 0 && paired.high === 0)) return [label, change, both];
  const ends = [paired.low, paired.high].map((end) => formatDifference(end, metric.unit));
  // An interval that holds 0 does not show which of the two is better.
  const isOpen = paired.low <= 0 && paired.high >= 0 && after !== before;
  const text = isOpen ? `${formatDifference(after - before, metric.unit)} not shown` : change.text;
  const tone = isOpen ? { tone: "quiet" as const } : {};
  return [label, { ...change, text, ...tone, note: ends.join(" to ") }, both];
}

function changeCell(
  difference: number,
  unit: string,
  better: "lower" | "higher" | "neither",
): RichCell {
  const exact = exactQuantity(difference, unit);
  if (difference === 0) return { text: "no change", value: 0, exact, tone: "quiet" };
  const text = formatDifference(difference, unit);
  if (better === "neither") return { text, value: difference, exact };
  const improved = better === "lower" ? difference < 0 : difference > 0;
  return {
    text: `${text} ${improved ? "better" : "worse"}`,
    value: difference,
    exact,
    tone: improved ? "good" : "bad",
  };
}
