import { createGpuNames } from "../../hardware/gpu-names.js";
import { migGeometryOf } from "../../hardware/mig/find-mig-geometry.js";
import { migProfileOf, type MigGeometry } from "../../hardware/mig/mig-geometry.js";
import { impossibleMigMixText, unknownMigProfile } from "../../hardware/mig/parse-mig-mix.js";
import { placeMigMix } from "../../hardware/mig/place-mig-mix.js";
import type { Slots } from "../../simulation/fleet/upgrades/upgrade-spec.js";
import type { Finding } from "../check-context.js";
import { POOL_DEFAULTS, type PoolInput } from "./schema/pools-schema.js";

/** Canonical name of a GPU of the catalogue, or undefined. */
export function canonicalGpu(name: string): string | undefined {
  const found = createGpuNames([]).resolve(name);
  return found.kind === "catalogue" ? found.name : undefined;
}

/** Why a name is no GPU of the catalogue. */
export function gpuFault(
  name: string,
): Pick<Finding, "message" | "allowed" | "suggestion"> | undefined {
  const found = createGpuNames([]).resolve(name);
  if (found.kind === "catalogue") return undefined;
  if (found.kind === "ambiguous")
    return { message: `"${name}" fits several GPUs that differ`, allowed: found.names };
  return {
    message: `"${name}" is not one GPU of the catalogue`,
    ...(found.kind === "unknown" && found.suggestion !== undefined
      ? { suggestion: found.suggestion }
      : {}),
  };
}

/** How a GPU can be divided, or undefined. */
export function findMigGeometry(gpu: string): MigGeometry | undefined {
  const name = canonicalGpu(gpu);
  return name === undefined ? undefined : migGeometryOf(name);
}

/** Why instances cannot stand on one GPU. */
export function layoutFault(
  gpu: string,
  layout: readonly string[],
): Pick<Finding, "rule" | "message" | "allowed" | "suggestion"> | undefined {
  const geometry = findMigGeometry(gpu)!;
  const unknown = layout.find((name) => migProfileOf(geometry, name) === undefined);
  if (unknown !== undefined) {
    const { message, allowed, suggestion } = unknownMigProfile(geometry, unknown);
    return {
      rule: "unknown-mig-profile",
      message,
      ...(allowed === undefined ? {} : { allowed }),
      ...(suggestion === undefined ? {} : { suggestion }),
    };
  }
  const mix = mixOf(geometry, layout);
  if (placeMigMix(geometry, mix) !== undefined) return undefined;
  return { rule: "impossible-mig-layout", message: impossibleMigMixText(geometry, mix) };
}

/** What a node of a pool offers. */
export function slotsOfPool({ gpu, gpusPerNode, layout }: PoolInput): Slots {
  const gpus = gpusPerNode ?? POOL_DEFAULTS.gpusPerNode;
  if (layout === undefined) return { gpu: gpus };
  const mix = mixOf(findMigGeometry(gpu)!, layout);
  return Object.fromEntries(Object.entries(mix).map(([name, count]) => [name, count * gpus]));
}

/** What a replica or worker takes. */
export function slotsOfPod(
  { gpus, profile }: { readonly gpus?: number | undefined; readonly profile?: string | undefined },
  gpu: string,
): Slots {
  if (profile === undefined) return { gpu: gpus! };
  const geometry = findMigGeometry(gpu);
  const known = geometry === undefined ? undefined : migProfileOf(geometry, profile);
  return { [known?.name ?? profile]: 1 };
}

function mixOf(geometry: MigGeometry, layout: readonly string[]): Readonly<Record<string, number>> {
  const mix: Record<string, number> = {};
  for (const written of layout) {
    const { name } = migProfileOf(geometry, written)!;
    mix[name] = (mix[name] ?? 0) + 1;
  }
  return mix;
}
