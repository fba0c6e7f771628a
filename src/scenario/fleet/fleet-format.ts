import type { JsonSchema, ScenarioField } from "../field-tree.js";
import { createFieldTree } from "../field-tree.js";
import {
  createFleetJsonSchema,
  createFleetSchema,
  type FleetSchema,
} from "./schema/fleet-schema.js";

/** The format of fleets in the three forms in which it is used; all come from one schema. */
export interface FleetFormat {
  /** Checks values. */
  readonly schema: FleetSchema;
  /** For editors. */
  readonly jsonSchema: JsonSchema;
  /** For explain, the reference and error messages. */
  readonly fields: ScenarioField;
}

let builtIn: FleetFormat | undefined;

/** The format of this version of Headroom. Built at the first use, because it takes some milliseconds. */
export function fleetFormat(): FleetFormat {
  if (builtIn === undefined) {
    const schema = createFleetSchema();
    const jsonSchema = createFleetJsonSchema(schema);
    builtIn = { schema, jsonSchema, fields: createFieldTree(jsonSchema) };
  }
  return builtIn;
}
