import { findNodeSku } from "../hardware/find-node-sku.js";
import { sourceText } from "../hardware/sources.js";
import { amortisedPerHour } from "../performance/cost/hourly-cost.js";
import { bought, givenSource, onTopOf, termsFault, type GivenPrice } from "./price-terms.js";
import type { Assumption, NodeGroup } from "./resolved.js";
import type { GroupPrice, ResolvedCost } from "./resolved-operations.js";
import type { ScenarioSpec } from "./schema/scenario-schema.js";

type CostInput = NonNullable<ScenarioSpec["cost"]>;

/** Currency of the catalogue's prices, and of a scenario that names none. */
export const CATALOGUE_CURRENCY = "USD";

/** A price that is missing or contradicts another. */
export interface CostFault {
  /** Position in `cost.nodes`; undefined for a group that is not in it. */
  readonly index: number | undefined;
  readonly rule: "missing-figure" | "conflicting-fields" | "incomplete-fields";
  readonly message: string;
  readonly allowed?: readonly string[];
}

/** What became of the section. */
export interface CostResolution {
  readonly cost: ResolvedCost;
  readonly faults: readonly CostFault[];
  readonly assumptions: readonly Assumption[];
}

/** Finds the price of every node group: given, or the catalogue's in its currency. */
export function resolveCost(
  input: CostInput,
  nodeGroups: readonly (Pick<NodeGroup, "name" | "count"> & { readonly sku?: string })[],
): CostResolution {
  const currency = input.currency ?? CATALOGUE_CURRENCY;
  const faults: CostFault[] = [];
  const assumptions: Assumption[] = [];
  const groups = nodeGroups.map((group): GroupPrice => {
    const index = input.nodes?.findIndex((one) => one.name === group.name) ?? -1;
    const given = input.nodes?.[index];
    const found =
      given === undefined
        ? cataloguePrice(group, input, currency)
        : givenPrice(given, index, currency);
    if ("rule" in found) {
      faults.push(found);
      return { name: group.name, perNodeHour: 0, paysElectricity: false };
    }
    assumptions.push({
      id: `cost:node:${group.name}`,
      what: `Price of one node of ${group.name}`,
      value: found.value,
      provenance: given === undefined ? "published" : "given",
      source: given === undefined ? found.source : givenSource(given, found.source),
    });
    return {
      name: group.name,
      perNodeHour: found.perNodeHour,
      paysElectricity: found.paysElectricity && input.electricity !== undefined,
      ...bought(given),
    };
  });
  assumptions.push(...electricityAssumptions(input, currency, groups));
  const { electricity, horizon } = input;
  return {
    cost: {
      currency,
      groups,
      ...(electricity === undefined ? {} : { electricityPerKwh: electricity }),
      ...(horizon === undefined ? {} : { horizonS: horizon }),
    },
    faults,
    assumptions,
  };
}

interface FoundPrice {
  readonly perNodeHour: number;
  readonly paysElectricity: boolean;
  readonly value: string;
  readonly source: string;
}

function givenPrice(given: GivenPrice, index: number, currency: string): FoundPrice | CostFault {
  const { name, perHour, purchase, lifetime } = given;
  const fault = (rule: CostFault["rule"], message: string): CostFault => ({ index, rule, message });
  if ((perHour === undefined) === (purchase === undefined)) {
    const rule = perHour === undefined ? "incomplete-fields" : "conflicting-fields";
    return fault(rule, `the price of ${name} must be one of perHour and purchase`);
  }
  if ((purchase === undefined) !== (lifetime === undefined)) {
    return fault("incomplete-fields", `purchase and lifetime of ${name} are given together`);
  }
  const terms = termsFault(given);
  if (terms !== undefined) return fault(terms.rule, terms.message);
  const onTop = onTopOf(given, currency);
  if (perHour !== undefined) {
    return {
      perNodeHour: perHour + onTop.perHour,
      paysElectricity: false,
      value: `${perHour} ${currency} per hour${given.kind === undefined ? "" : ` (${given.kind})`}, electricity included${onTop.words}`,
      source: "cost.nodes",
    };
  }
  const perNodeHour = amortisedPerHour({ purchase: purchase!, lifetimeS: lifetime! });
  return {
    perNodeHour: perNodeHour + onTop.perHour,
    paysElectricity: true,
    value: `${purchase!} ${currency} over ${lifetime! / 3600} hours: ${Number(perNodeHour.toPrecision(6))} ${currency} per hour${onTop.words}`,
    source: "cost.nodes; spread evenly, without interest or resale value",
  };
}

function cataloguePrice(
  group: { readonly name: string; readonly sku?: string },
  { region }: CostInput,
  currency: string,
): FoundPrice | CostFault {
  const sku = group.sku === undefined ? undefined : findNodeSku(group.sku);
  const prices = sku?.priceUsdPerHour ?? {};
  const regions = Object.keys(prices);
  const missing = (why: string, allowed?: readonly string[]): CostFault => ({
    index: undefined,
    rule: "missing-figure",
    message: `${why}: cost.nodes must give a price for the node group ${group.name}`,
    ...(allowed === undefined ? {} : { allowed }),
  });
  if (sku === undefined) return missing("only machines of the catalogue have a published price");
  if (regions.length === 0) return missing(`nobody published a price of ${sku.name}`);
  if (currency !== CATALOGUE_CURRENCY) {
    return missing(`prices of the catalogue are in ${CATALOGUE_CURRENCY}, not in ${currency}`);
  }
  const chosen = region ?? (regions.length === 1 ? regions[0]! : undefined);
  if (chosen === undefined || prices[chosen] === undefined) {
    const which = chosen === undefined ? "it differs between regions" : `not for region ${chosen}`;
    return missing(
      `the price of ${sku.name} is published, ${which} (cost.region: ${regions.join(", ")})`,
    );
  }
  return {
    perNodeHour: prices[chosen],
    paysElectricity: false,
    value: `${prices[chosen]} ${currency} per hour in ${chosen}, electricity included`,
    source: sourceText(sku.sources),
  };
}

function electricityAssumptions(
  { electricity }: CostInput,
  currency: string,
  groups: readonly GroupPrice[],
): readonly Assumption[] {
  if (electricity === undefined) return [];
  const payers = groups.filter((group) => group.paysElectricity).map((group) => group.name);
  return [
    {
      id: "cost:electricity",
      what: "Price of a kilowatt-hour at the meter",
      value: `${electricity} ${currency}, for ${payers.length === 0 ? "no node group: rent includes it" : payers.join(", ")}`,
      provenance: "given",
      source: "cost.electricity",
    },
  ];
}
