import { amortisedPerHour, YEAR_S } from "../performance/cost/hourly-cost.js";
import type { ScenarioSpec } from "./schema/scenario-schema.js";

/** The price of a node group as a scenario writes it. */
export type GivenPrice = NonNullable<NonNullable<ScenarioSpec["cost"]>["nodes"]>[number];

/** What is wrong with the terms of a price; undefined when nothing is. */
export function termsFault({ name, perHour, upfront, commitment, kind }: GivenPrice):
  | {
      readonly rule: "conflicting-fields" | "incomplete-fields";
      readonly message: string;
    }
  | undefined {
  if ((upfront === undefined) !== (commitment === undefined)) {
    return {
      rule: "incomplete-fields",
      message: `upfront and commitment of ${name} are given together`,
    };
  }
  if (perHour === undefined && (upfront !== undefined || kind !== undefined)) {
    return {
      rule: "conflicting-fields",
      message: `${upfront === undefined ? "kind" : "upfront"} of ${name} is about renting and goes with perHour, not with purchase`,
    };
  }
  return undefined;
}

/**
 * What one node costs by the hour beside its price: support, and what was paid up front, both spread evenly.
 *
 * A year has 8 760 hours.
 */
export function onTopOf(
  { upfront, commitment, support }: GivenPrice,
  currency: string,
): { readonly perHour: number; readonly words: string } {
  const spread =
    upfront === undefined || commitment === undefined
      ? 0
      : amortisedPerHour({ purchase: upfront, lifetimeS: commitment });
  const care =
    support === undefined ? 0 : amortisedPerHour({ purchase: support, lifetimeS: YEAR_S });
  return {
    perHour: spread + care,
    words:
      (upfront === undefined
        ? ""
        : `; ${upfront} ${currency} up front over ${commitment! / 3600} hours`) +
      (support === undefined ? "" : `; support ${support} ${currency} a year`),
  };
}

/** What buying one node means for a plan; empty for rent. */
export function bought(given: GivenPrice | undefined): {
  readonly purchase?: number;
  readonly purchasePerHour?: number;
} {
  if (given?.purchase === undefined || given.lifetime === undefined) return {};
  return {
    purchase: given.purchase,
    purchasePerHour: amortisedPerHour({ purchase: given.purchase, lifetimeS: given.lifetime }),
  };
}

/** Where a given price comes from, with its day. */
export function givenSource({ source, asOf }: GivenPrice, fallback: string): string {
  const where = source === undefined ? fallback : `${fallback}: ${source}`;
  return asOf === undefined ? where : `${where}, as of ${asOf}`;
}
