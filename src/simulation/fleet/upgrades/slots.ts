import type { Slots, UpgradePool } from "./upgrade-spec.js";

/** Slices of compute of a GPU of which most MIG profiles are named parts. */
const MIG_SLICES = 7;

/** What one slot of a kind is of a GPU: a MIG profile by its slices of compute, any other kind a whole one. */
export function gpusOfKind(kind: string): number {
  const slices = /^([1-7])g\./.exec(kind);
  return slices === null ? 1 : Number(slices[1]) / MIG_SLICES;
}

/** GPUs that slots come to. */
export function gpusOf(slots: Slots): number {
  let gpus = 0;
  for (const [kind, count] of Object.entries(slots)) gpus += count * gpusOfKind(kind);
  return gpus;
}

/** GPUs of a node before the upgrade. */
export function gpusPerNode(pool: UpgradePool): number {
  return gpusOf(pool.slots);
}

/** For a sentence: "8 GPUs", "4 × 1g.10gb". */
export function slotsText(slots: Slots): string {
  return Object.entries(slots)
    .map(([kind, count]) =>
      kind === "gpu" ? `${count} ${count === 1 ? "GPU" : "GPUs"}` : `${count} × ${kind}`,
    )
    .join(" and ");
}
