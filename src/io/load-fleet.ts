import { parseSetArgument } from "../scenario/apply-overlays.js";
import { parseFleet } from "../scenario/fleet/parse-fleet.js";
import { resolveFleet } from "../scenario/fleet/resolve-fleet.js";
import type { ResolvedFleet } from "../scenario/fleet/resolved-fleet.js";
import type { ScenarioOverlay } from "../scenario/apply-overlays.js";
import { fileFault } from "./file-fault.js";
import { openFleetTraces } from "./fleet-traces.js";
import { readScenarioTexts, type LoadedFile } from "./scenario-texts.js";

/** How a fleet is to be loaded. */
export interface LoadFleetOptions {
  readonly path: string;
  /** Arguments of `--set`, in their order: `path=value`. */
  readonly sets?: readonly string[];
  /** Values laid over the fleet after those of `sets`. */
  readonly overlays?: readonly ScenarioOverlay[];
  /** Takes the place of the fleet's seed. */
  readonly seed?: number;
  /** Folders beside the project that the fleet may read from. */
  readonly allowedFolders?: readonly string[];
}

/** A fleet with everything it needs in memory. */
export interface LoadedFleet {
  readonly fleet: ResolvedFleet;
  readonly seed: number;
  readonly inputs: readonly LoadedFile[];
}

/**
 * Reads a fleet and what it extends.
 *
 * @throws InputError with every problem found; nothing was simulated then
 */
export async function loadFleet(options: LoadFleetOptions): Promise<LoadedFleet> {
  const { texts, inputs } = await readScenarioTexts(options.path, options.allowedFolders);
  const overlays = [...(options.sets ?? []).map(parseSetArgument), ...(options.overlays ?? [])];
  const parsed = parseFleet({ ...texts, overlays, fileFault });
  const { traces, files, warnings } = await openFleetTraces(parsed.traces);
  const fleet = resolveFleet(parsed, traces);
  return {
    fleet: {
      ...fleet,
      warnings: [...fleet.warnings, ...warnings],
    },
    seed: options.seed ?? fleet.seed,
    inputs: [...inputs, ...files],
  };
}

/**
 * Whether a file says that it is a fleet: by its `schema:` line, or by that of a file it extends. What cannot be
 * read is no fleet here; whoever reads it as a scenario says what is wrong with it.
 */
export async function isFleetFile(
  path: string,
  allowedFolders: readonly string[] = [],
): Promise<boolean> {
  try {
    const { texts } = await readScenarioTexts(path, allowedFolders);
    const all = [texts.text, ...(texts.texts?.values() ?? [])];
    const named = all.map((text) => /^schema:\s*["']?(headroom\/[a-z-]+\/v\d+)/m.exec(text)?.[1]);
    return (named.find((schema) => schema !== undefined) ?? "").startsWith("headroom/fleet/");
  } catch {
    return false;
  }
}
