import { formatNumber } from "../../base/units.js";
import type { ScenarioOverlay } from "../../scenario/apply-overlays.js";
import type { Goal } from "../../scenario/resolved.js";
import { findMetric } from "../../scenario/metrics.js";
import { VERSION } from "../../io/version.js";
import type { ScenarioPool } from "../pool/scenario-pool.js";
import type { Factor } from "../sensitivity/factor.js";
import { ledgerFactors, notVaried } from "../sensitivity/ledger-factors.js";
import { runSensitivity } from "../sensitivity/run-sensitivity.js";
import type { FactorSwing, SensitivityDocument } from "../sensitivity/sensitivity-document.js";
import type { CheaperPlan } from "./choose.js";
import { pointOverlays } from "./evaluate.js";
import type { PlanSpace } from "./family.js";
import type { PlanCandidate } from "./figures.js";
import { situationsOf } from "./judge.js";
import type { PlanGrowthResult, PlanOption, PlanSensitivityResult } from "./plan-document.js";

/** The load of a scenario, as its ledger names it. */
const LOAD = "load";
/** Part of a range that a flip is found to: a plan spends its runs on the search. */
const RESOLUTION = 0.05;

/** What is asked about, and what is known of it. */
export interface PlanSensitivityInput {
  readonly space: PlanSpace;
  readonly pool: ScenarioPool;
  readonly goals: readonly Goal[];
  readonly currency: string | null;
  readonly best: { readonly candidate: PlanCandidate; readonly option: PlanOption };
  readonly cheaper: CheaperPlan | null;
  /** Says already from which load on the answer is too small. */
  readonly growth: PlanGrowthResult | null;
  readonly onProgress: (runs: number) => void;
}

/**
 * Which assumed numbers would change the answer: those at which it no longer meets every goal, and those at which the
 * cheaper plan beside it would do.
 *
 * Every number of the ledger that a field takes goes to both ends of its range, everything else stays, on the random
 * streams of the search. Both plans are looked at in the state of the cluster in which their tightest goal is: as
 * planned, or without the nodes that must be survived.
 */
export async function planSensitivity(input: PlanSensitivityInput): Promise<PlanSensitivityResult> {
  const { best, cheaper, growth, onProgress } = input;
  const ofBest = await sensitivityOf(best, input, { unsearched: new Set([LOAD]), onProgress });
  const ofCheaper =
    cheaper === null
      ? undefined
      : await sensitivityOf(cheaper, input, {
          unsearched: new Set(),
          onProgress: (runs) => {
            onProgress(ofBest.runs + runs);
          },
        });
  return {
    metric: ofBest.metric,
    unit: ofBest.unit,
    base: ofBest.base,
    goalsMet: ofBest.goalsMet,
    replications: input.space.spec.replicationsFirst,
    runs: ofBest.runs + (ofCheaper?.runs ?? 0),
    without: situationOf(best, input).without,
    factors: ofBest.factors.map((factor) => ({
      ...factor,
      flip: !ofBest.goalsMet ? null : factor.id === LOAD ? loadFlip(factor, growth) : factor.flip,
    })),
    notVaried: ofBest.notVaried,
    cheaper: (ofCheaper?.factors ?? []).flatMap(({ id, label, value, flip }) =>
      flip === null || !flip.goalsMet ? [] : [{ id, label, value, flip }],
    ),
  };
}

/** A study of one plan. */
async function sensitivityOf(
  plan: PlanSensitivityInput["best"],
  input: PlanSensitivityInput,
  study: { readonly unsearched: ReadonlySet<string>; readonly onProgress: (runs: number) => void },
): Promise<SensitivityDocument> {
  const { space, pool, goals, currency } = input;
  const { resolved } = plan.candidate.family.loaded;
  const { replicationsFirst } = space.spec;
  const factors = factorsOf(plan.candidate);
  const replications = resolved.isRandom ? replicationsFirst : 1;
  return runSensitivity({
    pool,
    ...{ name: plan.option.label, question: null, version: VERSION },
    scenario: { ...space.base, overlays: situationOf(plan, input).overlays },
    seed: space.seed,
    replications,
    // Another load is drawn, even where nothing else is: which jobs come twice, or not at all.
    replicationsOf: (overlays) =>
      overlays.some(({ path }) => path === "workload.load") ? replicationsFirst : replications,
    metrics: [...new Set(goals.map(({ metric }) => metric))],
    goals,
    factors,
    notVaried: notVaried(resolved, factors),
    unitOf: (path) => {
      const unit = findMetric(path)?.unit ?? "";
      return unit === "currency" ? (currency ?? "") : unit;
    },
    confidence: space.spec.confidence,
    decidedBy: "all goals",
    unsearched: study.unsearched,
    resolution: RESOLUTION,
    trajectories: 0,
    onProgress: study.onProgress,
  });
}

/** Numbers of the ledger; the load only where there are jobs. */
function factorsOf({ family }: PlanCandidate): readonly Factor[] {
  const factors = ledgerFactors(family.loaded.resolved);
  return family.loaded.jobs.count > 0 ? factors : factors.filter(({ id }) => id !== LOAD);
}

/** The state of the cluster in which the tightest goal of a plan is. */
function situationOf(
  { candidate, option }: PlanSensitivityInput["best"],
  { space, goals }: PlanSensitivityInput,
): { readonly overlays: readonly ScenarioOverlay[]; readonly without: string | null } {
  const situations = situationsOf(candidate, space.spec);
  const rooms = option.goals.map(({ met, margin }) => margin ?? (met ? Infinity : -Infinity));
  // Goals stand situation by situation.
  const place = Math.floor(rooms.indexOf(Math.min(...rooms)) / Math.max(1, goals.length));
  const { point } = situations[Math.max(0, place)]!;
  return {
    overlays: pointOverlays(point, space.spec),
    without: option.goals[Math.max(0, place) * goals.length]?.without ?? null,
  };
}

/** From which load on the answer is too small, as its growth was found; null where that is outside the range. */
function loadFlip(
  { value, high }: FactorSwing,
  growth: PlanGrowthResult | null,
): FactorSwing["flip"] {
  if (value === null || growth === null || growth.failsAt === null) return null;
  const fails = value * (1 + growth.failsAt);
  if (fails > high.value) return null;
  return {
    value: fails,
    text: `above ${formatNumber(Number((value * (1 + growth.meetsUpTo)).toPrecision(4)))}`,
    side: "above",
    goalsMet: false,
    goals: growth.goal === null ? [] : [growth.goal],
  };
}
