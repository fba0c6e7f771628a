import { nodeAt } from "../../diagnostics/located-node.js";
import { readScenarioTexts } from "../../io/scenario-texts.js";
import { applyOverlays, type ScenarioOverlay } from "../../scenario/apply-overlays.js";
import { readDocument } from "../../scenario/document.js";
import { scenarioFormat } from "../../scenario/format.js";
import type { ScenarioField } from "../../scenario/field-tree.js";
import { findPath } from "../../scenario/set-path.js";
import type { Factor } from "./factor.js";
import { parseUnitless } from "./number-with-unit.js";

/**
 * The factors with the values the scenario writes for their fields, where it writes a number with the same unit.
 * What is not written, or in another unit, stays unknown.
 *
 * @param fields the format of the file; that of scenarios when absent
 */
export async function withWrittenValues(
  factors: readonly Factor[],
  path: string,
  overlays: readonly ScenarioOverlay[],
  allowedFolders: readonly string[],
  fields: ScenarioField = scenarioFormat().fields,
): Promise<readonly Factor[]> {
  const { texts } = await readScenarioTexts(path, allowedFolders);
  const { root } = readDocument(texts, fields);
  const document = applyOverlays(root, overlays, fields, []);
  return factors.map((factor) => {
    if (factor.value !== undefined) return factor;
    const found = findPath(factor.path, document, fields);
    const node = found.ok ? nodeAt(document, found.path) : undefined;
    const written = node?.kind === "scalar" ? parseUnitless(String(node.value)) : undefined;
    return written?.unit === factor.unit ? { ...factor, value: written.number } : factor;
  });
}
