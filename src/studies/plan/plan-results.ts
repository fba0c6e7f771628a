import type { LoadedScenario } from "../../io/load-scenario.js";
import type { Goal } from "../../scenario/resolved.js";
import { formatDuration } from "../../base/units.js";
import type { Requirement } from "./bound/requirements.js";
import type { FamilyBound } from "./bound/prove.js";
import { labelOf } from "./describe.js";
import type { PlanSpace } from "./family.js";
import { marginOf, tightest, type Judgement } from "./judge.js";
import type { PlanBoundResult, PlanSpaceResult, PlanTried } from "./plan-document.js";
import type { Entry, SearchResult, Standing } from "./search.js";

/** How the candidates of a search were dealt with. */
export function spaceResult(
  space: PlanSpace,
  { entries, anomalies }: SearchResult,
  runs: number,
): PlanSpaceResult {
  const count = (...standings: readonly Standing[]): number =>
    entries.filter(
      ({ standing, judgement }) => judgement === undefined && standings.includes(standing),
    ).length;
  return {
    decisions: space.spec.decisions.map(({ name, choices, group }) => ({
      name,
      choices: choices.map(({ label }) => label),
      isCount: group !== undefined,
    })),
    candidates: entries.length,
    overLimit: count("limit"),
    provenImpossible: count("proven"),
    simulated: entries.filter(({ judgement }) => judgement !== undefined).length,
    presumed: count("presumed"),
    dearer: count("open", "unshown"),
    runs,
    anomalies: anomalies.map(
      ({ meets, fails }) =>
        `${labelOf(meets.candidate)} meets the goals although ${labelOf(fails.candidate)} does not: more nodes are not always better, and the search had presumed so.`,
    ),
  };
}

/** The bound over all combinations of choices, with what it rests on. */
export function boundResult(
  space: PlanSpace,
  bounds: readonly FamilyBound[],
  objective: number | undefined,
): PlanBoundResult | null {
  const proven = bounds.flatMap((bound, index) =>
    bound.solution.kind === "optimal"
      ? [{ ...bound.solution, bound: bound.solution.bound, index }]
      : [],
  );
  const lowest = proven.reduce<(typeof proven)[number] | undefined>(
    (least, one) => (least === undefined || one.bound < least.bound ? one : least),
    undefined,
  );
  const shown = bounds[lowest?.index ?? 0]!;
  const { groups } = space.families[lowest?.index ?? 0]!;
  const value = lowest?.bound ?? null;
  const isRandom = space.families.some(({ loaded }) => loaded.resolved.isRandom);
  return {
    value,
    relaxed: lowest?.relaxed ?? null,
    gap:
      value === null || value <= 0 || objective === undefined
        ? null
        : Math.max(0, (objective - value) / value),
    requirements: strictest(shown.requirements).map(({ unit, groups: mask, atLeast, why }) => ({
      unit,
      groups: groups.flatMap(({ name }, group) => ((mask >> group) & 1 ? [name] : [])),
      atLeast,
      goal: why,
    })),
    basis: isRandom
      ? `It holds for every plan of the space whose means over the first ${space.spec.replicationsFirst} replications meet the goals.`
      : "It holds for every plan of the space, under any schedule of these jobs.",
  };
}

/** Of requirements on the same unit of the same groups the one that asks for most. */
function strictest(requirements: readonly Requirement[]): readonly Requirement[] {
  return requirements.filter(
    (one, index) =>
      !requirements.some(
        (other, position) =>
          other.unit === one.unit &&
          other.groups === one.groups &&
          (other.atLeast > one.atLeast || (other.atLeast === one.atLeast && position < index)),
      ),
  );
}

/** Every plan that was simulated, cheapest first, with those that none beats in both cost and room. */
export function triedPlans(
  { entries }: SearchResult,
  space: PlanSpace,
  goals: readonly Goal[],
): readonly PlanTried[] {
  const tried = entries.filter(
    (entry): entry is Entry & { readonly judgement: Judgement } => entry.judgement !== undefined,
  );
  const rows = tried.map(({ judgement, standing }) => {
    const worst = tightest(judgement.outcomes);
    const margin = worst === undefined ? -Infinity : marginOf(worst.goal, worst.mean);
    const amount =
      space.spec.minimise === "power"
        ? judgement.figures.powerW
        : (judgement.cost ?? judgement.figures.costLow);
    return { judgement, standing, worst, margin, amount };
  });
  return rows.map(({ judgement, standing, worst, margin, amount }): PlanTried => {
    const { candidate, figures, cost, verdict, replications } = judgement;
    return {
      label: labelOf(candidate),
      cost: cost ?? null,
      powerW: figures.powerW,
      nodes: figures.nodes,
      verdict:
        standing === "limit" ? "over a limit" : verdict === "unshown" ? "not shown" : verdict,
      tightestGoal: worst?.goal.id ?? goals[0]?.id ?? "",
      tightestMargin: Number.isFinite(margin) ? margin : null,
      tightestMean: worst?.mean ?? null,
      tightestUnit: worst?.goal.unit ?? "",
      isOnFront: !rows.some(
        (other) =>
          other.amount <= amount &&
          other.margin >= margin &&
          (other.amount < amount || other.margin > margin),
      ),
      replications,
    };
  });
}

/** What a reader must know. */
export function planWarnings(
  space: PlanSpace,
  { base }: LoadedScenario,
  { unverified, entries }: SearchResult,
): readonly string[] {
  const { spec } = space;
  const warnings: string[] = [];
  if (unverified > 0) {
    warnings.push(
      `${unverified} cheaper ${unverified === 1 ? "plan was" : "plans were"} not run: each has no more nodes than one that was run and misses a goal which more nodes ease as a rule.`,
    );
  }
  if (spec.isHorizonAssumed && spec.minimise === "cost") {
    warnings.push(
      `Costs are for ${formatDuration(spec.horizonS)}: neither plan.horizon nor cost.horizon says for how long.`,
    );
  }
  const spot = base.resolved.assumptions.some(({ value }) => value.includes("(spot)"));
  if (spot && base.resolved.faults === undefined) {
    warnings.push(
      "Spot prices are paid for machines that may be taken away, and nothing in the scenario takes one away (faults): the goals are met only while none is.",
    );
  }
  if (entries.every(({ standing }) => standing === "limit")) {
    warnings.push("Every plan breaks a limit: nothing was simulated.");
  }
  return warnings;
}
