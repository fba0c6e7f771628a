import { findGpu } from "../../hardware/find-gpu.js";
import { PLAIN_NAME } from "../schema/field.js";
import { isAzureRegion } from "./azure-latency.js";
import { fleetFormat } from "./fleet-format.js";

/** What names of a fleet are names of. One that several things have is taken for the first of these. */
export const FLEET_NAME_KINDS = [
  ...["fleet", "region", "site", "cluster", "pool", "service", "job", "tenant", "dataset", "ray"],
  ...["rollout", "upgrade", "stage", "group", "hub", "label", "value", "property"],
] as const;

/** Names that people wrote into a fleet, by what they name; each once, in the order of its letters. */
export type FleetNames = Readonly<Record<string, readonly string[]>>;

/** A part of JSON Schema in which names are found. */
interface NamedSchema {
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, NamedSchema>>;
  readonly items?: NamedSchema;
  readonly anyOf?: readonly NamedSchema[];
  readonly propertyNames?: NamedSchema;
  readonly additionalProperties?: NamedSchema | boolean;
}

type Kind = "" | (typeof FLEET_NAME_KINDS)[number];

/**
 * What a field names, by its path: the first that fits, and "" for what is public. `{}` are the keys of a map, `.*` its
 * values. What is named elsewhere too has the kind it has there.
 */
const KINDS: readonly (readonly [RegExp, Kind])[] = [
  [/\.sku$/, ""],
  [/(resources|bundles\[\]|perWorker)\{\}$/, "property"],
  [/\.(labels|labelShares)\{\}$|\.sortBy$/, "label"],
  [/quotas\{\}$|\.tenant$/, "tenant"],
  [/\.hub\.name$/, "hub"],
  [/regions(\[\]|\{\})(\.name)?$|\.region$|\.links\[\]\.(from|to)$/, "region"],
  [/sites\[\](\.name)?$/, "site"],
  [/(pools|clusters\[\]\.nodes)\[\](\.name)?$/, "pool"],
  [/(services|inference)\[\]\.name$|\.service$/, "service"],
  [/(jobs|work)\[\]\.name$/, "job"],
  [/datasets\[\]\.name$|\.inputs\[\]$|\.model$/, "dataset"],
  [/ray\[\]\.name$/, "ray"],
  [/(groups|workers)\[\]\.name$/, "group"],
  [/stages\[\]\.(name|after\[\])$/, "stage"],
  [/^\.rollouts\[\]\.name$/, "rollout"],
  [/^\.upgrades\[\]\.name$/, "upgrade"],
  [/./, "cluster"],
];

/** Fields without the form of a name that hold some: texts of labels, taints and properties. */
const OTHER_NAMES: readonly (readonly [RegExp, Kind])[] = [
  [/\.labels\.\*(\[\])?$|\.labelShares\.\*\{\}$|\.(taints|tolerations)\[\]\.value$/, "value"],
  [/\.spread\.by$|\.(taints|tolerations)\[\]\.key$/, "label"],
  [/\.properties\{\}$|\.property$/, "property"],
  [/^\.name$/, "fleet"],
];

/** Labels that members have by themselves, resources of Ray, the tenant of who names none. */
const OWN_WORDS = new Set([
  ...["region", "cluster", "site", "template", "pool", "default"],
  ...["CPU", "GPU", "memory", "object_store_memory"],
]);

/** Properties that providers and Headroom publish. */
const PUBLIC_PROPERTY = /^(kubernetes\.azure\.com|resources\.kubernetes-fleet\.io|headroom)\//;

/**
 * The names that people made up in a fleet: of places, clusters, pools, services, jobs, teams, data, rollouts, labels.
 * Where names stand is read from the schema, so that no field is forgotten. Regions of Azure, models of GPUs and of
 * machines, and words of Headroom itself are nobody's names.
 *
 * @param documents the fleet as plain values, before and after anything was laid over it; what is wrong is passed over
 */
export function namesInFleet(documents: readonly unknown[]): FleetNames {
  const found = new Map<string, Set<string>>();
  const take = (path: string, text: string, schema: NamedSchema): void => {
    const kinds = schema.pattern === PLAIN_NAME.source ? KINDS : OTHER_NAMES;
    const kind = kinds.find(([form]) => form.test(path))?.[1] ?? "";
    if (kind === "" || isPublic(kind, text)) return;
    found.set(kind, (found.get(kind) ?? new Set()).add(text));
  };
  for (const document of documents)
    walk(fleetFormat().jsonSchema as NamedSchema, document, "", take);
  return inOrder(found);
}

/** The names of several fleets together. */
export function joinFleetNames(all: readonly FleetNames[]): FleetNames {
  const joined = new Map<string, Set<string>>();
  for (const [kind, names] of all.flatMap((one) => Object.entries(one))) {
    const set = joined.get(kind) ?? new Set();
    for (const name of names) set.add(name);
    joined.set(kind, set);
  }
  return inOrder(joined);
}

function walk(
  schema: NamedSchema,
  value: unknown,
  path: string,
  take: (path: string, text: string, schema: NamedSchema) => void,
): void {
  for (const form of schema.anyOf ?? []) walk(form, value, path, take);
  if (typeof value === "string") {
    if (schema.anyOf === undefined) take(path, value, schema);
  } else if (Array.isArray(value)) {
    if (schema.items !== undefined)
      for (const item of value) walk(schema.items, item, `${path}[]`, take);
  } else if (typeof value === "object" && value !== null) {
    const { properties = {}, additionalProperties: rest } = schema;
    for (const [key, child] of Object.entries(value)) {
      if (Object.hasOwn(properties, key)) walk(properties[key]!, child, `${path}.${key}`, take);
      else if (typeof rest === "object") {
        take(`${path}{}`, key, schema.propertyNames ?? {});
        walk(rest, child, `${path}.*`, take);
      }
    }
  }
}

function isPublic(kind: Kind, name: string): boolean {
  if (name === "" || OWN_WORDS.has(name)) return true;
  if ((kind === "region" || kind === "cluster") && isAzureRegion(name)) return true;
  // Labels are numbers and yes or no more often than names.
  if (kind === "value" && /^(true|false|\d[\d.]*)$/.test(name)) return true;
  if (kind === "property" && PUBLIC_PROPERTY.test(name)) return true;
  return findGpu(name).kind !== "unknown";
}

function inOrder(found: ReadonlyMap<string, ReadonlySet<string>>): FleetNames {
  const kinds = FLEET_NAME_KINDS.filter((kind) => found.has(kind));
  return Object.fromEntries(
    kinds.map((kind) => [
      kind,
      [...found.get(kind)!].sort((left, right) => (left < right ? -1 : Number(left > right))),
    ]),
  );
}
