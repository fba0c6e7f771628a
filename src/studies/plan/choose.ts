import { describePlan } from "./describe.js";
import type { PlanSpace } from "./family.js";
import type { PlanCandidate } from "./figures.js";
import {
  judgeAll,
  objectiveOf,
  tightest,
  marginOf,
  type JudgeSetting,
  type Judgement,
} from "./judge.js";
import type { PlanOption } from "./plan-document.js";
import {
  isSame,
  searchPlans,
  type Entry,
  type SearchConstraints,
  type SearchResult,
} from "./search.js";

/** Answers that may be refused by fresh replications before it is said that none could be confirmed. */
const ATTEMPTS_MAX = 6;
/** Fresh replications are so many times the first ones of a search, and at least so many. */
const FRESH_FACTOR = 2;
const FRESH_MIN = 20;
/** Dearer plans that are judged to find one with more room. */
const SAFER_TRIED_MAX = 4;

/** Cheaper plans that are looked at to find one that costs less for certain. */
const CHEAPER_TRIED_MAX = 12;

/** The nearest plan that costs less. */
export interface CheaperPlan {
  readonly candidate: PlanCandidate;
  readonly option: PlanOption;
}

/** The answer with its neighbours. */
export interface Chosen {
  readonly search: SearchResult;
  /** Undefined when no answer could be confirmed. */
  readonly best:
    | { readonly candidate: PlanCandidate; readonly option: PlanOption; readonly objective: number }
    | undefined;
  readonly cheaper: CheaperPlan | null;
  readonly safer: PlanOption | null;
}

interface ChooseOptions {
  readonly space: PlanSpace;
  readonly constraints: SearchConstraints;
  readonly setting: JudgeSetting;
  readonly currency: string | null;
}

/**
 * Confirms the answer of a search on replications that took no part in it, and finds its neighbours.
 *
 * An answer that they do not confirm is set aside, and the search goes on without it. Attempt j asks for a
 * confidence of 1 - alpha / 2^j, so that several attempts together are not wrong more often than asked for.
 */
export async function chooseOptions(first: SearchResult, options: ChooseOptions): Promise<Chosen> {
  const { space, constraints, setting } = options;
  const refused = new Set<PlanCandidate>();
  const known: PlanCandidate[] = [];
  let search = first;
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
    const { best } = search;
    if (best?.judgement === undefined) break;
    const option = await describe(best.candidate, options);
    const needed = 1 - setting.alpha / 2 ** attempt;
    if (option.verdict === "meets" && (option.confidence ?? 1) >= needed) {
      const cheaper = await cheaperThan(best, search, options);
      if (cheaper === null || "option" in cheaper) {
        const objective = objectiveOf(best.judgement, space.spec);
        return {
          search,
          best: { candidate: best.candidate, option, objective },
          cheaper,
          safer: await saferThan(best, option, search, options),
        };
      }
      // A cheaper neighbour that had only been presumed to fail meets the goals: it is an answer itself.
      known.push(cheaper.candidate);
    } else refused.add(best.candidate);
    search = await searchPlans(space, constraints, setting, { refused, first: known });
  }
  return { search, best: undefined, cheaper: null, safer: null };
}

function describe(candidate: PlanCandidate, options: ChooseOptions): Promise<PlanOption> {
  const { space, constraints, setting, currency } = options;
  return describePlan(candidate, {
    space,
    goals: constraints.goals,
    setting,
    currency,
    stage: space.families.some(({ loaded }) => loaded.resolved.isRandom) ? "fresh" : "search",
    replications: Math.max(FRESH_MIN, space.spec.replicationsFirst * FRESH_FACTOR),
  });
}

/** The nearest plan that costs less, of the same combination of choices where there is one. */
async function cheaperThan(
  best: Entry,
  { entries }: SearchResult,
  options: ChooseOptions,
): Promise<CheaperPlan | { readonly candidate: PlanCandidate } | null> {
  const cost = objectiveOf(best.judgement!, options.space.spec);
  const cheaper = entries.filter(
    ({ low, candidate, standing }) =>
      low < cost && !isSame(candidate, best.candidate) && standing !== "limit",
  );
  const own = cheaper.filter(({ candidate }) => candidate.family === best.candidate.family);
  const others = cheaper.filter((entry) => !own.includes(entry));
  // Those of the same combination first, each kind from the dearest down.
  const ordered = [...own.reverse(), ...others.reverse()];
  for (const entry of ordered.slice(0, CHEAPER_TRIED_MAX)) {
    const wasJudged = entry.judgement !== undefined;
    const judgement =
      entry.judgement ??
      (await judgeAll([entry.candidate], options.constraints.goals, options.setting))[0]!;
    entry.judgement = judgement;
    if (entry.standing === "open" || entry.standing === "presumed")
      entry.standing = judgement.verdict;
    // What it costs may only be known now.
    if (objectiveOf(judgement, options.space.spec) >= cost) continue;
    if (judgement.verdict === "meets") {
      if (!wasJudged) return { candidate: entry.candidate };
      continue;
    }
    const option = await describe(entry.candidate, options);
    const { candidate } = entry;
    if (option.verdict === "fails") return { candidate, option };
    return { candidate, option: { ...option, verdict: "not shown" } };
  }
  return null;
}

/** The cheapest dearer plan whose tightest goal has more room. */
async function saferThan(
  best: Entry,
  option: PlanOption,
  { entries }: SearchResult,
  options: ChooseOptions,
): Promise<PlanOption | null> {
  const cost = objectiveOf(best.judgement!, options.space.spec);
  const room = roomOf(best.judgement!);
  const dearer = entries.filter(
    ({ low, standing, candidate }) =>
      low >= cost && standing !== "limit" && !isSame(candidate, best.candidate),
  );
  const own = dearer.filter(({ candidate }) => candidate.family === best.candidate.family);
  for (const entry of (own.length > 0 ? own : dearer).slice(0, SAFER_TRIED_MAX)) {
    const [judgement] = await judgeAll(
      [entry.candidate],
      options.constraints.goals,
      options.setting,
    );
    entry.judgement = judgement!;
    if (entry.standing === "open") entry.standing = judgement!.verdict;
    if (judgement!.verdict !== "meets" || roomOf(judgement!) <= room) continue;
    const described = await describe(entry.candidate, options);
    if (described.verdict === "meets" && leastRoom(described) > leastRoom(option)) return described;
  }
  return null;
}

function roomOf({ outcomes }: Judgement): number {
  const least = tightest(outcomes);
  return least === undefined ? 0 : marginOf(least.goal, least.mean);
}

function leastRoom({ goals }: PlanOption): number {
  // A goal of nothing that is met has no room to speak of.
  return Math.min(...goals.map(({ margin, met }) => margin ?? (met ? Infinity : -Infinity)));
}
