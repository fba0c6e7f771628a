import { z } from "zod";

import { PLAN_DEFAULTS, PLAN_LIMITS } from "../plan-spec.js";
import { powerQuantity } from "./power-schema.js";
import { field, lineOfText, oneOf, plainName, wholeNumber } from "./field.js";
import { duration, proportion } from "./quantities.js";

/** Amounts and counts above this are mistakes. */
const AMOUNT_MAX = 1e15;

function amount() {
  return z.number().min(0, "must be 0 or more").max(AMOUNT_MAX);
}

function decisionSchema() {
  const range = z.strictObject({
    from: field(z.number(), { description: "First value.", example: 8 }),
    to: field(z.number(), { description: "Last value; it is reached when `step` hits it.", example: 20 }),
    step: field(z.number().positive("must be above 0"), {
      description: "Distance of one value to the next.",
      default: 1,
      example: 2,
    }).optional(),
  });
  const option = z.strictObject({
    name: field(lineOfText(100), {
      description: "What the answer calls it.",
      example: "bare metal, InfiniBand",
    }),
    set: field(z.record(z.string(), z.unknown()), {
      description: "What it changes: paths with their new values, as in `variants[].set`.",
      example: { "cluster.nodes[h100].hosting": { profile: "bare-metal" } },
    }),
  });
  return z.strictObject({
    name: field(lineOfText(100), {
      description: "Name of the decision in reports. Left out, its path.",
      example: "hosting",
    }).optional(),
    path: field(lineOfText(1_000), {
      description:
        "Field of the scenario that is decided. The count of a node group, `cluster.nodes[NAME].count`, is special: more nodes cost more and usually make goals easier, which the search uses and checks.",
      example: "cluster.nodes[h100].count",
    }).optional(),
    range: field(range, {
      description: "Numbers the field may have: give this or `values`.",
      example: { from: 8, to: 20 },
    }).optional(),
    values: field(z.array(field(z.unknown(), { description: "One value, as the field takes it.", example: "fifo-skip", type: "value" })).min(1).max(PLAN_LIMITS.choicesMax), {
      description: "Values the field may have: give this or `range`.",
      example: ["fifo-skip", "easy-backfill"],
    }).optional(),
    options: field(z.array(option).min(1).max(PLAN_LIMITS.choicesMax), {
      description: "Choices that change several fields at once, by name. Give these in place of `path`.",
      example: [{ name: "bare metal", set: { "cluster.nodes[h100].hosting": { profile: "bare-metal" } } }],
    }).optional(),
  });
}

function limitsSchema() {
  const limits = z.strictObject({
    budget: field(amount(), {
      description: "Most that may be spent over the horizon, in the currency of `cost`.",
      example: 6_000_000,
    }).optional(),
    purchase: field(amount(), {
      description: "Most that may be spent on buying, in the currency of `cost`.",
      example: 4_500_000,
    }).optional(),
    power: field(powerQuantity(), {
      description: "Most power at the meter with every GPU busy. Needs `power`.",
      example: "150kW",
    }).optional(),
    rackUnits: field(wholeNumber(0, 1_000_000), {
      description: "Most rack units. Needs `plan.supply[].rackUnits` of every node group.",
      example: 168,
    }).optional(),
    nodes: field(wholeNumber(0, 200_000), { description: "Most nodes.", example: 24 }).optional(),
    delivery: field(duration("above-zero"), {
      description: "Latest time from today by which every node must be there.",
      example: "20w",
    }).optional(),
  });
  return field(limits, {
    description: "What the plan may not exceed, beside the goals of the scenario.",
    example: { budget: 6_000_000, delivery: "20w" },
  });
}

function supplySchema() {
  const supply = z.strictObject({
    group: field(plainName(), { description: "Name of a node group.", example: "h100" }),
    leadTime: field(duration("zero-or-more"), {
      description: "Time from the order to the first nodes.",
      default: "0s",
      example: "12w",
    }).optional(),
    batch: field(wholeNumber(1, 200_000), {
      description: "Nodes that arrive at once; all of them when left out.",
      example: 4,
    }).optional(),
    every: field(duration("above-zero"), {
      description: "Time between two arrivals. Needed with `batch`.",
      example: "2w",
    }).optional(),
    have: field(wholeNumber(0, 200_000), {
      description: "Nodes that stand there already: they are not bought again and have no lead time.",
      default: 0,
      example: 2,
    }).optional(),
    rackUnits: field(wholeNumber(1, 1_000), {
      description: "Rack units of one node.",
      example: 8,
    }).optional(),
  });
  return field(z.array(supply).max(PLAN_LIMITS.suppliesMax), {
    description: "What is known of getting the nodes of a group.",
    example: [{ group: "h100", leadTime: "12w", batch: 4, every: "2w", rackUnits: 8 }],
  });
}

function replicationsSchema() {
  return z.strictObject({
    first: field(wholeNumber(4, 1_000), {
      description: "Replications before anything is decided.",
      default: PLAN_DEFAULTS.replicationsFirst,
      example: 20,
    }).optional(),
    max: field(wholeNumber(4, 10_000), {
      description: "Most replications of one plan; what is then still open counts as not shown.",
      default: PLAN_DEFAULTS.replicationsMax,
      example: 100,
    }).optional(),
  });
}

function growthSchema() {
  return field(z.strictObject({
      perMonth: field(proportion(), {
        description: "Growth of the demand in a month, for the time until the plan is full.",
        example: "3%",
      }).optional(),
      max: field(z.number().min(1.01, "must be at least 1.01").max(100), {
        description: "Largest load that is tried, as a multiple of today's.",
        default: PLAN_DEFAULTS.growthMax,
        example: 3,
      }).optional(),
    }), {
      description: "How long the plan lasts: it is simulated again with more load.",
      example: { perMonth: "3%" },
    });
}

/** What may be bought and changed, and what the cheapest of it must achieve: `plan`. */
export function planSchema() {
  const plan = z.strictObject({
    decide: field(z.array(decisionSchema()).min(1).max(PLAN_LIMITS.decisionsMax), {
      description: "What is decided. Every combination of the choices is one plan.",
      example: [{ path: "cluster.nodes[h100].count", range: { from: 8, to: 20 } }],
    }),
    minimise: field(oneOf(["cost", "power"]), {
      description: "What the best plan has least of.",
      default: PLAN_DEFAULTS.minimise,
      example: "cost",
      valueTexts: [
        "Total cost over the horizon: `cost.total` of a run with `cost.horizon` set to it.",
        "Power at the meter with every GPU busy.",
      ],
    }).optional(),
    horizon: field(duration("above-zero"), {
      description: "Time the cost is for. Left out, `cost.horizon`, else one year.",
      example: "3y",
    }).optional(),
    limits: limitsSchema().optional(),
    survive: field(z.strictObject({
      nodes: field(wholeNumber(0, 1_000), {
        description: "Nodes of any one group that may be missing while every goal still holds.",
        example: 1,
      }),
    }), {
      description: "N+1: every plan is also simulated without these nodes, group by group.",
      example: { nodes: 1 },
    }).optional(),
    supply: supplySchema().optional(),
    confidence: field(proportion(), {
      description: "Confidence of the statements about goals, where runs differ by chance.",
      default: PLAN_DEFAULTS.confidence,
      example: "95%",
    }).optional(),
    tolerance: field(proportion(), {
      description:
        "How far from the target of a goal, as a share of it, a plan may be for either answer to be accepted: smaller takes more replications.",
      default: PLAN_DEFAULTS.tolerance,
      example: "5%",
    }).optional(),
    replications: field(replicationsSchema(), {
      description: "Runs per plan, where anything in the scenario is random.",
      example: { first: 10, max: 60 },
    }).optional(),
    growth: growthSchema().optional(),
  });
  return field(plan, {
    description:
      "What may be bought and changed, for `headroom plan`: decisions, limits beside the goals, and what is known of delivery. `headroom run` ignores it.",
    example: { decide: [{ path: "cluster.nodes[h100].count", range: { from: 8, to: 20 } }], horizon: "3y" },
  });
}
