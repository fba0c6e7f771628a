import type { SitesOutcome } from "../../simulation/fleet/sites/simulate-sites.js";
import { DOWN_CAUSES } from "../../simulation/fleet/sites/site-machine.js";
import type { Cell, ReportBlock } from "../block.js";
import { quantityCell } from "../format/quantity.js";

const CAUSE_HEADERS: Readonly<Record<(typeof DOWN_CAUSES)[number], string>> = {
  power: "Power away",
  nodes: "Too few nodes",
  data: "No current data",
  redeploy: "Set up again",
  starting: "Booting",
};

/** Of the worst sites, as many as a table of a page has. */
const WORST_MAX = 50;

/** What failed where: failures and hours down by region and by cause. */
export function failuresTable(outcome: SitesOutcome): ReportBlock {
  const { sites, spec, books } = outcome;
  const row = (name: string, own: readonly number[]): readonly Cell[] => {
    const sum = (column: ArrayLike<number>): number =>
      own.reduce((total, site) => total + column[site]!, 0);
    return [
      name,
      own.length,
      sum(books.nodeFailures),
      sum(books.outages),
      ...books.downS.map((column) => hours(sum(column))),
      hours(sum(books.awayS)),
    ];
  };
  const ofRegion = (region: number): readonly number[] =>
    sites.flatMap((site) => (site.region === region ? [site.index] : []));
  const rows = spec.regions.map(({ name }, region) => row(name, ofRegion(region)));
  return {
    kind: "table",
    caption: "What failed where",
    columns: [
      { header: "Region" },
      { header: "Sites", align: "right" },
      { header: "Node failures", align: "right" },
      { header: "Outages", align: "right" },
      ...DOWN_CAUSES.map((cause) => ({
        header: CAUSE_HEADERS[cause],
        unit: "h",
        digits: 3,
        align: "right" as const,
      })),
      { header: "Without link", unit: "h", digits: 3, align: "right" },
    ],
    rows:
      rows.length > 1
        ? [
            ...rows,
            row(
              "all",
              sites.map(({ index }) => index),
            ),
          ]
        : rows,
  };
}

function hours(seconds: number): number {
  return seconds / 3_600;
}

/** The sites that had it worst: most time down first, then most requests missed; all of them are in the CSV. */
export function worstSitesTable(outcome: SitesOutcome): ReportBlock {
  const { sites, spec, books } = outcome;
  const missed = (site: number): number =>
    books.services.reduce((sum, book) => sum + book.missed[site]!, 0);
  const requests = (site: number): number =>
    books.services.reduce((sum, book) => sum + book.requests[site]!, 0);
  const down = (site: number): number =>
    DOWN_CAUSES.reduce((sum, _, cause) => sum + books.downS[cause]![site]!, 0);
  const worst = sites
    .map(({ index }) => index)
    .sort((left, right) => down(right) - down(left) || missed(right) - missed(left) || left - right)
    .slice(0, WORST_MAX);
  return {
    kind: "table",
    caption: `The ${worst.length} sites that had it worst of ${sites.length}; all are in sites.csv`,
    columns: [
      { header: "Site" },
      { header: "Region" },
      { header: "Down", unit: "h", digits: 3, align: "right" },
      { header: "Outages", align: "right" },
      { header: "Node failures", align: "right" },
      { header: "Without link", unit: "h", digits: 3, align: "right" },
      { header: "Telemetry lost", unit: "h", digits: 3, align: "right" },
      { header: "Requests missed", align: "right" },
    ],
    rows: worst.map((index): readonly Cell[] => [
      sites[index]!.name,
      spec.regions[sites[index]!.region]!.name,
      hours(down(index)),
      books.outages[index]!,
      books.nodeFailures[index]!,
      hours(books.awayS[index]!),
      hours(books.telemetryLostS[index]!),
      requests(index) === 0 ? null : quantityCell(missed(index) / requests(index), "share"),
    ]),
  };
}

/** What requests of each service got, over all sites. */
export function requestsTable({ spec, figures }: SitesOutcome): ReportBlock {
  return {
    kind: "table",
    caption: "Requests by service, and how long they took",
    columns: [
      { header: "Service" },
      { header: "Requests", digits: 4, align: "right" },
      { header: "Elsewhere", align: "right" },
      { header: "Not served", align: "right" },
      { header: "Missed", align: "right" },
      { header: "p95", align: "right" },
      { header: "p99", align: "right" },
      { header: "Sites missing", align: "right" },
    ],
    rows: spec.services.map(({ name, latencyGoalS }): readonly Cell[] => {
      const figure = (key: string): number | null =>
        figures.get(`services[${name}].${key}`) ?? null;
      return [
        { text: name, note: `target ${latencyGoalS} s` },
        figure("requests"),
        quantityCell(figure("elsewhereShare"), "share"),
        quantityCell(figure("unservedShare"), "share"),
        quantityCell(figure("sloMissShare"), "share"),
        quantityCell(figure("latencyP95S"), "s"),
        quantityCell(figure("latencyP99S"), "s"),
        figure("sitesMissing"),
      ];
    }),
  };
}
