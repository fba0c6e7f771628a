import type { ReportDocument, ReportSection } from "./block.js";
import { countOf } from "./format/number.js";
import { type RunReportInput, configurations } from "./run-report-input.js";
import { answerSection } from "./sections/answer.js";
import { assumptionsSection } from "./sections/assumptions.js";
import { comparisonSection } from "./sections/comparison.js";
import { costSection } from "./sections/cost.js";
import { fairnessSection } from "./sections/fairness.js";
import { faultsSection } from "./sections/faults.js";
import { gpusSection } from "./sections/gpus.js";
import { hostingSection } from "./sections/hosting.js";
import { limitsSection } from "./sections/limits.js";
import { lossesSection } from "./sections/losses.js";
import { migSection } from "./sections/mig.js";
import { nodesSection } from "./sections/nodes.js";
import { partitionsSection } from "./sections/partitions.js";
import { provenanceSection } from "./sections/provenance.js";
import { queueSection } from "./sections/queue.js";
import { servingSection } from "./sections/serving.js";
import { tenantsSection } from "./sections/tenants.js";
import { topologySection } from "./sections/topology.js";
import { waitsSection } from "./sections/waits.js";

/**
 * Builds the report of one run and its variants: the decision first, the audit trail last.
 *
 * Pure: the same input gives the same document, byte for byte. It holds only what was computed; a
 * part without data is left out and never filled with words that look like a result.
 *
 * @throws Error when the columns do not belong to the results, or busy and idle GPUs do not add up
 */
export function buildRunReport(input: RunReportInput): ReportDocument {
  const runs = configurations(input);
  const candidates: readonly (ReportSection | undefined)[] = [
    comparisonSection(input, runs),
    servingSection(runs),
    waitsSection(input, runs),
    gpusSection(input, runs),
    nodesSection(runs),
    queueSection(runs),
    partitionsSection(runs),
    lossesSection(runs),
    topologySection(runs),
    migSection(runs),
    faultsSection(runs),
    hostingSection(runs),
    costSection(runs),
    tenantsSection(runs),
    fairnessSection(runs),
    limitsSection(runs),
    assumptionsSection(input.result.assumptions),
    provenanceSection(input, runs),
  ];
  const evidence = candidates.filter((section) => section !== undefined);
  const anchors = new Set(evidence.map(({ id }) => `#${id}`));
  const { result } = input;
  return {
    title: result.question ?? `Capacity report for ${result.scenario}`,
    kicker: `Capacity report · ${result.scenario}`,
    subtitle: subtitle(input),
    sections: [answerSection(input, runs, anchors), ...evidence],
    reproduce: input.reproduce,
  };
}

function subtitle({ result, cluster }: RunReportInput): string {
  const size = `${countOf(cluster.nodes, "node")} with ${countOf(cluster.gpus, "GPU")}`;
  const variants =
    result.variants.length === 0
      ? ""
      : `, compared with ${countOf(result.variants.length, "variant")}`;
  const { jobs, serving } = result;
  const work = [
    ...(jobs.count > 0 || serving === undefined ? [countOf(jobs.count, "job")] : []),
    ...(serving === undefined ? [] : [countOf(serving.requests, "request")]),
  ].join(" and ");
  return `${work} on ${size}${variants}`;
}
