import { plainValue } from "../../diagnostics/located-node.js";
import { InputError } from "../../diagnostics/problem.js";
import { loadScenario } from "../../io/load-scenario.js";
import { readScenarioTexts } from "../../io/scenario-texts.js";
import type { LoadedTrace } from "../../io/scenario-traces.js";
import {
  applyOverlays,
  parseSetArgument,
  type ScenarioOverlay,
} from "../../scenario/apply-overlays.js";
import { readDocument } from "../../scenario/document.js";
import { scenarioFormat } from "../../scenario/format.js";
import { loadUnitScenario } from "../pool/run-unit.js";
import type { UnitScenario } from "../pool/unit.js";
import type { RequestedConfiguration } from "./compare-request.js";
import { checkOneCurrency } from "./one-currency.js";
import { parseVariantArgument } from "./variant-argument.js";

/** What the command line says is to be compared. */
export interface CompareArguments {
  /** Scenario files, at least one. */
  readonly paths: readonly string[];
  /** Arguments of `--set`: together one variant of the first file. */
  readonly sets: readonly string[];
  /** Arguments of `--variant`, one variant of the first file each. */
  readonly variants: readonly string[];
  /** Arguments of `--set-all`: laid over every configuration before anything else. */
  readonly setAll: readonly string[];
  readonly allowedFolders: readonly string[];
}

interface Planned {
  readonly name: string;
  readonly path: string;
  readonly overlays: readonly ScenarioOverlay[];
}

/**
 * Reads every configuration that is to be compared: the first file, its variants from the command line, and the
 * other files. One file alone is compared with the variants it has itself.
 *
 * @throws InputError with the problems found, or when there is nothing to compare
 */
export async function loadCompare(
  given: CompareArguments,
): Promise<readonly RequestedConfiguration[]> {
  const { paths, allowedFolders } = given;
  const traces = new Map<string, LoadedTrace>();
  const setAll = given.setAll.map((argument) => ({
    ...parseSetArgument(argument),
    source: `--set-all ${argument}`,
  }));
  const planned = [...(await configurationsOf(given, setAll, traces))];
  if (planned.length < 2) {
    throw new InputError([
      {
        file: paths[0]!,
        rule: "nothing-to-compare",
        message: "is compared with nothing: it has no variants, and none is given",
        help: 'name a second scenario, or a variant: --set cluster.nodes[0].count=10 or --variant "ten nodes: cluster.nodes[0].count=10"',
      },
    ]);
  }
  const names = new Set<string>();
  const configurations: RequestedConfiguration[] = [];
  for (const { name, path, overlays } of planned) {
    const unit: UnitScenario = { path, overlays: [...setAll, ...overlays], allowedFolders };
    const loaded = await loadUnitScenario(unit, traces);
    configurations.push({
      name: unusedName(name, names),
      unit,
      set: unit.overlays.map(({ path: field, value }) => ({ path: field, value })),
      loaded,
      plain: await plainScenario(unit),
    });
  }
  checkOneCurrency(
    configurations.map(({ name, unit, loaded }) => ({
      ...{ name, file: unit.path },
      currency: loaded.base.resolved.cost?.currency,
    })),
  );
  return configurations;
}

async function configurationsOf(
  { paths, sets, variants, allowedFolders }: CompareArguments,
  setAll: readonly ScenarioOverlay[],
  traces: Map<string, LoadedTrace>,
): Promise<readonly Planned[]> {
  const [first, ...others] = paths;
  const path = first!;
  const named = variants.map(parseVariantArgument);
  const fromSets: Planned[] =
    sets.length === 0
      ? []
      : [{ name: sets.join(", "), path, overlays: sets.map(parseSetArgument) }];
  const asked = [
    ...fromSets,
    ...named.map(({ name, overlays }) => ({ name, path, overlays })),
    ...(await Promise.all(
      others.map(async (other) => ({
        name: await scenarioName(other, allowedFolders),
        path: other,
        overlays: [],
      })),
    )),
  ];
  if (asked.length > 0) {
    const name = others.length === 0 ? "base" : await scenarioName(path, allowedFolders);
    return [{ name, path, overlays: [] }, ...asked];
  }
  const { variants: own } = await loadScenario({ path, overlays: setAll, allowedFolders, traces });
  return [
    { name: "base", path, overlays: [] },
    ...own.map(({ resolved }) => ({
      name: resolved.name!,
      path,
      overlays: Object.entries(resolved.set).map(([field, value]) => ({
        path: field,
        // JSON is YAML.
        value: JSON.stringify(value ?? null),
        source: `variant "${resolved.name!}" of ${path}`,
      })),
    })),
  ];
}

/** Name that a scenario gives itself; its path where it gives none that can be read. */
async function scenarioName(path: string, allowedFolders: readonly string[]): Promise<string> {
  const plain = await plainScenario({ path, overlays: [], allowedFolders });
  const name = (plain as { readonly name?: unknown } | null)?.name;
  return typeof name === "string" ? name : path;
}

/** The whole scenario as plain values, with what it extends and what is laid over it. */
async function plainScenario({
  path,
  overlays,
  allowedFolders = [],
}: UnitScenario): Promise<unknown> {
  const { texts } = await readScenarioTexts(path, allowedFolders);
  const { fields } = scenarioFormat();
  const { root } = readDocument(texts, fields);
  return plainValue(applyOverlays(root, overlays, fields, []));
}

/** Two scenarios may well have one name: a line of a chart must still be one configuration. */
function unusedName(name: string, taken: Set<string>): string {
  let unused = name;
  for (let copy = 2; taken.has(unused); copy++) unused = `${name} (${copy})`;
  taken.add(unused);
  return unused;
}
