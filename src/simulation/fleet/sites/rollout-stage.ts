import type { StageOutcome } from "./rollout-book.js";
import type { PlannedStage } from "./rollout-plan.js";

/** A group while its stage goes on. */
export interface GroupState {
  readonly atOnceMax: number;
  /** Sites that were not tried since the last look at all of them. */
  queue: number[];
  /** Sites that were not ready when it was their turn. */
  deferred: number[];
  underWay: number;
}

/** A stage while it goes on. */
export interface StageState {
  readonly plan: PlannedStage;
  readonly groups: readonly GroupState[];
  underWay: number;
  atOnceSeen: number;
  /** Sites that are neither done nor left out. */
  left: number;
  beganS: number | null;
  sitesDoneS: number | null;
  endedS: number | null;
  updated: number;
  failed: number;
  skipped: number;
  /** True while a look at its deferred sites is scheduled. */
  isPolling: boolean;
}

/** A stage before its beginning. */
export function createStageState(plan: PlannedStage): StageState {
  return {
    plan,
    groups: plan.groups.map((group) => ({
      atOnceMax: group.atOnceMax,
      queue: [...group.sites].reverse(),
      deferred: [],
      underWay: 0,
    })),
    underWay: 0,
    atOnceSeen: 0,
    left: sitesOf(plan),
    beganS: null,
    sitesDoneS: null,
    endedS: null,
    updated: 0,
    failed: 0,
    skipped: 0,
    isPolling: false,
  };
}

/** What has become of a stage by now. */
export function stageOutcome(stage: StageState): StageOutcome {
  const { plan, atOnceSeen, beganS, sitesDoneS, endedS, updated, failed, skipped } = stage;
  return {
    name: plan.name,
    sites: sitesOf(plan),
    atOnceMax: plan.atOnceMax,
    atOnceSeen,
    beganS,
    sitesDoneS,
    endedS,
    updated,
    failed,
    skipped,
  };
}

function sitesOf({ groups }: PlannedStage): number {
  return groups.reduce((sum, { sites }) => sum + sites.length, 0);
}
