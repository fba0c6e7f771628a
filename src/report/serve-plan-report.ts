import type { PlanDocument, PlannedConfiguration } from "../studies/serve/plan-service.js";
import {
  aloneTexts,
  demandTexts,
  limitText,
  methodText,
  percentText,
  planSentence,
  rateText,
  targetText,
} from "../studies/serve/plan-words.js";
import type { Cell, ChartBlock, Column, ReportDocument, ReportSection } from "./block.js";
import { chartBlock, chartSpec } from "./charts/theme.js";
import { escapeMarkdown } from "./format/escape.js";
import { countOf, formatSignificant } from "./format/number.js";
import { documentFile, reportFiles, type PageOptions, type ReportFiles } from "./report-files.js";

const CHART_TITLE = "How much does one GPU of each configuration take?";

/**
 * Builds the report of a plan for a service: the answer, the configurations, what one replica fewer breaks, and
 * what all of it rests on.
 *
 * @param reproduce the command that makes the same report again, then the version
 */
export function buildServePlanReport(
  document: PlanDocument,
  reproduce: readonly string[],
): ReportDocument {
  const { model, traffic, targets, seeds } = document;
  const sections: readonly (ReportSection | undefined)[] = [
    answerSection(document),
    ratesSection(document),
    refusedSection(document),
    assumptionsSection(document),
  ];
  const intervals = seeds.length > 1 ? `, ${seeds.length} seeds` : "";
  return {
    title: `What serving ${model} takes`,
    kicker: `Serving plan · ${traffic.name}`,
    subtitle: `Targets at p${percentText(targets)}: ${targetText(targets)}${intervals}`,
    sections: sections.filter((section) => section !== undefined),
    reproduce,
  };
}

function answerSection(document: PlanDocument): ReportSection {
  const isMet = document.configurations.some(
    ({ maxRate, forDemand }) =>
      maxRate !== null && maxRate.requestsPerS > 0 && forDemand?.replicas !== null,
  );
  const texts = [...demandTexts(document), ...aloneTexts(document)];
  return {
    id: "answer",
    title: "The answer",
    blocks: [
      { kind: "headline", sentence: planSentence(document) },
      {
        kind: "verdict",
        status: isMet ? "pass" : "fail",
        summary: isMet ? "The targets can be met." : "No configuration meets the targets.",
      },
      configurationsTable(document),
      ...texts.map((text) => ({ kind: "text" as const, markdown: escapeMarkdown(text) })),
    ],
    explanation:
      "One replica is simulated at rising rates of requests until a latency at its percentile is above its target, or the queue grows without end (overload). Replicas for the traffic are found by simulating all of it.",
  };
}

function configurationsTable({ configurations, traffic }: PlanDocument) {
  const hasDemand = traffic.requestsPerS !== null;
  const columns: Column[] = [
    { header: "Configuration" },
    { header: "Highest rate of a replica", unit: "requests/s", align: "right" },
    { header: "Limited by" },
    { header: "Answers", unit: "tokens/s", align: "right", digits: 3 },
    { header: "Cost", unit: "$ per million output tokens", align: "right", digits: 3 },
    { header: "GPUs of a replica", align: "right", digits: 3 },
  ];
  if (hasDemand)
    columns.push(
      { header: "Replicas needed", align: "right", digits: 15 },
      { header: "GPUs needed", align: "right", digits: 15 },
      { header: "Cost of all", unit: "$/h", align: "right", digits: 3 },
    );
  return {
    kind: "table" as const,
    caption: "Configurations, best first",
    columns,
    rows: configurations.map((one): readonly Cell[] => [
      one.name,
      one.maxRate === null
        ? { text: "cannot be", tone: "bad" }
        : { text: rateText(one.maxRate), value: one.maxRate.requestsPerS },
      one.maxRate === null ? null : limitText(one.maxRate),
      one.maxRate?.tokensPerS.output ?? null,
      one.cost?.usdPerMillionOutputTokens ?? null,
      one.gpusPerReplica,
      ...(hasDemand
        ? [
            one.forDemand?.replicas ?? null,
            one.forDemand?.gpus ?? null,
            one.forDemand?.usdPerHour ?? null,
          ]
        : []),
    ]),
  };
}

function ratesSection(document: PlanDocument): ReportSection | undefined {
  const shown = document.configurations.filter(
    ({ maxRate }) => maxRate !== null && maxRate.requestsPerS > 0,
  );
  const method = methodText(document);
  if (shown.length < 2 || method === undefined) return undefined;
  return {
    id: "rates",
    title: "Rates compared",
    blocks: [rateChart(shown), { kind: "text", markdown: escapeMarkdown(method) }],
  };
}

function rateChart(shown: readonly PlannedConfiguration[]): ChartBlock {
  const values = shown.map(({ name, gpusPerReplica, maxRate }) => {
    const { requestsPerS, halfWidth } = maxRate!;
    const perGpu = requestsPerS / gpusPerReplica;
    const half = (halfWidth ?? 0) / gpusPerReplica;
    return { name, perGpu, low: Math.max(0, perGpu - half), high: perGpu + half };
  });
  const best = values.reduce((most, each) => (each.perGpu > most.perGpu ? each : most));
  const least = values.reduce((some, each) => (each.perGpu < some.perGpu ? each : some));
  const description = `Of ${countOf(values.length, "configuration")}, ${best.name} takes most per GPU, ${formatSignificant(best.perGpu)} requests per second, and ${least.name} least, ${formatSignificant(least.perGpu)}.`;
  const y = { field: "name", type: "nominal", sort: null, axis: { title: null, labelLimit: 220 } };
  return chartBlock(
    {
      id: "rate-per-gpu",
      title: CHART_TITLE,
      description,
      data: {
        caption: "Requests per second and GPU within the targets, with 95 % intervals",
        columns: [
          { header: "Configuration" },
          { header: "Rate", unit: "requests/s per GPU", align: "right", digits: 3 },
          { header: "From", align: "right", digits: 3 },
          { header: "To", align: "right", digits: 3 },
        ],
        rows: values.map(({ name, perGpu, low, high }) => [name, perGpu, low, high]),
      },
    },
    (layout) =>
      chartSpec(
        layout,
        { title: CHART_TITLE, description, heightPx: 40 + 28 * values.length },
        {
          data: { values },
          layer: [
            {
              mark: { type: "bar", color: "#0072B2", height: 14 },
              encoding: {
                y,
                x: {
                  field: "perGpu",
                  type: "quantitative",
                  axis: { title: "requests per second and GPU", tickCount: 5 },
                },
              },
            },
            {
              mark: { type: "rule", color: "currentColor", strokeWidth: 1.5 },
              encoding: { y, x: { field: "low", type: "quantitative" }, x2: { field: "high" } },
            },
          ],
        },
      ),
  );
}

function refusedSection({ configurations }: PlanDocument): ReportSection | undefined {
  const refused = configurations.filter((one) => one.refused !== null);
  if (refused.length === 0) return undefined;
  return {
    id: "refused",
    title: "What cannot be",
    blocks: [
      {
        kind: "table",
        caption: "Configurations that cannot be, and what would",
        columns: [{ header: "Configuration" }, { header: "Why" }, { header: "Instead" }],
        rows: refused.map((one) => [one.name, one.refused!.message, one.refused!.help]),
      },
    ],
  };
}

function assumptionsSection({ configurations, assumptions }: PlanDocument): ReportSection {
  const best = configurations.find((one) => one.assumptions.length > 0);
  const rows = [...(best?.assumptions ?? []), ...assumptions];
  const warnings = [...new Set(configurations.flatMap((one) => one.warnings))];
  return {
    id: "assumptions",
    title: "What the answer rests on",
    blocks: [
      {
        kind: "table",
        caption: `Assumptions of ${best?.name ?? "the traffic"} and of the traffic; those of every configuration are in plan.json`,
        columns: [{ header: "What" }, { header: "Known how" }, { header: "Source" }],
        rows: rows.map(({ what, provenance, source }): readonly Cell[] => [
          what,
          provenance === "assumed" ? { text: provenance, tone: "bad" } : provenance,
          source,
        ]),
      },
      ...warnings.map((text) => ({ kind: "text" as const, markdown: escapeMarkdown(text) })),
    ],
  };
}

/** Every file `headroom serve plan --out` writes. */
export async function servePlanFiles(
  document: PlanDocument,
  reproduce: readonly string[],
  page?: PageOptions,
): Promise<ReportFiles> {
  return reportFiles(
    buildServePlanReport(document, reproduce),
    [documentFile("plan.json", document)],
    page,
  );
}
