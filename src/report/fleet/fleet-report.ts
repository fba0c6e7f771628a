import type { FleetStudy } from "../../studies/fleet/run-fleet.js";
import type { FleetResult } from "../../studies/fleet/fleet-result-document.js";
import type { FleetRun } from "../../simulation/fleet/simulate-fleet.js";
import type { Cell, ReportDocument, ReportSection } from "../block.js";
import { escapeMarkdown } from "../format/escape.js";
import { formatDuration, formatMoment } from "../format/duration.js";
import { countOf } from "../format/number.js";
import { assumptionsSection } from "../sections/assumptions.js";
import { fleetAnswer } from "./fleet-answer.js";
import { fleetPartSections } from "./fleet-part-sections.js";

/**
 * The report of a fleet: the decision first, then each kind of member, what happened when, what the answer rests on.
 *
 * Pure: the same study gives the same document, byte for byte.
 */
export function buildFleetReport(
  { result, run }: FleetStudy,
  reproduce: readonly string[],
): ReportDocument {
  const evidence = [
    ...fleetPartSections(run, result.prices?.currency),
    timelineSection(result),
    limitsSection(result),
    assumptionsSection(result.assumptions),
    provenanceSection(result, reproduce),
  ].filter((section) => section !== undefined);
  return {
    title: result.question ?? `Fleet report for ${result.fleet}`,
    kicker: `Fleet report · ${result.fleet}`,
    subtitle: `${membersOf(run)} over ${formatDuration(result.durationS)}`,
    sections: [fleetAnswer(result, reproduce), ...evidence],
    reproduce,
  };
}

/** What a fleet is made of, in a few words. */
function membersOf({ sites, clusters, upgrades }: FleetRun): string {
  const pools = new Set(
    upgrades?.upgrades.flatMap((upgrade) => upgrade.pools.map(({ plan }) => plan.pool)),
  ).size;
  const nodes = sites?.sites.reduce((sum, { template }) => sum + template.nodes, 0) ?? 0;
  const words = [
    ...(sites === undefined
      ? []
      : [`${countOf(sites.sites.length, "site")} with ${countOf(nodes, "node")}`]),
    ...(clusters === undefined ? [] : [countOf(clusters.run.members.length, "cluster")]),
    ...(pools === 0 ? [] : [`${countOf(pools, "node pool")} to be upgraded`]),
  ];
  return words.length === 0 ? "A fleet" : words.join(", ");
}

function timelineSection({ timeline }: FleetResult): ReportSection | undefined {
  if (timeline.length === 0) return undefined;
  return {
    id: "timeline",
    title: "What happened when",
    folded: true,
    blocks: [
      {
        kind: "table",
        caption: "In order of time; of events of single members the first ones",
        columns: [{ header: "When" }, { header: "Where" }, { header: "What" }],
        rows: timeline.map(({ timeS, where, what }): readonly Cell[] => [
          { text: formatMoment(timeS), value: timeS, exact: `${timeS} s` },
          where,
          what,
        ]),
        fullTable: "result.json",
      },
    ],
  };
}

function limitsSection({ warnings }: FleetResult): ReportSection | undefined {
  if (warnings.length === 0) return undefined;
  const markdown = warnings.map((warning) => `- ${escapeMarkdown(warning)}`).join("\n");
  return { id: "limits", title: "Warnings", blocks: [{ kind: "text", markdown }] };
}

function provenanceSection(result: FleetResult, reproduce: readonly string[]): ReportSection {
  return {
    id: "provenance",
    title: "Data, hashes and reproduction",
    blocks: [
      {
        kind: "table",
        caption: "Files read, by content",
        columns: [{ header: "File" }, { header: "SHA-256" }],
        rows: result.inputs.map(({ path, sha256 }) => [path, sha256]),
      },
      { kind: "commands", label: "Command, version and hashes", lines: reproduce },
      {
        kind: "text",
        markdown:
          `Headroom ${escapeMarkdown(result.version)}, seed ${result.seed}, fleet ${escapeMarkdown(result.fleet)}. ` +
          "The same files, seed and version give the same result to the last digit. Every digit is in `result.json`, every member in the CSV files beside it.",
      },
    ],
  };
}
