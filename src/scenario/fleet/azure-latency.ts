/** Where the round trips below come from. */
export const AZURE_LATENCY_SOURCE =
  "Microsoft, Azure network round-trip latency statistics (azure-docs, articles/networking/azure-network-latency.md), P95 over 30 days";

/** Day the 30 days ended on. */
export const AZURE_LATENCY_AS_OF = "2026-07-30";

/** Round trip between two zones of one region: one author's TCP echo of 64 bytes. */
export const CROSS_ZONE_SOURCE = "simonpainter.com/azure-latency-1, cross zone, 64-byte TCP echo";

/** P95 round trips in milliseconds: from, to, value. Pairs that are not listed are not known here. */
const PAIRS: readonly (readonly [string, string, number])[] = [
  ["West Europe", "East US", 91],
  ["East US", "West Europe", 89],
  ["North Europe", "East US", 76],
  ["UK South", "East US", 80],
  ["East US 2", "East US", 11],
  ["West US", "East US", 72],
  ["Central US", "East US", 35],
  ["Canada Central", "East US", 21],
  ["Brazil South", "East US", 121],
  ["Japan East", "East US", 165],
  ["Southeast Asia", "East US", 229],
  ["South Africa North", "East US", 225],
  ["Central India", "East US", 218],
  ["North Europe", "West Europe", 19],
  ["Germany West Central", "West Europe", 14],
  ["Sweden Central", "West Europe", 31],
  ["Japan East", "West US 2", 103],
  ["Indonesia Central", "Brazil South", 349],
];

const BY_PAIR: ReadonlyMap<string, number> = new Map(
  PAIRS.map(([from, to, rttMs]) => [`${fold(from)} ${fold(to)}`, rttMs / 1000]),
);

/**
 * Round trip between two Azure regions in seconds, the other direction where only that is known; undefined for
 * regions the table does not have. `west-europe` and `westeurope` are West Europe.
 */
export function azureRoundTripS(from: string, to: string): number | undefined {
  return BY_PAIR.get(`${fold(from)} ${fold(to)}`) ?? BY_PAIR.get(`${fold(to)} ${fold(from)}`);
}

const REGIONS = new Set(PAIRS.flatMap(([from, to]) => [fold(from), fold(to)]));

/** Whether the table has a region: a name that Microsoft gave, and nobody else. */
export function isAzureRegion(name: string): boolean {
  return REGIONS.has(fold(name));
}

function fold(region: string): string {
  return region.toLowerCase().replace(/[^a-z0-9]/g, "");
}
