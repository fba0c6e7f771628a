import { partsOf, type FleetRun } from "../../simulation/fleet/simulate-fleet.js";

/** Every figure of one run by its dotted path, and what its parts say a reader must know. */
export function figuresOfRun(run: FleetRun): {
  readonly figures: ReadonlyMap<string, number | null>;
  readonly warnings: readonly string[];
} {
  const figures = new Map<string, number | null>();
  const parts = partsOf(run);
  for (const [part, { figures: own }] of parts) {
    for (const [path, value] of own) {
      if (figures.has(path)) throw new Error(`fleet: ${part} gives the figure ${path} again`);
      if (value !== null && !Number.isFinite(value))
        throw new Error(`fleet: ${part} gives ${value} for the figure ${path}`);
      figures.set(path, value);
    }
  }
  return { figures, warnings: parts.flatMap(([, part]) => part.warnings) };
}
