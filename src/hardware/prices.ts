import type { NodeSku } from "./node-sku.js";
import type { GivenSource, SourceId } from "./sources.js";

/** What a machine costs by the hour, somewhere, on a day. */
export interface PriceEntry {
  readonly sku: string;
  readonly usdPerHour: number;
  /** As the provider calls it. */
  readonly region: string;
  /** Pay-as-you-go, or time bought ahead in a block. */
  readonly kind: "on-demand" | "capacity-block";
  /** Day the price was valid on; absent where the source does not say. */
  readonly asOf?: string;
  readonly note?: string;
  /** Absent for a price of a user's own file. */
  readonly source?: SourceId;
  readonly given?: GivenSource;
}

/** Prices that stand by themselves; those of Azure stand with their machines. */
const PRICES: readonly PriceEntry[] = [
  {
    sku: "p5en.48xlarge",
    usdPerHour: 63.296,
    region: "us-east-1",
    kind: "on-demand",
    asOf: "2026-08-06",
    source: "dstack-4110",
  },
  {
    sku: "p5en.48xlarge",
    usdPerHour: 79.12,
    region: "us-west-1",
    kind: "on-demand",
    asOf: "2026-08-06",
    source: "dstack-4110",
  },
  {
    sku: "p4d.24xlarge",
    usdPerHour: 14.75,
    region: "all regions that have it",
    kind: "capacity-block",
    asOf: "2025-01-01",
    note: "valid until that day; on-demand prices of other sources conflict and are left out",
    source: "price-aws-cb",
  },
  {
    sku: "p5.48xlarge",
    usdPerHour: 39.33,
    region: "all regions that have it",
    kind: "capacity-block",
    asOf: "2025-01-01",
    note: "valid until that day; on-demand prices of other sources conflict and are left out",
    source: "price-aws-cb",
  },
  {
    sku: "g5.xlarge",
    usdPerHour: 1.006,
    region: "us-east-1",
    kind: "on-demand",
    asOf: "2026-06-17",
    source: "factualminds-ec2",
  },
];

/** Prices of a machine, in the order the catalogue lists them. */
export function pricesOf(sku: NodeSku): readonly PriceEntry[] {
  const azure = Object.entries(sku.priceUsdPerHour ?? {}).map(
    ([region, usdPerHour]): PriceEntry => ({
      sku: sku.name,
      usdPerHour,
      region,
      kind: "on-demand",
      source: "price-az",
    }),
  );
  return [...azure, ...PRICES.filter((price) => price.sku === sku.name)];
}
