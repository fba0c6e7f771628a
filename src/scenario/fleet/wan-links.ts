import { formatNumber } from "../../base/units.js";
import type { LinkSpec } from "../../simulation/fleet/clusters/data/data-spec.js";
import type { Assumption } from "../resolved.js";
import {
  AZURE_LATENCY_AS_OF,
  AZURE_LATENCY_SOURCE,
  azureRoundTripS,
  CROSS_ZONE_SOURCE,
} from "./azure-latency.js";
import { WAN_DEFAULTS, type WanInput } from "./schema/wan-schema.js";

/** What is known of one pair of regions, in one direction. */
export interface FoundLink {
  readonly link: LinkSpec;
  /** Its figures for the ledger. */
  readonly assumptions: readonly Assumption[];
}

interface Figure {
  readonly value: number;
  readonly provenance: Assumption["provenance"];
  readonly source: string;
}

/**
 * The link from one region to another: what the file says of the pair, of the pair the other way round, of all
 * pairs; then the table of round trips between Azure regions, and defaults for bandwidth and price.
 *
 * @returns undefined when nobody knows the round trip
 */
export function findLink(
  wan: WanInput | undefined,
  from: string,
  to: string,
): FoundLink | undefined {
  const rtt = roundTripOf(wan, from, to);
  if (rtt === undefined) return undefined;
  const bandwidth = given(wan, from, to, "bandwidth") ?? {
    value: WAN_DEFAULTS.bitsPerS,
    provenance: "assumed",
    source: "default; nobody publishes sustained bandwidth between regions",
  };
  const price = given(wan, from, to, "pricePerGb") ?? defaultPrice(from === to);
  const note = (id: string, what: string, figure: Figure, value: string): Assumption => ({
    id: `fleet.wan[${from} -> ${to}].${id}`,
    what: `${what} from ${from} to ${to}`,
    value,
    provenance: figure.provenance,
    source: figure.source,
  });
  return {
    link: { rttS: rtt.value, bitsPerS: bandwidth.value, pricePerGb: price.value },
    assumptions: [
      note("roundTrip", "Round trip", rtt, `${formatNumber(rtt.value * 1000)} ms`),
      note("bandwidth", "Bandwidth", bandwidth, `${formatNumber(bandwidth.value / 1e9)} Gbit/s`),
      note("pricePerGb", "Price of a GB", price, formatNumber(price.value)),
    ],
  };
}

function roundTripOf(wan: WanInput | undefined, from: string, to: string): Figure | undefined {
  const written = given(wan, from, to, "roundTrip");
  if (written !== undefined) return written;
  if (from === to)
    return {
      value: WAN_DEFAULTS.sameRegionRttS,
      provenance: "published",
      source: CROSS_ZONE_SOURCE,
    };
  const published = azureRoundTripS(from, to);
  if (published === undefined) return undefined;
  return {
    value: published,
    provenance: "published",
    source: `${AZURE_LATENCY_SOURCE}, to ${AZURE_LATENCY_AS_OF}`,
  };
}

function given(
  wan: WanInput | undefined,
  from: string,
  to: string,
  key: "roundTrip" | "bandwidth" | "pricePerGb",
): Figure | undefined {
  const links = wan?.links ?? [];
  const isKnown = (link: (typeof links)[number]): boolean => link[key] !== undefined;
  const found =
    links.find((link) => link.from === from && link.to === to && isKnown(link)) ??
    links.find(
      (link) => link.from === to && link.to === from && link.bothWays !== false && isKnown(link),
    );
  const when = wan?.asOf === undefined ? "" : `, as of ${wan.asOf}`;
  const source = `${wan?.source ?? "the file of the fleet"}${when}`;
  const value = found?.[key];
  if (value !== undefined) return { value, provenance: "given", source };
  // A default is about links between regions.
  const byDefault = from === to ? undefined : wan?.default?.[key];
  if (byDefault === undefined || (key === "roundTrip" && azureRoundTripS(from, to) !== undefined))
    return undefined;
  return { value: byDefault, provenance: "given", source: `${source}: fleet.wan.default` };
}

function defaultPrice(isSameRegion: boolean): Figure {
  if (isSameRegion)
    return {
      value: 0,
      provenance: "published",
      source: "traffic between zones of one region is free on Azure",
    };
  return {
    value: WAN_DEFAULTS.pricePerGb,
    provenance: "assumed",
    source:
      "default: internet egress up to 10 TB a month in USD (c3x.dev/blog/azure-egress-bandwidth-cost); no official price between regions was found, take it from your provider",
  };
}
