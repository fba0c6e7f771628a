import type { Place } from "../../diagnostics/located-node.js";
import type { ImportLog } from "./imported.js";
import type { FoundGroup } from "./kueue-quotas.js";

/** A flavor, and where it is written or first used. */
export interface FoundFlavor {
  readonly name: string;
  readonly gpu?: string;
  readonly place: Place;
}

/** A queue or cohort with its quotas; the other fields are written as they are. */
export interface FoundOwner {
  readonly name: string;
  readonly groups: readonly FoundGroup[];
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Queues, cohorts and the flavors they use. */
export interface FlavoredQuotas {
  readonly flavors: readonly FoundFlavor[];
  readonly queues: readonly FoundOwner[];
  readonly cohorts: readonly FoundOwner[];
}

/**
 * Brings flavors to what a scenario can express, and notes what differs.
 *
 * Where several flavors have GPU quotas, each needs its GPU model: a job may use those whose model it accepts.
 */
export function keepExpressible(found: FlavoredQuotas, log: ImportLog): FlavoredQuotas {
  const flavors = usedFlavors(found, log);
  const withGpus = new Set(
    groupsOf(found)
      .filter(({ resources }) => resources.includes("gpu"))
      .flatMap((group) => group.flavors.map(({ flavor }) => flavor)),
  );
  if (withGpus.size > 1) checkModels(flavors, withGpus, log);
  return { ...found, flavors };
}

/** Flavors that a quota uses; those without a ResourceFlavor are noted. */
function usedFlavors(found: FlavoredQuotas, log: ImportLog): readonly FoundFlavor[] {
  const known = new Map(found.flavors.map((flavor) => [flavor.name, flavor]));
  const used = new Set<string>();
  for (const { file, line, flavors } of groupsOf(found)) {
    for (const { flavor: name } of flavors) {
      used.add(name);
      if (known.has(name)) continue;
      known.set(name, { name, place: { file, line } });
      log.notes.push(
        `there is no ResourceFlavor "${name}" in the input: it is used without a GPU model`,
      );
    }
  }
  for (const { name, place } of found.flavors) {
    if (used.has(name)) continue;
    const { file, line = 1 } = place;
    log.ignored.push({ file, line, path: `ResourceFlavor ${name}`, why: "no quota uses it" });
  }
  return [...known.values()].filter(({ name }) => used.has(name));
}

function groupsOf({ queues, cohorts }: FlavoredQuotas): readonly FoundGroup[] {
  return [...queues, ...cohorts].flatMap(({ groups }) => groups);
}

/** Every flavor with GPU quota has a model; flavors of one model share its nodes. */
function checkModels(
  flavors: readonly FoundFlavor[],
  withGpus: ReadonlySet<string>,
  log: ImportLog,
): void {
  const firstOfModel = new Map<string, string>();
  for (const { name, gpu, place } of flavors) {
    if (!withGpus.has(name)) continue;
    if (gpu === undefined) {
      log.problems.push({
        ...place,
        rule: "missing-gpu",
        message: `flavor "${name}" has no label nvidia.com/gpu.product, and with several flavors of GPUs jobs find theirs by GPU model`,
        help: `say the model with --gpu "${name}=H100 SXM5-80GB"`,
      });
      continue;
    }
    const first = firstOfModel.get(gpu);
    if (first === undefined) firstOfModel.set(gpu, name);
    else {
      log.notes.push(
        `flavors "${first}" and "${name}" are both ${gpu}: their quotas are kept apart, their nodes are not, so that a job admitted under one may be placed on nodes of the other`,
      );
    }
  }
}
