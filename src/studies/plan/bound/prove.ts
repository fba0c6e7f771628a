import { replicationSeed } from "../../replicate/replication-seed.js";
import { placementOf } from "../../run/placement-of.js";
import type { Goal } from "../../../scenario/resolved.js";
import type { PlanSpec } from "../../../scenario/plan-spec.js";
import type { PlanFamily, PlanSpace } from "../family.js";
import { figuresOf, objectiveLow, supplyOf } from "../figures.js";
import { demandOf, GROUPS_TOLD_APART, type Demand } from "./demand.js";
import {
  groupSets,
  inLevels,
  largestGang,
  requirementOf,
  windowTimes,
  type Requirement,
  type TimeGoals,
} from "./requirements.js";
import type { CountRow, CountSolution, CountSolver } from "./solve.js";

/** Work of judging windows: jobs × windows × goals, and what one takes is well below a microsecond. */
const WORK_MAX = 40_000_000;
const TIMES_MIN = 3;
const TIMES_MAX = 24;

/**
 * Multiples of a target at which replications are counted. Where the mean of times over replications is at most t,
 * fewer than one in `multiple` of them is above `multiple` × t (Markov).
 */
const MULTIPLES = [1, 1.5, 2, 4] as const;
/** Multiples of a mean at which the jobs of a run are counted. */
const LATER = [2, 4, 10] as const;

/** The bound of one family, and what it rests on. */
export interface FamilyBound {
  readonly requirements: readonly Requirement[];
  readonly solution: CountSolution;
}

/**
 * Proves what every plan of a family that meets the goals costs at least.
 *
 * Each requirement follows from a goal by work conservation, so no plan that meets all goals breaks one;
 * docs/plan.md has the argument. Where the scenario is random, it is about the jobs of the first replications.
 *
 * @param known requirements found before, which families with the same jobs and nodes share
 */
export function proveFamilyBound(
  family: PlanFamily,
  space: PlanSpace,
  solver: CountSolver,
  goals: readonly Goal[],
  known: Map<string, readonly Requirement[]> = new Map(),
): FamilyBound {
  const key = requirementsKey(family, goals);
  const requirements = known.get(key) ?? requirementsOf(family, space, goals);
  known.set(key, requirements);
  return { requirements, solution: solveFamily(family, space, solver, requirements) };
}

/** Families with equal keys have the same jobs and the same nodes, and so the same requirements. */
function requirementsKey({ loaded, groups, choices }: PlanFamily, goals: readonly Goal[]): string {
  const { policy, jobTerms, hosting, workload } = loaded.resolved;
  const ofJobs = choices.flatMap(({ settings }) =>
    settings.filter(({ path }) => path.startsWith("workload")),
  );
  return JSON.stringify([
    goals.map(({ id }) => id),
    groups.map(({ node }) => (node === undefined ? null : { ...node, name: "" })),
    policy.placement,
    jobTerms.gpuSpeeds ?? null,
    hosting?.groups.map(({ profile }) => profile?.computeRatio.value ?? 1) ?? null,
    workload.load,
    ofJobs,
  ]);
}

/** What the goals ask of the nodes of a family, whatever they cost. */
export function requirementsOf(
  family: PlanFamily,
  { seed, spec }: Pick<PlanSpace, "seed" | "spec">,
  goals: readonly Goal[],
): readonly Requirement[] {
  const { loaded, groups } = family;
  const { resolved } = loaded;
  if (groups.length > GROUPS_TOLD_APART) return [];
  const replications = resolved.isRandom ? spec.replicationsFirst : 1;
  const neverPlaced = neverPlacedMax(goals);
  if (neverPlaced === undefined) return [];
  const { warmUpS } = resolved.statistics;
  const setting = {
    nodes: groups.map(({ node }) => node),
    isByNode: ["nodes", "contiguous", "topology"].includes(
      placementOf(resolved.policy.placement).kind,
    ),
    speedMax: speedMaxOf(family),
    fromS: typeof warmUpS === "number" ? warmUpS : 0,
  };
  const demands = Array.from({ length: replications }, (_, index) =>
    demandOf(
      resolved.isRandom ? loaded.jobsWith(replicationSeed(seed, index + 1)) : loaded.jobs,
      setting,
    ),
  );
  const untilS = resolved.run.untilS ?? Infinity;
  return gather(demands, goals, neverPlaced, untilS);
}

/** Jobs that the goals allow never to be placed; undefined when any number is. */
function neverPlacedMax(goals: readonly Goal[]): number | undefined {
  const targets = goals
    .filter(({ metric, comparison }) => metric === "jobs.neverPlaceable" && comparison === "atMost")
    .map(({ target }) => Math.floor(target));
  return targets.length === 0 ? undefined : Math.min(...targets);
}

/** GPUs, hosting and nothing else make a job faster than its duration. */
function speedMaxOf({ groups, loaded }: PlanFamily): number {
  const { jobTerms, hosting } = loaded.resolved;
  const speeds = groups.map(({ node }, index) => {
    if (node === undefined) return 0;
    const gpu = jobTerms.gpuSpeeds?.[node.gpuModel] ?? 1;
    const host = hosting?.groups[index]?.profile?.computeRatio.value ?? 1;
    return gpu * Math.max(1, host);
  });
  // Jobs without GPUs run at their own speed.
  return Math.max(1, ...speeds);
}

/** What a goal on a figure of the times of jobs says of single jobs; empty for every other goal. */
export function timeLevelsOf(
  goal: Goal,
  multiple: number,
  jobs: number,
  neverPlaced: number,
): TimeGoals | undefined {
  const match = /^jobs\.(waitS|jctS)\.(mean|p50|p95|p99|max)$/.exec(goal.metric);
  if (match === null || goal.comparison !== "atMost") return undefined;
  const kind = match[1] === "waitS" ? "wait" : "completion";
  const atMostS = goal.target * multiple;
  if (match[2] === "mean") {
    // Markov within the run: the later, the fewer.
    const levels = LATER.map((later) => ({
      atMostS: atMostS * later,
      lateMax: Math.ceil(jobs / later) + neverPlaced,
    }));
    return { kind, levels };
  }
  const share = { p50: 0.5, p95: 0.95, p99: 0.99, max: 1 }[match[2]!]!;
  // Percentiles interpolate between neighbours: the lower neighbour is in time for certain.
  const inTime = Math.floor(Math.max(0, jobs - neverPlaced - 1) * share + 1e-9) + 1;
  return { kind, levels: [{ atMostS, lateMax: Math.max(0, jobs - inTime) }] };
}

/** Goals that are counted together in a replication, at one multiple of their targets. */
interface Asked {
  readonly goals: readonly Goal[];
  readonly multiple: number;
  readonly kind: TimeGoals["kind"];
}

/** Every goal alone, and all goals on waits, and on completion times, together. */
function askedOf(goals: readonly Goal[], multiples: readonly number[]): readonly Asked[] {
  return (["wait", "completion"] as const).flatMap((kind) => {
    const own = goals.filter((goal) => timeLevelsOf(goal, 1, 1, 0)?.kind === kind);
    const sets = own.length > 1 ? [...own.map((goal) => [goal]), own] : own.map((goal) => [goal]);
    return sets.flatMap((set) => multiples.map((multiple) => ({ goals: set, multiple, kind })));
  });
}

function gather(
  demands: readonly Demand[],
  goals: readonly Goal[],
  neverPlaced: number,
  untilS: number,
): readonly Requirement[] {
  const [first] = demands;
  if (first === undefined || first.count === 0) return [];
  const sets = groupSets(first.accepts);
  const asked = askedOf(goals, demands.length === 1 ? [1] : MULTIPLES);
  const cuts = sets.length * first.takings.length * Math.max(1, asked.length) * demands.length;
  const windows = WORK_MAX / (cuts * first.count);
  const times = Math.round(Math.min(TIMES_MAX, Math.max(TIMES_MIN, Math.sqrt(2 * windows))));
  const ends = demands.map((demand) => windowTimes(demand, untilS, times));
  const most = new Map<string, Requirement>();
  const keep = (groups: number, kind: number, atLeast: number, why: string): void => {
    const key = `${groups}/${kind}`;
    if (atLeast <= (most.get(key)?.atLeast ?? 0)) return;
    const { unit, byGroup } = first.takings[kind]!;
    most.set(key, { unit, groups, byGroup, atLeast, why });
  };
  for (const groups of sets) {
    first.takings.forEach((_, kind) => {
      const gangs = demands.map((demand) =>
        largestGang(demand, demand.takings[kind]!, groups, neverPlaced),
      );
      keep(groups, kind, heldBy(gangs, 1, 1), "every job can be placed");
      for (const one of asked) {
        const needs = demands.map((demand, replication) => {
          const levels = one.goals.flatMap(
            (goal) => timeLevelsOf(goal, one.multiple, demand.count, neverPlaced)?.levels ?? [],
          );
          return requirementOf(demand, demand.takings[kind]!, {
            groups,
            goals: { kind: one.kind, levels: inLevels(levels) },
            timesS: ends[replication]!,
          });
        });
        const why = one.goals.map(({ id }) => id).join(" and ");
        // A goal of some jobs never placed, on average, is one more that replications may be above.
        const counted = one.goals.length + (neverPlaced > 0 ? 1 : 0);
        keep(groups, kind, heldBy(needs, one.multiple, counted), why);
      }
    });
  }
  return [...most.values()];
}

/**
 * What holds in enough replications: where the mean of R times is at most t, fewer than R / multiple of them are
 * above multiple × t, for each of the goals; the other replications each ask for their own.
 */
function heldBy(needs: readonly number[], multiple: number, goals: number): number {
  if (needs.length === 1) return needs[0]!;
  const beyondMax = (Math.ceil(needs.length / multiple - 1e-9) - 1) * goals;
  const sorted = [...needs].sort((left, right) => left - right);
  // At least R - beyondMax replications hold; in the best case those that ask for least.
  return sorted[needs.length - beyondMax - 1] ?? 0;
}

function solveFamily(
  family: PlanFamily,
  { spec, countDecisions }: PlanSpace,
  solver: CountSolver,
  requirements: readonly Requirement[],
): CountSolution {
  const lowest = countDecisions.map(({ choices }) => choices[0]!.count!);
  const highest = countDecisions.map(({ choices }) => choices.at(-1)!.count!);
  const rowForm = (value: (counts: readonly number[]) => number): LinearForm => {
    const at = value(lowest);
    const slopes = lowest.map((low, index) => {
      const high = highest[index]!;
      return high === low ? 0 : (value(withCount(lowest, index, high)) - at) / (high - low);
    });
    return { slopes, constant: at - slopes.reduce((sum, slope, i) => sum + slope * lowest[i]!, 0) };
  };
  const cost = costForm(countDecisions, lowest, (counts) =>
    objectiveLow(figuresOf({ family, counts }, spec), spec),
  );
  const rows: CountRow[] = requirements.map((requirement) => {
    const form = rowForm((counts) => unitsOf(requirement, family, counts));
    return { coefficients: form.slopes, low: requirement.atLeast - form.constant, high: Infinity };
  });
  for (const [limit, value] of limitRows(family, spec)) {
    const form = rowForm(value);
    rows.push({ coefficients: form.slopes, low: -Infinity, high: limit - form.constant });
  }
  const free = lowest.flatMap((low, index) => (low < highest[index]! ? [index] : []));
  const solution = solver.solve(
    free.map((index) => ({
      cost: cost.slopes[index]!,
      low: lowest[index]!,
      high: highest[index]!,
    })),
    rows.map((row) => ({ ...row, ...withoutFixed(row, lowest, free) })),
  );
  if (solution.kind === "infeasible") return solution;
  const fixed =
    cost.constant +
    lowest.reduce((sum, low, i) => (free.includes(i) ? sum : sum + cost.slopes[i]! * low), 0);
  return { ...solution, bound: solution.bound + fixed, relaxed: solution.relaxed + fixed };
}

interface LinearForm {
  readonly slopes: readonly number[];
  readonly constant: number;
}

function withCount(counts: readonly number[], index: number, count: number): readonly number[] {
  return counts.map((one, other) => (other === index ? count : one));
}

/**
 * A linear form that is nowhere above the cost at the counts that can be chosen.
 *
 * The cost is a sum over groups. That of one group bends upwards where nodes that stand there already end, and
 * downwards where an elastic group has more than it always pays for: whatever slope is taken, the constant is
 * lowered until the line is below every choice.
 */
export function costForm(
  decisions: PlanSpace["countDecisions"],
  lowest: readonly number[],
  costOf: (counts: readonly number[]) => number,
): LinearForm {
  let constant = costOf(lowest);
  const base = constant;
  const slopes = decisions.map(({ choices }, index) => {
    const counts = choices.map(({ count }) => count!);
    const costs = counts.map((count) => costOf(withCount(lowest, index, count)) - base);
    const last = counts.length - 1;
    if (last === 0) return 0;
    const atTop = (costs[last]! - costs[last - 1]!) / (counts[last]! - counts[last - 1]!);
    const overall = (costs[last]! - costs[0]!) / (counts[last]! - counts[0]!);
    const slope = Math.max(atTop, overall);
    constant += Math.min(...counts.map((count, choice) => costs[choice]! - slope * count));
    return slope;
  });
  return { slopes, constant };
}

function withoutFixed(row: CountRow, lowest: readonly number[], free: readonly number[]): CountRow {
  const shift = row.coefficients.reduce(
    (sum, value, index) => (free.includes(index) ? sum : sum + value * lowest[index]!),
    0,
  );
  return {
    coefficients: free.map((index) => row.coefficients[index]!),
    low: row.low - shift,
    high: row.high - shift,
  };
}

/** Units that the groups of a requirement have under some counts. */
export function unitsOf(
  { groups: mask, byGroup }: Requirement,
  { groups }: PlanFamily,
  counts: readonly number[],
): number {
  return groups.reduce((sum, group, index) => {
    if (((mask >> index) & 1) === 0) return sum;
    const count = group.dimension === undefined ? group.fixedCount : counts[group.dimension]!;
    return sum + byGroup[index]! * count;
  }, 0);
}

/** Limits that are linear in the counts. */
function limitRows(
  family: PlanFamily,
  spec: PlanSpec,
): readonly (readonly [limit: number, value: (counts: readonly number[]) => number])[] {
  const { power, rackUnits, nodes, purchase } = spec.limits;
  const figures = (counts: readonly number[]) => figuresOf({ family, counts }, spec);
  const hasStock = family.groups.some(({ name }) => supplyOf(spec, name).have > 0);
  return [
    ...(power === undefined ? [] : [[power, (c: readonly number[]) => figures(c).powerW] as const]),
    ...(rackUnits === undefined
      ? []
      : [[rackUnits, (c: readonly number[]) => figures(c).rackUnits] as const]),
    ...(nodes === undefined ? [] : [[nodes, (c: readonly number[]) => figures(c).nodes] as const]),
    // Nodes that are there already make the price of what is bought bend.
    ...(purchase === undefined || hasStock
      ? []
      : [[purchase, (c: readonly number[]) => figures(c).purchase] as const]),
  ];
}
