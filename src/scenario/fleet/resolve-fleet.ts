import { DEFAULTS } from "../defaults.js";
import type { Assumption, Goal } from "../resolved.js";
import type { Assume } from "./assume.js";
import { fleetGoalIdOf } from "./checks/check-fleet-goals.js";
import { FLEET_DEFAULTS } from "./fleet-limits.js";
import { findFleetMetric, fleetUnitOf, metricOfPart } from "./fleet-metrics.js";
import { parseFleetTarget } from "./parse-fleet-target.js";
import type { ParsedFleet } from "./parse-fleet.js";
import type { FleetTraces } from "./resolve-fleet-jobs.js";
import { resolveClusters } from "./resolve-clusters.js";
import { resolveSites } from "./resolve-sites.js";
import { resolveUpgrades } from "./resolve-upgrades.js";
import type { ResolvedFleet } from "./resolved-fleet.js";
import type { FleetDocument } from "./schema/fleet-schema.js";
import type { PricesInput } from "./schema/prices-schema.js";

/** Builds everything a run needs from a fleet that passed its checks. @param traces those its jobs are read from */
export function resolveFleet(parsed: ParsedFleet, traces?: FleetTraces): ResolvedFleet {
  const { spec } = parsed;
  const assumptions = new Map<string, Assumption>();
  const assume: Assume = (entry) => {
    assumptions.set(entry.id, entry);
  };
  const sites = resolveSites(spec, assume);
  const upgrades = resolveUpgrades(spec, assume);
  const clusters = resolveClusters(spec, assume, traces);
  const prices = spec.fleet?.prices;
  if (prices !== undefined) notePrices(prices, assumptions);
  return {
    file: parsed.file,
    name: spec.name,
    question: spec.question,
    description: spec.description,
    labels: spec.labels ?? [],
    seed: spec.seed ?? DEFAULTS.seed,
    spec: {
      durationS: spec.run?.duration ?? FLEET_DEFAULTS.durationS,
      stepS: spec.run?.step ?? FLEET_DEFAULTS.stepS,
      ...(sites === undefined ? {} : { sites }),
      ...(upgrades === undefined ? {} : { upgrades }),
      ...(clusters === undefined ? {} : { clusters }),
    },
    goals: (spec.goals ?? []).map((goal) => resolveGoal(goal, prices?.currency)),
    ...(prices === undefined ? {} : { prices }),
    ...(spec.plan === undefined ? {} : { plan: spec.plan }),
    statistics: {
      replications: spec.run?.replications ?? DEFAULTS.replications,
      confidence: spec.run?.confidence ?? DEFAULTS.confidence,
    },
    assumptions: [...assumptions.values()],
    extended: parsed.extended,
    names: parsed.names,
    warnings: parsed.warnings,
  };
}

/** Puts the currency into the ledger, and says of the program's own prices, which are in USD, that they are as they are. */
function notePrices(
  { currency, asOf, source }: PricesInput,
  assumptions: Map<string, Assumption>,
): void {
  if (currency !== "USD") {
    for (const [id, entry] of assumptions) {
      if (entry.provenance !== "assumed" || !id.endsWith("pricePerGb")) continue;
      const unconverted = `${entry.source}; counted as ${currency} without conversion`;
      assumptions.set(id, { ...entry, source: unconverted });
    }
  }
  const words = [source ?? "in the fleet", ...(asOf === undefined ? [] : [`as of ${asOf}`])];
  assumptions.set("fleet.prices", {
    id: "fleet.prices",
    what: "Currency of every price and cost",
    value: currency,
    provenance: "given",
    source: words.join(", "),
  });
}

function resolveGoal(
  goal: NonNullable<FleetDocument["goals"]>[number],
  currency: string | undefined,
): Goal {
  const metric = findFleetMetric(goal.metric);
  const given = goal.atMost ?? goal.atLeast;
  const target =
    metric === undefined || given === undefined ? undefined : parseFleetTarget(metric.unit, given);
  if (metric === undefined || target?.ok !== true)
    throw new Error(`fleet: goal ${goal.id ?? goal.metric} passed the checks without a target`);
  const path = goal.of === undefined ? goal.metric : metricOfPart(goal.metric, goal.of);
  return {
    id: fleetGoalIdOf(goal) ?? path,
    metric: path,
    comparison: goal.atMost === undefined ? "atLeast" : "atMost",
    target: target.value,
    unit: fleetUnitOf(path, currency),
  };
}
