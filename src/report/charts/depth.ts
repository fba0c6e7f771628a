/** One hue from light to dark, for cells: readable in print, on both pages and without colour. */
export const DEPTH_RANGE = ["#e6eef5", "#0a3d62"] as const;

/** Ink on such a cell. `field` is its depth, 0..1. */
export function depthInk(field: string): Readonly<Record<string, unknown>> {
  return {
    condition: { test: `datum.${field} > 0.5`, value: "#ffffff" },
    value: "#14181d",
  };
}
