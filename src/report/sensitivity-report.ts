import type { SensitivityDocument } from "../studies/sensitivity/sensitivity-document.js";
import type { Cell, ReportBlock, ReportDocument, ReportSection } from "./block.js";
import { escapeMarkdown } from "./format/escape.js";
import { nameMetric } from "./format/metric-names.js";
import { countOf, formatSigned } from "./format/number.js";
import { formatMagnitude, quantityCell } from "./format/quantity.js";
import { documentFile, reportFiles, type PageOptions, type ReportFiles } from "./report-files.js";
import { flipTable, ONE_AT_A_TIME, swingTable } from "./sensitivity/swing-tables.js";
import { tornadoChart } from "./sensitivity/tornado-chart.js";
import { makeAgain } from "./make-again.js";

/** Builds the report of a sensitivity study from its document. */
export function buildSensitivityReport(
  document: SensitivityDocument,
  reproduce: readonly string[],
): ReportDocument {
  return {
    title:
      document.question ?? `How much the answer of ${document.scenario} depends on its assumptions`,
    kicker: `Sensitivity · ${document.scenario}`,
    subtitle: `${countOf(document.factors.length, "number")} varied, ${countOf(document.runs, "simulation")}`,
    sections: [
      answerSection(document, reproduce),
      swingSection(document),
      ...globalSection(document),
      ...leftOutSection(document),
      provenanceSection(document, reproduce),
    ],
    reproduce,
  };
}

/** Every file of a sensitivity report. */
export async function sensitivityFiles(
  document: SensitivityDocument,
  reproduce: readonly string[],
  page?: PageOptions,
): Promise<ReportFiles> {
  return reportFiles(
    buildSensitivityReport(document, reproduce),
    [documentFile("sensitivity.json", document)],
    page,
  );
}

function answerSection(document: SensitivityDocument, reproduce: readonly string[]): ReportSection {
  const flips = document.factors.filter(({ flip }) => flip !== null);
  const blocks: ReportBlock[] = [{ kind: "headline", sentence: document.decision }];
  if (flips.length > 0) blocks.push(flipTable(flips, "sensitivity.json"));
  const chart = tornadoChart(document);
  if (chart !== undefined) blocks.push(chart);
  blocks.push(...makeAgain(reproduce));
  return { id: "answer", title: "The answer", blocks };
}

function swingSection(document: SensitivityDocument): ReportSection {
  return {
    id: "swings",
    title: "How far each number moves the answer",
    explanation: ONE_AT_A_TIME,
    blocks: [swingTable(document, document.goals.length > 0, "sensitivity.json")],
  };
}

function globalSection(document: SensitivityDocument): readonly ReportSection[] {
  const { global, trajectories, unit } = document;
  if (global.length === 0) return [];
  const labelOf = new Map(document.factors.map(({ id, label }) => [id, label]));
  const sorted = [...global].sort(
    (left, right) => (right.meanAbsolute ?? -1) - (left.meanAbsolute ?? -1),
  );
  return [
    {
      id: "together",
      title: "All numbers moving together",
      explanation: `Morris' elementary effects over ${trajectories} walks through the ranges: how much the figure changes per whole range of a number, whatever the others are. A spread as large as the effect says that it depends on the others.`,
      blocks: [
        {
          kind: "table",
          caption: `Effect on ${nameMetric(document.metric).label} over the whole range`,
          columns: [
            { header: "Number" },
            { header: "Mean effect, without sign", align: "right" },
            { header: "Mean effect", align: "right" },
            { header: "Spread", align: "right" },
          ],
          rows: sorted.map(({ id, meanAbsolute, mean, deviation }): readonly Cell[] => [
            labelOf.get(id) ?? id,
            quantityCell(meanAbsolute, unit),
            mean === null ? null : formatSigned(mean, (size) => formatMagnitude(size, unit)),
            quantityCell(deviation, unit),
          ]),
          fullTable: "sensitivity.json",
        },
      ],
    },
  ];
}

function leftOutSection({ notVaried }: SensitivityDocument): readonly ReportSection[] {
  if (notVaried.length === 0) return [];
  const lines = notVaried.map((what) => `- ${escapeMarkdown(what)}`);
  return [
    {
      id: "left-out",
      title: "Assumed, and not varied",
      folded: true,
      blocks: [
        {
          kind: "text",
          markdown: `These numbers are no field of a scenario, so nothing here says what they change.\n\n${lines.join("\n")}`,
        },
      ],
    },
  ];
}

function provenanceSection(
  { runs, replications, seed, confidence }: SensitivityDocument,
  reproduce: readonly string[],
): ReportSection {
  const each =
    replications === 1
      ? "one run of each point, and several where another load is drawn"
      : `${replications} runs of each point, intervals at ${100 * confidence} %`;
  return {
    id: "provenance",
    title: "How this was made",
    folded: true,
    blocks: [
      { kind: "text", markdown: `${countOf(runs, "simulation")}, ${each}, all on seed ${seed}.` },
      { kind: "commands", label: "Command, version and hashes", lines: reproduce },
    ],
  };
}
