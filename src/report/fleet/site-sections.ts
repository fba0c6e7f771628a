import type { FleetSeries } from "../../simulation/fleet/fleet-part.js";
import type { SitesOutcome } from "../../simulation/fleet/sites/simulate-sites.js";
import type { ReportBlock, ReportSection } from "../block.js";
import { formatDuration } from "../format/duration.js";
import { countOf, formatShare, formatSignificant } from "../format/number.js";
import { fleetSeriesChart } from "./series-chart.js";
import { failuresTable, requestsTable, worstSitesTable } from "./site-tables.js";
import { siteMatrixChart } from "./site-matrix-chart.js";
import { rolloutChart } from "./rollout-chart.js";
import { rolloutFailures, stagesTable } from "./rollout-tables.js";

const SITES_EXPLANATION =
  "A site is up while its nodes have a majority of the votes (a witness may be one of them), its storage pool has more " +
  "than half of all votes it ever had, and a node with current data is there. Requests are those of the steady state of " +
  "each hour: fractions of a request are expected numbers.";

/** What sites went through, and what was rolled out over them. */
export function siteSections(outcome: SitesOutcome): readonly ReportSection[] {
  return [
    ...rolloutSections(outcome),
    {
      id: "sites",
      title: "What the sites went through",
      explanation: SITES_EXPLANATION,
      blocks: [siteMatrixChart(outcome), failuresTable(outcome), worstSitesTable(outcome)],
    },
    ...(outcome.spec.services.length === 0
      ? []
      : [{ id: "requests", title: "What requests got", blocks: [requestsTable(outcome)] }]),
    connectionSection(outcome),
  ];
}

function rolloutSections(outcome: SitesOutcome): readonly ReportSection[] {
  const { rollouts, books } = outcome;
  if (rollouts.length === 0) return [];
  const capacity = linesOf(outcome, ["slots-missing", "sites-down", "sites-updating"]);
  const updated = outcome.series.filter(({ of }) => of !== undefined);
  const least = outcome.figures.get("sites.capacityShareMin") ?? null;
  const blocks: ReportBlock[] = rollouts.flatMap((rollout): readonly ReportBlock[] => [
    rolloutChart(rollout, books.durationS),
    stagesTable(rollout),
  ]);
  return [
    {
      id: "rollouts",
      title: "How the rollout went",
      blocks: [
        ...blocks,
        ...rolloutFailures(outcome),
        fleetSeriesChart(
          {
            id: "updated-sites",
            title: "How many sites were on the new version?",
            description: updatedWords(outcome),
          },
          updated,
          books,
        ),
        fleetSeriesChart(
          {
            id: "capacity",
            title: "How much capacity was missing while it went?",
            description:
              least === null
                ? "No service runs at the sites: the lines show sites that were down, and sites being updated."
                : `In the worst step of ${formatDuration(books.stepS)}, ${formatShare(1 - least)} of all slots could not serve.`,
          },
          capacity,
          books,
        ),
      ],
    },
  ];
}

function updatedWords({ rollouts }: SitesOutcome): string {
  return rollouts
    .map(({ name, updatedAtS, sites }) => {
      const half = updatedAtS[Math.ceil(sites / 2) - 1];
      const when =
        half === undefined
          ? "half of them were never reached"
          : `half of them after ${formatDuration(half)}`;
      return `${name}: ${countOf(updatedAtS.length, "site")} of ${countOf(sites, "site")}; ${when}.`;
    })
    .join(" ");
}

function linesOf({ series }: SitesOutcome, ids: readonly string[]): readonly FleetSeries[] {
  return series.filter(({ id }) => ids.includes(id));
}

function connectionSection(outcome: SitesOutcome): ReportSection {
  const { books, figures, rollouts } = outcome;
  const lost = figures.get("sites.telemetryLostHours") ?? 0;
  const expired = figures.get("sites.expiredSites") ?? 0;
  const away = figures.get("sites.disconnectedShare") ?? 0;
  const lines = linesOf(
    outcome,
    rollouts.length === 0 ? ["sites-away", "sites-down", "slots-missing"] : ["sites-away"],
  );
  const description =
    `Sites were without their control plane for ${formatShare(away)} of their time; ` +
    `${countOf(expired, "site")} for longer than their limit. ${formatSignificant(lost)} hours of telemetry were dropped before they could be sent.`;
  return {
    id: "connection",
    title: "Time without a control plane",
    blocks: [
      fleetSeriesChart(
        {
          id: "sites-away",
          title: "How many sites were without their control plane?",
          description,
        },
        lines,
        books,
      ),
    ],
  };
}
