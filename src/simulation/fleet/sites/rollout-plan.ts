import { SpecificationError } from "../../../base/specification-error.js";
import { roundedDown, roundedUp, type CountOrShare } from "../../../policy/fleet/budget.js";
import { planStages } from "../../../policy/fleet/staged-update.js";
import type { Site } from "./site-set.js";
import type { CountOrPercent, RolloutGroup, RolloutSpec } from "./sites-spec.js";

/** Azure Kubernetes Fleet Manager never updates more members of a stage at once. */
const AT_ONCE_MAX = 50;

/** One group of a stage with its sites in their order. */
export interface PlannedGroup {
  readonly name: string;
  /** Indices of sites. */
  readonly sites: readonly number[];
  readonly atOnceMax: number;
}

/** One stage with what its limits come to. */
export interface PlannedStage {
  readonly name: string;
  readonly groups: readonly PlannedGroup[];
  readonly atOnceMax: number;
  readonly failuresMax: number;
}

/**
 * Which sites each stage has, in which order, and how many of them at once: by name, or by a label with whole
 * numbers; a share of the sites rounded down for what goes at once, and up for failures.
 *
 * @throws SpecificationError when a label that orders sites is no whole number
 * @see policy/fleet/staged-update.ts
 */
export function planRollout(rollout: RolloutSpec, sites: readonly Site[]): readonly PlannedStage[] {
  const { service } = rollout;
  // A model is rolled out to the sites that serve it.
  const serving = sites.filter(
    ({ template }) =>
      service === undefined || template.serves.some((here) => here.service === service),
  );
  const indexOf = new Map(sites.map(({ name, index }) => [name, index] as const));
  return rollout.stages.map((stage) => {
    const groups = stage.groups.map((group): PlannedGroup => {
      const members = membersOf(
        group,
        serving,
        indexOf,
        `${rollout.name}/${stage.name}/${group.name}`,
      );
      return {
        name: group.name,
        sites: members,
        atOnceMax: roundedDown(asShare(group.maxConcurrency), members.length),
      };
    });
    const total = groups.reduce((sum, group) => sum + group.sites.length, 0);
    return {
      name: stage.name,
      groups,
      atOnceMax: Math.min(
        AT_ONCE_MAX,
        roundedDown(asShare(stage.maxConcurrency), total),
        groups.reduce((sum, group) => sum + Math.min(group.atOnceMax, group.sites.length), 0),
      ),
      failuresMax: roundedUp(asShare(stage.failuresMax), total),
    };
  });
}

function membersOf(
  group: RolloutGroup,
  sites: readonly Site[],
  indexOf: ReadonlyMap<string, number>,
  name: string,
): readonly number[] {
  const wanted = sites.filter(({ template, labels }) => {
    const isOfTemplate = group.templates?.includes(template.name) ?? true;
    return (
      isOfTemplate && Object.entries(group.labels).every(([key, value]) => labels[key] === value)
    );
  });
  const sorting = group.sortBy === undefined ? {} : { sortingLabelKey: group.sortBy };
  const plan = planStages([{ name, labels: {}, ...sorting }], wanted);
  if ("faults" in plan)
    throw new SpecificationError(`rollout: ${plan.faults[0] ?? "its stages cannot be planned"}`);
  return plan.stages[0]!.clusters.map((site) => indexOf.get(site)!);
}

function asShare(amount: CountOrPercent): CountOrShare {
  return amount;
}
