import { formatDuration } from "../../base/units.js";
import type {
  CountOrPercent,
  RolloutGroup,
  RolloutSpec,
  RolloutStage,
} from "../../simulation/fleet/sites/sites-spec.js";
import type { Assume } from "./assume.js";
import type { FleetDocument } from "./schema/fleet-schema.js";
import { ROLLOUT_DEFAULTS, type RolloutInput } from "./schema/rollouts-schema.js";

type StageInput = RolloutInput["stages"][number];
type GroupInput = StageInput["groups"][number];

/** Builds the staged updates of sites. */
export function resolveRollouts(spec: FleetDocument, assume: Assume): readonly RolloutSpec[] {
  return (spec.rollouts ?? []).map((rollout) => {
    noteRollout(rollout, assume);
    const service = (spec.workload?.services ?? []).findIndex(
      ({ name }) => name === rollout.service,
    );
    return {
      name: rollout.name,
      startS: rollout.start ?? 0,
      ...(rollout.what === "model" ? { service } : {}),
      bytes: rollout.bytes,
      restartS: rollout.restart,
      wholeFirst: rollout.wholeFirst ?? true,
      failureChance: rollout.failureChance ?? ROLLOUT_DEFAULTS.failureChance,
      stages: rollout.stages.map((stage, index) => resolveStage(stage, index, rollout.stages)),
      ...(rollout.window === undefined
        ? {}
        : {
            window: {
              fromS: rollout.window.fromHour * 3_600,
              durationS: rollout.window.for,
            },
          }),
      pollS: rollout.poll ?? ROLLOUT_DEFAULTS.pollS,
      disconnected: rollout.disconnected === "skip" ? "skip" : "wait",
      ...(rollout.giveUp === undefined ? {} : { giveUpS: rollout.giveUp }),
    };
  });
}

function resolveStage(
  stage: StageInput,
  index: number,
  stages: readonly StageInput[],
): RolloutStage {
  const before = index === 0 ? [] : [index - 1];
  return {
    name: stage.name,
    after: stage.after?.map((name) => stages.findIndex((one) => one.name === name)) ?? before,
    groups: stage.groups.map(resolveGroup),
    maxConcurrency: amount(stage.maxConcurrency ?? ROLLOUT_DEFAULTS.stageConcurrency),
    failuresMax: amount(stage.failuresMax ?? ROLLOUT_DEFAULTS.failuresMax),
    ...(stage.approvalBefore === undefined ? {} : { approvalBeforeS: stage.approvalBefore }),
    waitS: stage.wait ?? 0,
    ...(stage.approvalAfter === undefined ? {} : { approvalAfterS: stage.approvalAfter }),
  };
}

function resolveGroup(group: GroupInput): RolloutGroup {
  return {
    name: group.name,
    ...(group.sites === undefined ? {} : { templates: group.sites }),
    labels: group.labels ?? {},
    ...(group.sortBy === undefined ? {} : { sortBy: group.sortBy }),
    maxConcurrency: amount(group.maxConcurrency ?? ROLLOUT_DEFAULTS.groupConcurrency),
  };
}

function amount(given: number | string): CountOrPercent {
  return typeof given === "number" ? { count: given } : { percent: Number(given.slice(0, -1)) };
}

function noteRollout(rollout: RolloutInput, assume: Assume): void {
  const id = (field: string): string => `rollouts[${rollout.name}].${field}`;
  assume({
    id: id("restart"),
    what: `Time a node is away in ${rollout.name}`,
    value: formatDuration(rollout.restart),
    provenance: "given",
    source: "the file of the fleet",
  });
  if (rollout.failureChance === undefined)
    assume({
      id: id("failureChance"),
      what: `Chance that a site fails in ${rollout.name}`,
      value: "0 %",
      provenance: "assumed",
      source: "default",
    });
  if (rollout.poll === undefined)
    assume({
      id: id("poll"),
      what: `How often ${rollout.name} looks again at sites that were not ready`,
      value: formatDuration(ROLLOUT_DEFAULTS.pollS),
      provenance: "published",
      source: "Azure Kubernetes Fleet Manager polls maintenance windows every 60 min",
    });
}
