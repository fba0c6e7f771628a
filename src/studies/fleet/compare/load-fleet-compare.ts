import { InputError } from "../../../diagnostics/problem.js";
import { isFleetFile } from "../../../io/load-fleet.js";
import { parseSetArgument, type ScenarioOverlay } from "../../../scenario/apply-overlays.js";
import type { CompareArguments } from "../../compare/load-compare.js";
import { checkOneCurrency } from "../../compare/one-currency.js";
import { parseVariantArgument } from "../../compare/variant-argument.js";
import { loadFleetConfiguration, type FleetConfiguration } from "../fleet-configuration.js";

interface Planned {
  readonly name: string | undefined;
  readonly path: string;
  readonly overlays: readonly ScenarioOverlay[];
}

/**
 * Whether all files are fleets, or none is.
 *
 * @throws InputError when some are
 */
export async function areFleets(
  paths: readonly string[],
  allowedFolders: readonly string[],
): Promise<boolean> {
  const kinds = await Promise.all(paths.map((path) => isFleetFile(path, allowedFolders)));
  if (kinds.every((isFleet) => isFleet === kinds[0])) return kinds[0]!;
  throw new InputError([
    {
      file: paths[kinds.indexOf(true)]!,
      rule: "conflicting-fields",
      path: "schema",
      message: `is a fleet, and ${paths[kinds.indexOf(false)]!} is a scenario: they have no figure in common`,
      help: "compare fleets with fleets",
    },
  ]);
}

/**
 * Reads every fleet that is to be compared: the first file, its variants from the command line, and the other files.
 *
 * @throws InputError with the problems found, or when there is nothing to compare
 */
export async function loadFleetCompare(
  given: CompareArguments,
): Promise<readonly FleetConfiguration[]> {
  const { paths, sets, variants, allowedFolders } = given;
  const [path, ...others] = paths as readonly [string, ...string[]];
  const setAll = given.setAll.map((argument) => ({
    ...parseSetArgument(argument),
    source: `--set-all ${argument}`,
  }));
  const planned: readonly Planned[] = [
    { name: others.length === 0 ? "base" : undefined, path, overlays: [] },
    ...(sets.length === 0
      ? []
      : [{ name: sets.join(", "), path, overlays: sets.map(parseSetArgument) }]),
    ...variants.map(parseVariantArgument).map(({ name, overlays }) => ({ name, path, overlays })),
    ...others.map((other) => ({ name: undefined, path: other, overlays: [] })),
  ];
  if (planned.length < 2) {
    throw new InputError([
      {
        file: path,
        rule: "nothing-to-compare",
        message:
          "is compared with nothing: fleets have no variants of their own, and none is given",
        help: 'name a second fleet, or a variant: --set "fleet.pools[h100].spares=1"',
      },
    ]);
  }
  const taken = new Set<string>();
  const configurations: FleetConfiguration[] = [];
  for (const { name, path: file, overlays } of planned) {
    const unit = { path: file, overlays: [...setAll, ...overlays], allowedFolders };
    const loaded = await loadFleetConfiguration(name ?? file, unit);
    const wanted = name ?? loaded.loaded.fleet.name;
    let unused = wanted;
    for (let copy = 2; taken.has(unused); copy++) unused = `${wanted} (${copy})`;
    taken.add(unused);
    configurations.push({ ...loaded, name: unused });
  }
  checkOneCurrency(
    configurations.map(({ name, unit, loaded }) => ({
      ...{ name, file: unit.path },
      currency: loaded.fleet.prices?.currency,
    })),
  );
  return configurations;
}
