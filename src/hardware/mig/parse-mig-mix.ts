import { didYouMean } from "../../diagnostics/did-you-mean.js";
import type { MigGeometry, MigProfile } from "./mig-geometry.js";
import { migProfileOf } from "./mig-geometry.js";
import type { MigMix } from "./mig-layout.js";
import { migMixText } from "./mig-layout.js";
import { nearestMigMixes } from "./nearest-mig-mixes.js";

/** Something wrong with a text that names profiles and counts. */
export interface MigMixProblem {
  readonly rule: "not-a-mix" | "unknown-profile" | "bad-count" | "duplicate";
  readonly message: string;
  readonly allowed?: readonly string[];
  readonly suggestion?: string;
}

/** What became of such a text. */
export type ParsedMigMix =
  | { readonly ok: true; readonly mix: MigMix }
  | { readonly ok: false; readonly problems: readonly MigMixProblem[] };

/** Instances of one profile that can be asked for at once; far beyond any fleet, within exact integers. */
export const MIG_COUNT_MAX = 10_000_000;

/** Reads `1g.10gb=5,3g.40gb=2`; every problem of it at once. */
export function parseMigMix(geometry: MigGeometry, text: string): ParsedMigMix {
  const problems: MigMixProblem[] = [];
  const mix: Record<string, number> = {};
  for (const part of text.split(",")) {
    const [written = "", count, ...more] = part.split("=").map((word) => word.trim());
    if (written === "" || count === undefined || more.length > 0) {
      const message = `"${part.trim()}" must be profile=count, such as ${geometry.profiles[0]!.name}=2`;
      problems.push({ rule: "not-a-mix", message });
      continue;
    }
    const profile = migProfileOf(geometry, written);
    if (profile === undefined) problems.push(unknownMigProfile(geometry, written));
    if (!/^\d+$/.test(count) || Number(count) < 1 || Number(count) > MIG_COUNT_MAX) {
      problems.push({
        rule: "bad-count",
        message: `the count of ${written} must be a whole number from 1 to ${MIG_COUNT_MAX}, got "${count}"`,
      });
    } else if (profile !== undefined) {
      if (mix[profile.name] !== undefined) {
        problems.push({ rule: "duplicate", message: `${profile.name} is named twice` });
      }
      mix[profile.name] = Number(count);
    }
  }
  return problems.length === 0 ? { ok: true, mix } : { ok: false, problems };
}

/** The problem of a profile that a GPU does not have, with the nearest one and all of them. */
export function unknownMigProfile(geometry: MigGeometry, name: string): MigMixProblem {
  const suggestion = nearestMigProfile(geometry, name)?.name;
  return {
    rule: "unknown-profile",
    message: `${geometry.gpuModels[0]!} has no MIG profile "${name}"`,
    allowed: geometry.profiles.map((profile) => profile.name),
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

/**
 * The profile that was probably meant. The number before the `g` counts most: `3g.20gb` on a GPU of 80 GB
 * means its 3g, whose label is another on every GPU.
 */
export function nearestMigProfile(geometry: MigGeometry, name: string): MigProfile | undefined {
  const slices = /(\d+)g/.exec(name.toLowerCase())?.[1];
  const alike = geometry.profiles.filter((each) => String(each.computeSlices) === slices);
  const pool = alike.length > 0 ? alike : geometry.profiles;
  const nearest = didYouMean(
    name,
    pool.map((each) => each.name),
  );
  return pool.find((each) => each.name === nearest) ?? alike[0];
}

/** Why a mix cannot stand on one GPU, and the legal ones nearest to it: one sentence for an error. */
export function impossibleMigMixText(geometry: MigGeometry, mix: MigMix): string {
  const near = nearestMigMixes(geometry, mix).map((each) => migMixText(geometry, each.mix));
  return (
    `${migMixText(geometry, mix)} cannot stand on one ${geometry.gpuModels[0]!}; ` +
    `the nearest layouts that can: ${near.join("; ")}`
  );
}
