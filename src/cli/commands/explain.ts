import type { Command } from "commander";

import { explainField, fieldJson, findField } from "../../scenario/explain-field.js";
import { fleetFormat } from "../../scenario/fleet/fleet-format.js";
import { scenarioFormat } from "../../scenario/format.js";

/** `headroom explain`: what a field of a scenario means, from the schema that checks it. */
export function registerExplain(program: Command): void {
  program
    .command("explain")
    .summary("what a field of a scenario means")
    .description(
      "Prints what a field of a scenario means: type, unit, default, allowed values, an example, and the fields\n" +
        "inside it. Without a path it lists the top level.",
    )
    .argument(
      "[path...]",
      "field, such as cluster.nodes[].hosting; fleet before it asks about fleets",
    )
    .option("--json", "print the field and all below it as one JSON object")
    .addHelpText(
      "after",
      `
Examples:
  headroom explain
  headroom explain cluster
  headroom explain "cluster.nodes[].hosting"   quotes, because some shells take [] for a pattern
  headroom explain cluster.nodes.hosting       the same field
  headroom explain goals.metric --json
  headroom explain fleet                       the format of fleets
  headroom explain fleet rollouts.stages       a field of it`,
    )
    .action((words: readonly string[], options: { readonly json?: true }, command: Command) => {
      const isFleet = words[0] === "fleet" || words[0]?.startsWith("fleet.") === true;
      const named = words[0] === "scenario" || words[0] === "fleet" ? words.slice(1) : words;
      const { fields } = isFleet ? fleetFormat() : scenarioFormat();
      const kind = isFleet ? "fleet" : "scenario";
      const field = findField(fields, named.join(".").replace(/^scenario\./, ""), kind);
      const text =
        options.json === true
          ? `${JSON.stringify(fieldJson(field), null, 2)}\n`
          : explainField(field, kind);
      command.configureOutput().writeOut?.(text);
    });
}
