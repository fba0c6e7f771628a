import { parseDuration } from "../../base/units.js";
import type { LocatedMap } from "../../diagnostics/located-node.js";
import { plainValue } from "../../diagnostics/located-node.js";
import type { ScenarioField } from "../../scenario/field-tree.js";
import type { Assumption } from "../../scenario/resolved.js";
import { findPath } from "../../scenario/set-path.js";
import type { Factor } from "./factor.js";
import { parseUnitless } from "./number-with-unit.js";

/** Demand that comes is not the demand that was written: a tenth more or less is little. */
const DEMAND_SPREAD = 0.1;
/** A number nobody published may as well be half of it, or twice. */
const ASSUMED_TIMES = 2;

/** Units as the ledger prints them, and as fields are written. */
const WRITTEN_UNITS: Readonly<Record<string, string>> = { min: "m" };

/**
 * What of a fleet can be varied: what its members are asked to do, and numbers of the ledger that are assumed and whose
 * id is the field that takes them.
 *
 * @param document the fleet as it is run
 */
export function fleetFactors(
  document: LocatedMap,
  fields: ScenarioField,
  assumptions: readonly Assumption[],
): readonly Factor[] {
  const isField = ({ path }: Factor): boolean => findPath(path, document, fields).ok;
  const factors = [
    ...demandFactors(plainValue(document)),
    ...assumptions.flatMap((assumption) => assumedFactor(assumption) ?? []),
  ].filter(isField);
  const labels = factors.map(({ label }) => label);
  const isShared = (label: string): boolean => labels.indexOf(label) !== labels.lastIndexOf(label);
  return factors.map((factor) =>
    isShared(factor.label)
      ? { ...factor, label: `${factor.label} (${partsOf(factor.path)})` }
      : factor,
  );
}

/** Names in brackets of a path: whose number it is, where several have one that is called alike. */
function partsOf(path: string): string {
  return [...path.matchAll(/\[([^\]]*)\]/gu)].map(([, name]) => name).join(", ");
}

/** Assumptions that are not varied: what they are. */
export function notVariedOfFleet(
  assumptions: readonly Assumption[],
  factors: readonly Factor[],
): readonly string[] {
  const varied = new Set(factors.map(({ path }) => path));
  return assumptions
    .filter(({ provenance, id }) => provenance === "assumed" && !varied.has(id))
    .map(({ what, value }) => `${what}: ${value}`);
}

function assumedFactor({ id, what, value, provenance, source }: Assumption): Factor | undefined {
  if (provenance !== "assumed") return undefined;
  const parsed = parseUnitless(value);
  // Nothing is half or twice of nothing.
  if (parsed === undefined || !(parsed.number > 0)) return undefined;
  const { number, unit } = parsed;
  const high = unit === "%" ? Math.min(100, number * ASSUMED_TIMES) : number * ASSUMED_TIMES;
  return {
    id,
    label: what,
    path: id,
    value: number,
    low: number / ASSUMED_TIMES,
    high,
    unit: WRITTEN_UNITS[unit] ?? unit,
    provenance,
    source: `${source}; half to twice of it`,
  };
}

interface Named {
  readonly name?: unknown;
}

/** What is asked of a fleet, where it is written as a number. */
function demandFactors(fleet: unknown): readonly Factor[] {
  const { workload } = fleet as { readonly workload?: Readonly<Record<string, unknown>> };
  const listOf = <Item>(value: unknown): readonly (Item & Named)[] =>
    Array.isArray(value) ? (value as (Item & Named)[]) : [];
  const services = listOf<{ readonly demand?: { readonly perSiteDay?: unknown } }>(
    workload?.["services"],
  ).map(({ name, demand }) =>
    demandFactor(
      `Requests for ${String(name)} at a site and day`,
      `workload.services[${String(name)}].demand.perSiteDay`,
      demand?.perSiteDay,
    ),
  );
  const inference = listOf<{ readonly users?: unknown }>(workload?.["inference"]).flatMap(
    ({ name, users }) =>
      listOf<{ readonly region?: unknown; readonly requestsPerSecond?: unknown }>(users).map(
        ({ region, requestsPerSecond }, index) =>
          demandFactor(
            `Requests a second for ${String(name)} from ${String(region)}`,
            `workload.inference[${String(name)}].users[${index}].requestsPerSecond`,
            requestsPerSecond,
          ),
      ),
  );
  const jobs = listOf<{ readonly every?: unknown }>(workload?.["jobs"]).map(({ name, every }) =>
    intervalFactor(String(name), every),
  );
  return [...services, ...inference, ...jobs].flatMap((factor) => factor ?? []);
}

function demandFactor(label: string, path: string, written: unknown): Factor | undefined {
  if (typeof written !== "number" || !(written > 0)) return undefined;
  return around({ label, path, value: written, unit: "" });
}

function intervalFactor(name: string, written: unknown): Factor | undefined {
  const parsed = typeof written === "string" ? parseDuration(written) : undefined;
  if (parsed?.ok !== true || !(parsed.value > 0)) return undefined;
  const [unit, seconds] =
    parsed.value >= 3_600 ? ["h", 3_600] : parsed.value >= 60 ? ["m", 60] : ["s", 1];
  return around({
    label: `Time between two jobs of ${name}`,
    path: `workload.jobs[${name}].every`,
    value: parsed.value / seconds,
    unit,
  });
}

function around(
  factor: Required<Pick<Factor, "label" | "path" | "unit">> & { readonly value: number },
): Factor {
  return {
    id: factor.path,
    ...factor,
    low: factor.value * (1 - DEMAND_SPREAD),
    high: factor.value * (1 + DEMAND_SPREAD),
    provenance: "given",
    source: "what comes is not what was written: a tenth less to a tenth more",
  };
}
