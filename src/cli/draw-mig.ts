import type { MigGeometry, MigPlacement } from "../hardware/mig.js";
import { migProfileOf } from "../hardware/mig.js";

/** Columns of one memory slot. */
function slotColumns(geometry: MigGeometry): number {
  return geometry.slots > 8 ? 3 : 4;
}

/** The numbers of the slots, over drawings of layouts. */
export function drawMigAxis(geometry: MigGeometry): string {
  const width = slotColumns(geometry);
  return Array.from({ length: geometry.slots }, (_, slot) => String(slot).padEnd(width))
    .join("")
    .trimEnd();
}

/**
 * A layout on its memory slots: `4g──────────── 2g──── 1g  ·`. Each instance is as long as the slots it takes;
 * a dot is a slot without an instance.
 */
export function drawMigLayout(
  geometry: MigGeometry,
  placements: readonly MigPlacement[],
  isUnused: (placement: MigPlacement, order: number) => boolean = () => false,
): string {
  const width = slotColumns(geometry);
  const cells = Array.from({ length: geometry.slots }, () => "·".padEnd(width));
  for (const [order, placement] of placements.entries()) {
    const profile = migProfileOf(geometry, placement.profile)!;
    const mark = isUnused(placement, order) ? "?" : "";
    const label = `${profile.computeSlices}g${profile.extension ?? ""}${mark}`;
    const columns = profile.slots * width;
    const drawn = label.slice(0, columns - 1).padEnd(columns - 1, "─") + " ";
    for (let slot = 0; slot < profile.slots; slot += 1) {
      cells[placement.start + slot] = drawn.slice(slot * width, (slot + 1) * width);
    }
  }
  return cells.join("").trimEnd();
}
