import { InputError } from "../../diagnostics/problem.js";
import { sortProblems } from "../../diagnostics/render-problems.js";
import { readTextFileHashed } from "../../io/read-file.js";
import { readScenarioTexts, type LoadedFile } from "../../io/scenario-texts.js";
import type { LoadedScenario } from "../../io/load-scenario.js";
import { applyOverlays, type ScenarioOverlay } from "../../scenario/apply-overlays.js";
import { readDocument } from "../../scenario/document.js";
import { scenarioFormat } from "../../scenario/format.js";
import { findPath } from "../../scenario/set-path.js";
import { refuseFleet } from "../fleet/refuse-fleet.js";
import { loadUnitScenario } from "../pool/run-unit.js";
import { parseSweep, withSweepHelp, type ParsedSweep } from "./parse-sweep.js";
import type { SweepPoint, SweepSpec } from "./sweep-spec.js";

/** A sweep with its scenario. */
export interface LoadedSweep {
  readonly spec: SweepSpec;
  readonly sweepFile: LoadedFile;
  /** The scenario as every point begins, with what the sweep sets everywhere. */
  readonly base: LoadedScenario;
  /** Root of every random stream. */
  readonly seed: number;
  readonly allowedFolders: readonly string[];
}

/**
 * Reads a sweep file and its scenario, and checks that every path of an axis leads to a field of it.
 *
 * Values are not checked here: a point whose value is refused is a failed point, told with the others.
 *
 * @throws InputError with every problem found
 */
export async function loadSweep(
  path: string,
  allowedFolders: readonly string[] = [],
): Promise<LoadedSweep> {
  const { text, sha256 } = await readTextFileHashed(path);
  const parsed = parseSweep(path, text);
  const { spec } = parsed;
  const set = overlaysOfAll(spec);
  await refuseFleet("sweep", spec.scenario, allowedFolders);
  await checkPaths(parsed, set, allowedFolders);
  const base = await loadUnitScenario({ path: spec.scenario, overlays: set, allowedFolders });
  return {
    spec,
    sweepFile: { path, sha256 },
    base,
    seed: spec.seed ?? base.scenario.seed,
    allowedFolders,
  };
}

/** What every point lays over the scenario before its own values. */
function overlaysOfAll({ set, file }: SweepSpec): readonly ScenarioOverlay[] {
  return set.map(({ path, text }) => ({ path, value: text, source: `${file}: set ${path}` }));
}

/** What a point lays over the scenario: what all do, then its own values. */
export function pointOverlays(
  spec: SweepSpec,
  { index, values }: SweepPoint,
): readonly ScenarioOverlay[] {
  const own = spec.axes.flatMap(({ path }, axis) => {
    const value = values[axis];
    const source = `${spec.file}: point ${index + 1}, ${path}=${value?.text ?? ""}`;
    return value === undefined ? [] : [{ path, value: value.text, source }];
  });
  return [...overlaysOfAll(spec), ...own];
}

async function checkPaths(
  { spec, context, problems }: ParsedSweep,
  set: readonly ScenarioOverlay[],
  allowedFolders: readonly string[],
): Promise<void> {
  const { texts } = await readScenarioTexts(spec.scenario, allowedFolders);
  const { fields } = scenarioFormat();
  const { root } = readDocument(texts, fields);
  const check = (
    written: string,
    place: readonly (string | number)[],
    part: "key" | "value",
  ): void => {
    const found = findPath(written, withSet, fields);
    if (found.ok) return;
    context.report({ path: place, part, rule: "bad-set", ...found.fault });
  };
  let withSet = root;
  for (const { path } of spec.set) check(path, ["set", path], "key");
  withSet = applyOverlays(root, set, fields, []);
  if (spec.design === "list") {
    spec.points.forEach(({ values }, index) =>
      spec.axes.forEach(({ path }, axis) => {
        if (values[axis] !== undefined) check(path, ["points", index, path], "key");
      }),
    );
  } else spec.axes.forEach(({ path }, index) => check(path, ["axes", index, "path"], "value"));
  if (problems.length > 0) throw new InputError(sortProblems(problems.map(withSweepHelp)));
}
