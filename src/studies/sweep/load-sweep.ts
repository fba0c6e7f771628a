import { plainValue, type LocatedMap } from "../../diagnostics/located-node.js";
import { InputError } from "../../diagnostics/problem.js";
import { sortProblems } from "../../diagnostics/render-problems.js";
import { readTextFileHashed } from "../../io/read-file.js";
import { readScenarioTexts, type LoadedFile } from "../../io/scenario-texts.js";
import { applyOverlays, type ScenarioOverlay } from "../../scenario/apply-overlays.js";
import { fleetFormat } from "../../scenario/fleet/fleet-format.js";
import { joinFleetNames, namesInFleet, type FleetNames } from "../../scenario/fleet/fleet-names.js";
import { readDocument } from "../../scenario/document.js";
import type { ScenarioField } from "../../scenario/field-tree.js";
import { findPath } from "../../scenario/set-path.js";
import { parseSweep, withSweepHelp, type ParsedSweep } from "./parse-sweep.js";
import { baseFields, loadSweepBase, type SweepBase } from "./sweep-base.js";
import { checkMetricsOf } from "./sweep-metrics.js";
import type { SweepPoint, SweepSpec } from "./sweep-spec.js";

/** A sweep with its scenario or fleet. */
export interface LoadedSweep {
  readonly spec: SweepSpec;
  readonly sweepFile: LoadedFile;
  /** The scenario or fleet as every point begins, with what the sweep sets everywhere. */
  readonly base: SweepBase;
  /** Root of every random stream. */
  readonly seed: number;
  readonly allowedFolders: readonly string[];
  /** Names that people made up in a fleet and in the sweep; absent for scenarios. */
  readonly names?: FleetNames;
}

/**
 * Reads a sweep file and its scenario or fleet, and checks that every path of an axis leads to a field of it.
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
  const { kind, fields } = await baseFields(spec.scenario, allowedFolders);
  const root = await checkPaths(parsed, set, { kind, fields, allowedFolders });
  const base = await loadSweepBase(kind, { path: spec.scenario, overlays: set, allowedFolders });
  return {
    spec,
    sweepFile: { path, sha256 },
    base,
    seed: spec.seed ?? base.seed,
    allowedFolders,
    ...(base.names === undefined
      ? {}
      : {
          names: joinFleetNames([base.names, { fleet: [spec.name] }, ...namesOfPoints(spec, root)]),
        }),
  };
}

/** Names that values of axes bring into a fleet; numbers bring none. */
function namesOfPoints(spec: SweepSpec, root: LocatedMap): readonly FleetNames[] {
  const { fields } = fleetFormat();
  const texts = new Map<string, ScenarioOverlay>();
  for (const point of spec.points)
    spec.axes.forEach(({ path }, axis) => {
      const value = point.values[axis];
      if (value === undefined || typeof value.value === "number") return;
      texts.set(`${path}\0${value.text}`, { path, value: value.text, source: spec.file });
    });
  return [...texts.values()].map((overlay) =>
    namesInFleet([plainValue(applyOverlays(root, [overlay], fields, []))]),
  );
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

/** @returns what points begin with */
async function checkPaths(
  { spec, context, problems }: ParsedSweep,
  set: readonly ScenarioOverlay[],
  {
    kind,
    fields,
    allowedFolders,
  }: {
    readonly kind: SweepBase["kind"];
    readonly fields: ScenarioField;
    readonly allowedFolders: readonly string[];
  },
): Promise<LocatedMap> {
  const { texts } = await readScenarioTexts(spec.scenario, allowedFolders);
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
  checkMetricsOf(kind, spec.metrics ?? [], withSet, context);
  if (problems.length > 0) throw new InputError(sortProblems(problems.map(withSweepHelp)));
  return withSet;
}
