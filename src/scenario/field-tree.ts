import type { PathPart } from "../diagnostics/field-path.js";

/** One value of an enumeration and what it means. */
export interface AllowedValue {
  readonly value: string;
  readonly description?: string;
}

/** One field of the scenario format, as explain, the reference and error messages need it. */
export interface ScenarioField {
  /** `cluster.nodes[].hosting`; "" for the scenario itself. */
  readonly path: string;
  /** Last part of the path; "[]" for the items of a list. */
  readonly name: string;
  readonly type: string;
  readonly description: string;
  readonly required: boolean;
  readonly unit?: string;
  readonly default?: unknown;
  readonly example?: unknown;
  readonly allowed?: readonly AllowedValue[];
  /** Smallest and largest number, both allowed unless `exclusive`. */
  readonly range?: { readonly low?: number; readonly lowExclusive?: true; readonly high?: number };
  /** Most items of a list. */
  readonly itemsMax?: number;
  /** The field exists only beside these values of its neighbour `name` (options of a policy). */
  readonly onlyFor?: readonly string[];
  /** True when the field may be written in more than one way, such as a name or a map. */
  readonly hasForms?: true;
  readonly children: readonly ScenarioField[];
}

/** The part of JSON Schema draft-07 that the generated schema uses. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly enumDescriptions?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly maxItems?: number;
  readonly "x-type"?: string;
  readonly "x-unit"?: string;
}

/** Reads the fields out of the generated JSON Schema: what is documented is what is checked. */
export function createFieldTree(schema: JsonSchema): ScenarioField {
  return fieldOf(schema, { path: "", name: "scenario", required: true });
}

interface Naming {
  readonly path: string;
  readonly name: string;
  readonly required: boolean;
  readonly onlyFor?: readonly string[];
}

function fieldOf(schema: JsonSchema, naming: Naming): ScenarioField {
  const forms = formsOf(schema);
  const allowed = allowedOf(schema, forms);
  const range = rangeOf(schema);
  const example = schema.examples?.[0];
  return {
    ...naming,
    type: schema["x-type"] ?? typeOf(schema, forms),
    description: schema.description ?? "",
    ...(schema["x-unit"] === undefined ? {} : { unit: schema["x-unit"] }),
    ...("default" in schema ? { default: schema.default } : {}),
    ...(example === undefined ? {} : { example }),
    ...(allowed === undefined ? {} : { allowed }),
    ...(range === undefined ? {} : { range }),
    ...(schema.maxItems === undefined ? {} : { itemsMax: schema.maxItems }),
    ...(forms.length > 1 ? { hasForms: true as const } : {}),
    children: childrenOf(schema, forms, naming.path),
  };
}

/** The alternatives of a schema, flattened; a schema without alternatives is its own only form. */
function formsOf(schema: JsonSchema): readonly JsonSchema[] {
  const alternatives = schema.anyOf ?? schema.oneOf;
  return alternatives === undefined ? [schema] : alternatives.flatMap(formsOf);
}

function childrenOf(
  schema: JsonSchema,
  forms: readonly JsonSchema[],
  path: string,
): readonly ScenarioField[] {
  if (schema.items !== undefined) {
    const items = fieldOf(schema.items, { path: `${path}[]`, name: "[]", required: false });
    // The fields of an item are found under the list: nobody asks for `cluster.nodes[]` itself.
    return items.children.length > 0 ? items.children : [items];
  }
  const children = new Map<string, { schema: JsonSchema; naming: Naming; forms: string[] }>();
  const objects = forms.filter((form) => form.properties !== undefined);
  for (const form of objects) {
    const formName = String(form.properties!["name"]?.const ?? "");
    for (const [name, property] of Object.entries(form.properties!)) {
      const known = children.get(name);
      if (known !== undefined) {
        known.forms.push(formName);
        continue;
      }
      const required = form.required?.includes(name) ?? false;
      const naming = { path: path === "" ? name : `${path}.${name}`, name, required };
      children.set(name, { schema: property, naming, forms: [formName] });
    }
  }
  return [...children.values()].map(({ schema: child, naming, forms: names }) => {
    const everywhere = names.length === objects.length;
    const merged =
      everywhere && objects.length > 1 ? mergeNames(child, objects, naming.name) : child;
    return fieldOf(merged, everywhere ? naming : { ...naming, required: false, onlyFor: names });
  });
}

/** A field that every form has: the `name` of a policy, whose constants become one enumeration. */
function mergeNames(child: JsonSchema, objects: readonly JsonSchema[], name: string): JsonSchema {
  if (child.const === undefined) return child;
  const { const: _, ...rest } = child;
  return { ...rest, enum: objects.map((form) => form.properties![name]!.const) };
}

function allowedOf(
  schema: JsonSchema,
  forms: readonly JsonSchema[],
): readonly AllowedValue[] | undefined {
  if (schema.const !== undefined) return [{ value: String(schema.const) }];
  const listed = forms.find((form) => form.enum !== undefined);
  if (listed === undefined) return undefined;
  return listed.enum!.map((value, index) => {
    const description = listed.enumDescriptions?.[index];
    return description === undefined
      ? { value: String(value) }
      : { value: String(value), description };
  });
}

function rangeOf(schema: JsonSchema): ScenarioField["range"] {
  const { minimum, maximum, exclusiveMinimum } = schema;
  const low = minimum ?? exclusiveMinimum;
  if (low === undefined && maximum === undefined) return undefined;
  return {
    ...(low === undefined ? {} : { low }),
    ...(exclusiveMinimum === undefined ? {} : { lowExclusive: true as const }),
    ...(maximum === undefined ? {} : { high: maximum }),
  };
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: "text",
  integer: "whole number",
  number: "number",
  boolean: "true or false",
  object: "map",
};

function typeOf(schema: JsonSchema, forms: readonly JsonSchema[]): string {
  if (schema.enum !== undefined) return "name";
  if (schema.type === "array") {
    const item =
      schema.items === undefined ? undefined : typeOf(schema.items, formsOf(schema.items));
    if (item === "map") return "list of maps";
    return item === "name" ? "list of names" : `list of ${item ?? "values"}`;
  }
  const names = forms.flatMap((form) => form.type ?? []).map((type) => TYPE_NAMES[type] ?? type);
  const distinct = [...new Set(names)];
  return distinct.length === 0 ? "any value" : distinct.join(" or ");
}

/** The field at a place of a document, whatever the index in a list; undefined where there is none. */
export function fieldAt(root: ScenarioField, path: readonly PathPart[]): ScenarioField | undefined {
  let here: ScenarioField | undefined = root;
  for (const part of path) {
    if (typeof part === "number") {
      // Items share the field of their list, except lists of plain values, which have an item field.
      const item: ScenarioField | undefined = here.children.find((child) => child.name === "[]");
      here = item ?? here;
      continue;
    }
    here = here.children.find((child) => child.name === part);
    if (here === undefined) return undefined;
  }
  return here;
}

/** Every field below a field, depth first in the order of the schema. */
export function allFields(root: ScenarioField): readonly ScenarioField[] {
  return root.children.flatMap((child) => [child, ...allFields(child)]);
}
