import type { FleetColumn, FleetTable } from "../fleet-part.js";
import { SITE_STATES } from "./rollout-book.js";
import type { SiteFacts } from "./site-figures.js";
import { DOWN_CAUSES } from "./site-machine.js";

const CAUSE_HEADERS = {
  power: "Down: power",
  nodes: "Down: too few nodes",
  data: "Down: no current data",
  redeploy: "Down: set up again",
  starting: "Down: booting",
} as const;

/** One row per site: what it is, what it went through, what its requests got. */
export function siteTable(facts: SiteFacts): FleetTable {
  const { sites, books, spec } = facts;
  const hours = (column: ArrayLike<number>): number[] =>
    sites.map(({ index }) => column[index]! / 3_600);
  const own = (of: (site: (typeof sites)[number]) => string | number): (string | number)[] =>
    sites.map(of);
  const down = sites.map(({ index }) =>
    DOWN_CAUSES.reduce((sum, _, cause) => sum + books.downS[cause]![index]!, 0),
  );
  const columns: readonly FleetColumn[] = [
    { name: "site", header: "Site", values: own(({ name }) => name) },
    { name: "template", header: "Template", values: own(({ template }) => template.name) },
    { name: "region", header: "Region", values: own(({ region }) => spec.regions[region]!.name) },
    { name: "nodes", header: "Nodes", values: own(({ template }) => template.nodes) },
    {
      name: "link_mbit_per_s",
      header: "Link",
      unit: "Mbit/s",
      values: own(({ bitsPerS }) => bitsPerS / 1e6),
    },
    {
      name: "demand_factor",
      header: "Demand factor",
      values: own(({ demandFactor }) => demandFactor),
    },
    {
      name: "availability",
      header: "Availability",
      values: own(({ index }) => books.upS[index]! / books.durationS),
    },
    { name: "down_h", header: "Down", unit: "h", values: hours(down) },
    ...DOWN_CAUSES.map((cause, index) => ({
      name: `down_${cause}_h`,
      header: CAUSE_HEADERS[cause],
      unit: "h",
      values: hours(books.downS[index]!),
    })),
    { name: "outages", header: "Outages", values: own(({ index }) => books.outages[index]!) },
    {
      name: "node_failures",
      header: "Node failures",
      values: own(({ index }) => books.nodeFailures[index]!),
    },
    { name: "disconnected_h", header: "Without link", unit: "h", values: hours(books.awayS) },
    {
      name: "offline_limit_passed",
      header: "Beyond its limit",
      values: own(({ index }) => (books.expired[index] === 1 ? "yes" : "no")),
    },
    {
      name: "telemetry_lost_h",
      header: "Telemetry lost",
      unit: "h",
      values: hours(books.telemetryLostS),
    },
    ...requestColumns(facts),
    ...rolloutColumns(facts),
  ];
  return { name: "sites", caption: "Sites", columns };
}

function requestColumns({ sites, books, spec }: SiteFacts): readonly FleetColumn[] {
  return spec.services.flatMap((service, place): readonly FleetColumn[] => {
    const book = books.services[place]!;
    const of = (column: Float64Array): number[] => sites.map(({ index }) => column[index]!);
    const prefix = spec.services.length === 1 ? "" : `${service.name}: `;
    const column = (
      name: string,
      header: string,
      values: readonly (number | null)[],
    ): FleetColumn => ({
      name: spec.services.length === 1 ? name : `${service.name}_${name}`,
      header: `${prefix}${header}`,
      values,
    });
    return [
      column("requests", "Requests", of(book.requests)),
      column("requests_elsewhere", "Served elsewhere", of(book.elsewhere)),
      column("requests_unserved", "Not served", of(book.unserved)),
      column(
        "missed_share",
        "Missed their target",
        sites.map(({ index }) =>
          book.requests[index] === 0 ? null : book.missed[index]! / book.requests[index]!,
        ),
      ),
    ];
  });
}

function rolloutColumns({ sites, rollouts }: SiteFacts): readonly FleetColumn[] {
  return rollouts.flatMap(({ name, siteState, siteDoneS }): readonly FleetColumn[] => [
    {
      name: `${name}_state`,
      header: name,
      values: sites.map(({ index }) => SITE_STATES[siteState[index]!]!),
    },
    {
      name: `${name}_done_h`,
      header: `${name}: done at`,
      unit: "h",
      values: sites.map(({ index }) =>
        Number.isNaN(siteDoneS[index]!) ? null : siteDoneS[index]! / 3_600,
      ),
    },
  ]);
}
