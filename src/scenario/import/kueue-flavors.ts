import type { Place } from "../../diagnostics/located-node.js";
import type { ImportLog } from "./imported.js";
import type { FoundGroup, FoundQuota } from "./kueue-quotas.js";

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
 * Brings flavors to what a scenario can express, and notes every change.
 *
 * With one flavor all quotas stay. With several, a job finds its flavor by the GPU model it asks for: quotas
 * without GPUs are left out, and flavors of one model become one with their quotas added up.
 */
export function keepExpressible(found: FlavoredQuotas, log: ImportLog): FlavoredQuotas {
  const flavors = usedFlavors(found, log);
  if (flavors.length < 2) return { ...found, flavors };
  const withGpus = mapGroups(found, (groups) => withoutOtherGroups(groups, log));
  const used = new Set(
    groupsOf(withGpus).flatMap((group) => group.flavors.map(({ flavor }) => flavor)),
  );
  const kept = flavors.filter(({ name }) => used.has(name));
  const result = { ...withGpus, flavors: kept };
  return kept.length < 2 ? result : mergeModels(result, log);
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

function mapGroups(
  found: FlavoredQuotas,
  change: (groups: readonly FoundGroup[]) => readonly FoundGroup[],
): FlavoredQuotas {
  const changed = (owners: readonly FoundOwner[]) =>
    owners.map((owner) => ({ ...owner, groups: change(owner.groups) }));
  return { ...found, queues: changed(found.queues), cohorts: changed(found.cohorts) };
}

/** Groups without GPUs have flavors of their own, and a job has only the one of its GPU model. */
function withoutOtherGroups(groups: readonly FoundGroup[], log: ImportLog): readonly FoundGroup[] {
  return groups.filter(({ resources, file, line, path }) => {
    if (resources.includes("gpu")) return true;
    const why = `the flavors of ${resources.join(" and ")} are not those of the GPUs, and where there are several flavors a job has the one of its GPU model for all its resources`;
    log.ignored.push({ file, line, path, why });
    return false;
  });
}

/** Flavors of one GPU model, such as on-demand and spot, become the first of them. */
function mergeModels(found: FlavoredQuotas, log: ImportLog): FlavoredQuotas {
  const firstOfModel = new Map<string, string>();
  const target = new Map<string, string>();
  for (const { name, gpu, place } of found.flavors) {
    if (gpu === undefined) {
      log.problems.push({
        ...place,
        rule: "missing-gpu",
        message: `flavor "${name}" has no label nvidia.com/gpu.product, and with several flavors jobs find theirs by GPU model`,
        help: `say the model with --gpu "${name}=H100 SXM5-80GB"`,
      });
      continue;
    }
    const first = firstOfModel.get(gpu) ?? name;
    firstOfModel.set(gpu, first);
    target.set(name, first);
    if (first === name) continue;
    const why = `it is ${gpu} like flavor "${first}", and jobs tell flavors by GPU model: the quotas of both are added up, so that a gang may take quota of both`;
    log.ignored.push({
      file: place.file,
      line: place.line ?? 1,
      path: `ResourceFlavor ${name}`,
      why,
    });
  }
  const nameOf = (flavor: string): string => target.get(flavor) ?? flavor;
  const merged = mapGroups(found, (groups) =>
    groups.map((group) => {
      const quotas = new Map<string, readonly FoundQuota[]>();
      for (const { flavor, resources } of group.flavors) {
        const known = quotas.get(nameOf(flavor));
        const together = known?.map((left, index) => sumOf(left, resources[index]!));
        quotas.set(nameOf(flavor), together ?? resources);
      }
      return {
        ...group,
        flavors: [...quotas].map(([flavor, resources]) => ({ flavor, resources })),
      };
    }),
  );
  return { ...merged, flavors: found.flavors.filter(({ name }) => nameOf(name) === name) };
}

/** Quotas of both; without a limit on one there is none on the sum. */
function sumOf(left: FoundQuota, right: FoundQuota): FoundQuota {
  const limit = (field: "borrowingLimit" | "lendingLimit") =>
    left[field] === undefined || right[field] === undefined
      ? {}
      : { [field]: left[field] + right[field] };
  return {
    resource: left.resource,
    nominal: left.nominal + right.nominal,
    ...limit("borrowingLimit"),
    ...limit("lendingLimit"),
  };
}
