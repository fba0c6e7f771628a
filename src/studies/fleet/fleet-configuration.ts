import { plainValue } from "../../diagnostics/located-node.js";
import type { LoadedFleet } from "../../io/load-fleet.js";
import { readScenarioTexts } from "../../io/scenario-texts.js";
import { applyOverlays, type ScenarioOverlay } from "../../scenario/apply-overlays.js";
import { readDocument } from "../../scenario/document.js";
import { fleetFormat } from "../../scenario/fleet/fleet-format.js";
import { loadUnitFleet } from "../pool/fleet-unit.js";
import type { UnitScenario } from "../pool/unit.js";

/** A fleet as a study runs it: a file and what is laid over it, checked. */
export interface FleetConfiguration {
  /** Unique among those of the study. */
  readonly name: string;
  readonly unit: UnitScenario;
  /** What the command line lays over the fleet; values as written. */
  readonly set: readonly { readonly path: string; readonly value: string }[];
  readonly loaded: LoadedFleet;
  /** The whole document as plain values, overlays laid over it. */
  readonly plain: unknown;
}

/**
 * Reads a fleet with what is laid over it.
 *
 * @throws InputError with every problem found
 */
export async function loadFleetConfiguration(
  name: string,
  unit: UnitScenario,
): Promise<FleetConfiguration> {
  const loaded = await loadUnitFleet(unit);
  const set = unit.overlays.map(({ path, value }) => ({ path, value }));
  return { name, unit, set, loaded, plain: await plainFleet(unit) };
}

async function plainFleet({ path, overlays, allowedFolders = [] }: UnitScenario): Promise<unknown> {
  const { texts } = await readScenarioTexts(path, allowedFolders);
  const { fields } = fleetFormat();
  const { root } = readDocument(texts, fields);
  return plainValue(applyOverlays(root, overlays as readonly ScenarioOverlay[], fields, []));
}
