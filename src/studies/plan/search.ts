import type { PlanLimits, PlanSpec } from "../../scenario/plan-spec.js";
import type { Goal } from "../../scenario/resolved.js";
import type { Requirement } from "./bound/requirements.js";
import { unitsOf } from "./bound/prove.js";
import { easeOf } from "./ease.js";
import { combinations, type PlanSpace } from "./family.js";
import {
  figuresOf,
  LIMIT_KINDS,
  objectiveLow,
  type PlanCandidate,
  type PlanFigures,
} from "./figures.js";
import { judgeAll, objectiveOf, type JudgeSetting, type Judgement } from "./judge.js";

/** Candidates judged side by side; the same whatever the number of threads, so that the search is the same. */
const SIDE_BY_SIDE = { once: 4, random: 2 } as const;

/** Candidates presumed to fail that are run all the same, nearest to the answer first. */
const VERIFIED_MAX = { once: 64, random: 16 } as const;

/** What is known of a candidate. */
export type Standing =
  /** Nothing yet. */
  | "open"
  /** A limit of the plan is broken; nothing was run. */
  | "limit"
  /** The goals ask for more than it has, whatever the schedule; nothing was run. */
  | "proven"
  /** One with more nodes fails a goal that more nodes ease; nothing was run. */
  | "presumed"
  | "fails"
  | "unshown"
  | "meets";

/** A candidate of a search. */
export interface Entry {
  readonly candidate: PlanCandidate;
  readonly figures: PlanFigures;
  /** Bound below what is minimised. */
  readonly low: number;
  standing: Standing;
  judgement?: Judgement;
}

/** A plan that meets the goals although one with more nodes does not. */
export interface Anomaly {
  readonly meets: Judgement;
  readonly fails: Judgement;
}

/** Constraints of a search; leaving some out shows which of them conflict. */
export interface SearchConstraints {
  readonly goals: readonly Goal[];
  readonly limits: readonly (keyof PlanLimits)[];
  /** By family; what follows from the goals, and proves candidates impossible without a run. */
  readonly requirements: readonly (readonly Requirement[])[];
}

/** What a search found. */
export interface SearchResult {
  /** All candidates, cheapest first. */
  readonly entries: readonly Entry[];
  /** The cheapest found to meet everything. */
  readonly best: Entry | undefined;
  readonly anomalies: readonly Anomaly[];
  /** Cheaper than the answer, presumed to fail and not run. */
  readonly unverified: number;
}

/** Every candidate of a plan, cheapest first; equal ones in the order of the choices. */
export function candidatesOf(space: PlanSpace): readonly Entry[] {
  const counts = combinations(
    space.countDecisions.map(({ choices }) => choices.map(({ count }) => count!)),
  );
  const entries = space.families.flatMap((family) =>
    counts.map((row): Entry => {
      const candidate = { family, counts: row };
      const figures = figuresOf(candidate, space.spec);
      return { candidate, figures, low: objectiveLow(figures, space.spec), standing: "open" };
    }),
  );
  // The sort is stable: ties keep the order of the choices.
  return entries.sort((left, right) => left.low - right.low);
}

/**
 * Finds the cheapest candidate that meets the goals.
 *
 * Candidates are looked at by halving: of those that may still be the answer some are judged; what fails a goal that
 * more nodes ease is taken to fail with fewer nodes too. That presumption is then tested: everything that is cheaper
 * than the answer and was only presumed to fail is run, nearest first, up to a limit, and what meets the goals after
 * all becomes the answer and is told as an anomaly.
 */
export async function searchPlans(
  space: PlanSpace,
  constraints: SearchConstraints,
  setting: JudgeSetting,
  known: {
    /** No answers, though their own figures looked like it. */
    readonly refused?: ReadonlySet<PlanCandidate>;
    /** Judged before anything is presumed. */
    readonly first?: readonly PlanCandidate[];
  } = {},
): Promise<SearchResult> {
  const { refused = new Set<PlanCandidate>(), first = [] } = known;
  const entries = candidatesOf(space);
  for (const entry of entries) {
    if (isExcluded(entry, refused)) entry.standing = "unshown";
    else entry.standing = standingBefore(entry, constraints, space.spec);
  }
  const isRandom = space.families.some(({ loaded }) => loaded.resolved.isRandom);
  const width = isRandom ? SIDE_BY_SIDE.random : SIDE_BY_SIDE.once;
  const search = createSearch(entries, constraints, setting);
  await search.judge(
    entries.filter(
      ({ candidate, standing }) =>
        standing === "open" && first.some((one) => isSame(one, candidate)),
    ),
  );
  await search.halve(width);
  const left = isRandom ? VERIFIED_MAX.random : VERIFIED_MAX.once;
  const unverified = await search.verify(width, left);
  return { entries, best: search.best(), anomalies: search.anomalies, unverified };
}

/** What is known of every candidate without a run. */
export function noSearch(space: PlanSpace, constraints: SearchConstraints): SearchResult {
  const entries = candidatesOf(space);
  for (const entry of entries) entry.standing = standingBefore(entry, constraints, space.spec);
  return { entries, best: undefined, anomalies: [], unverified: 0 };
}

function isExcluded({ candidate }: Entry, excluded: ReadonlySet<PlanCandidate>): boolean {
  for (const one of excluded) if (isSame(one, candidate)) return true;
  return false;
}

/** True for the same choices. */
export function isSame(left: PlanCandidate, right: PlanCandidate): boolean {
  return (
    left.family.index === right.family.index &&
    left.counts.every((count, index) => count === right.counts[index])
  );
}

/** Limits that a candidate breaks, as far as they are known without a run. */
export function brokenLimits(
  figures: PlanFigures,
  limits: PlanLimits,
  active: readonly (keyof PlanLimits)[],
): readonly (keyof PlanLimits)[] {
  return LIMIT_KINDS.filter(
    ({ id, valueOf }) => active.includes(id) && valueOf(figures) > limits[id]!,
  ).map(({ id }) => id);
}

function standingBefore(
  { candidate, figures }: Entry,
  { limits, requirements }: SearchConstraints,
  spec: PlanSpec,
): Standing {
  if (brokenLimits(figures, spec.limits, limits).length > 0) return "limit";
  const { family, counts } = candidate;
  const needed = requirements[family.index] ?? [];
  const isImpossible = needed.some(
    (requirement) => unitsOf(requirement, family, counts) < requirement.atLeast * (1 - 1e-9),
  );
  return isImpossible ? "proven" : "open";
}

interface Search {
  readonly anomalies: Anomaly[];
  best(): Entry | undefined;
  judge(chosen: readonly Entry[]): Promise<void>;
  halve(width: number): Promise<void>;
  /** @returns candidates that were left */
  verify(width: number, most: number): Promise<number>;
}

function createSearch(
  entries: readonly Entry[],
  { goals, limits }: SearchConstraints,
  setting: JudgeSetting,
): Search {
  const anomalies: Anomaly[] = [];
  const { spec } = setting;
  const budget = limits.includes("budget") ? (spec.limits.budget ?? Infinity) : Infinity;
  let best: Entry | undefined;
  const costOf = (entry: Entry): number => objectiveOf(entry.judgement!, spec);
  const bestCost = (): number => (best === undefined ? Infinity : costOf(best));
  const judge = async (chosen: readonly Entry[]): Promise<void> => {
    const judgements = await judgeAll(
      chosen.map(({ candidate }) => candidate),
      goals,
      setting,
    );
    chosen.forEach((entry, index) => {
      const judgement = judgements[index]!;
      const wasPresumed = entry.standing === "presumed";
      entry.judgement = judgement;
      entry.standing = judgement.verdict;
      if (judgement.verdict === "meets" && (judgement.cost ?? 0) > budget) entry.standing = "limit";
      if (entry.standing === "meets") {
        if (wasPresumed) anomalies.push(anomalyOf(entry, entries));
        if (costOf(entry) < bestCost()) best = entry;
      } else if (judgement.verdict === "fails") presume(judgement, entries);
    });
  };
  return {
    anomalies,
    best: () => best,
    judge,
    async halve(width) {
      for (;;) {
        const open = entries.filter(({ standing, low }) => standing === "open" && low < bestCost());
        if (open.length === 0) return;
        await judge(spread(open, width));
      }
    },
    async verify(width, most) {
      for (let left = most; ;) {
        const cheaper = entries.filter(
          ({ standing, low }) => standing === "presumed" && low < bestCost(),
        );
        if (cheaper.length === 0 || left === 0) return cheaper.length;
        const chosen = cheaper.slice(-Math.min(width, left));
        left -= chosen.length;
        await judge(chosen);
      }
    },
  };
}

/** So many of a list, at equal distances, without its ends unless it is short. */
function spread(open: readonly Entry[], width: number): readonly Entry[] {
  const picked = new Set<Entry>();
  for (let index = 1; index <= width; index++) {
    picked.add(open[Math.floor((index * open.length) / (width + 1))]!);
  }
  return [...picked];
}

/** Takes what follows from a failure by rule to fail too: fewer nodes, or more, by what the goals are eased by. */
function presume({ candidate, outcomes }: Judgement, entries: readonly Entry[]): void {
  const eases = outcomes.filter(({ state }) => state === "fails").map(({ goal }) => easeOf(goal));
  const fewer = eases.includes("eased");
  const more = eases.includes("strained");
  if (!fewer && !more) return;
  for (const entry of entries) {
    if (entry.standing !== "open") continue;
    const { family, counts } = entry.candidate;
    if (family !== candidate.family) continue;
    if (
      (fewer && counts.every((count, index) => count <= candidate.counts[index]!)) ||
      (more && counts.every((count, index) => count >= candidate.counts[index]!))
    ) {
      entry.standing = "presumed";
    }
  }
}

/** The failure that had spoken against a plan which meets the goals after all. */
function anomalyOf(entry: Entry, entries: readonly Entry[]): Anomaly {
  const { counts, family } = entry.candidate;
  const failed = entries.find(
    ({ standing, candidate }) =>
      standing === "fails" &&
      candidate.family === family &&
      counts.every((count, index) => count <= candidate.counts[index]!),
  );
  const strained = entries.find(
    ({ standing, candidate }) => standing === "fails" && candidate.family === family,
  );
  return { meets: entry.judgement!, fails: (failed ?? strained)!.judgement! };
}
