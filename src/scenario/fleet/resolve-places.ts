import type { DatasetSpec, PlaceSpec } from "../../simulation/fleet/clusters/data/data-spec.js";
import type { FleetDocument } from "./schema/fleet-schema.js";
import type { ResidencyInput } from "./schema/fleet-data-schema.js";

/** A place with its labels, as residency rules see it. */
export interface LabelledPlace extends PlaceSpec {
  readonly labels: Readonly<Record<string, string>>;
}

/** Clusters first, in their order, then the stores of all regions. */
export function placesOf(spec: FleetDocument): readonly LabelledPlace[] {
  const regions = spec.fleet.regions ?? [];
  const labelsOf = (name: string): Readonly<Record<string, string>> => ({
    region: name,
    ...regions.find((region) => region.name === name)?.labels,
  });
  return [
    ...(spec.fleet.clusters ?? []).map(({ name, region, labels = {} }, member) => ({
      name,
      region,
      member,
      labels: { cluster: name, ...labelsOf(region), ...labels },
    })),
    ...regions.map(({ name }) => ({ name, region: name, labels: labelsOf(name) })),
  ];
}

/** Why a rule forbids a place, in words; undefined when it does not. */
export function forbiddenBy(
  rule: ResidencyInput | undefined,
  place: LabelledPlace,
): string | undefined {
  const { regions, places, labels = {} } = rule ?? {};
  if (regions?.includes(place.region) === false)
    return `its region ${place.region} is not ${regions.join(" or ")}`;
  if (places?.includes(place.name) === false) return `it is not ${places.join(" or ")}`;
  for (const [key, values] of Object.entries(labels)) {
    const value = place.labels[key];
    if (value === undefined) return `it has no label ${key}`;
    if (!values.includes(value)) return `its label ${key} is ${value}, not ${values.join(" or ")}`;
  }
  return undefined;
}

/** The datasets of a fleet with the places each may lie at. */
export function resolveDatasets(
  spec: FleetDocument,
  places: readonly LabelledPlace[],
): readonly DatasetSpec[] {
  return (spec.workload?.datasets ?? []).map(({ name, size, at, copyTo, residency }) => ({
    name,
    bytes: size,
    at: at.map((place) => places.findIndex((one) => one.name === place)),
    ...(copyTo === undefined
      ? {}
      : { copyTo: copyTo.map((place) => places.findIndex((one) => one.name === place)) }),
    allowed: places.map((place) => forbiddenBy(residency, place) === undefined),
  }));
}
