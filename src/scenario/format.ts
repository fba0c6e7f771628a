import type { JsonSchema, ScenarioField } from "./field-tree.js";
import { createFieldTree } from "./field-tree.js";
import type { ScenarioRegistries } from "./registries.js";
import { REGISTRIES } from "./registries.js";
import type { ScenarioSchema } from "./schema/scenario-schema.js";
import { createScenarioJsonSchema, createScenarioSchema } from "./schema/scenario-schema.js";

/** The scenario format in the three forms in which it is used; all come from one schema. */
export interface ScenarioFormat {
  /** Checks values. */
  readonly schema: ScenarioSchema;
  /** For editors. */
  readonly jsonSchema: JsonSchema;
  /** For explain, the reference and error messages. */
  readonly fields: ScenarioField;
}

/** Builds the format for the names it may use. */
export function createScenarioFormat(registries: ScenarioRegistries): ScenarioFormat {
  const schema = createScenarioSchema(registries);
  const jsonSchema = createScenarioJsonSchema(schema);
  return { schema, jsonSchema, fields: createFieldTree(jsonSchema) };
}

let builtIn: ScenarioFormat | undefined;

/** The format of this version of Headroom. Built at the first use, because it takes some milliseconds. */
export function scenarioFormat(): ScenarioFormat {
  builtIn ??= createScenarioFormat(REGISTRIES);
  return builtIn;
}
