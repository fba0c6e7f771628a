import { didYouMean } from "../diagnostics/did-you-mean.js";
import { InputError } from "../diagnostics/problem.js";
import type { HardwareCatalogue } from "../hardware/catalogue.js";
import { refusedNodeSku } from "../hardware/find-node-sku.js";
import type { NodeSku } from "../hardware/node-sku.js";

/**
 * The machine a person named on the command line.
 *
 * @throws InputError when there is none of that name
 */
export function namedNode(command: string, name: string, catalogue: HardwareCatalogue): NodeSku {
  const sku = catalogue.node(name);
  if (sku !== undefined) return sku;
  const refused = refusedNodeSku(name);
  const suggestion =
    refused === undefined
      ? didYouMean(
          name,
          catalogue.nodes.flatMap((each) => [each.name, ...each.aliases]),
        )
      : undefined;
  throw new InputError([
    {
      file: command,
      rule: "unknown-sku",
      message:
        refused === undefined
          ? `the catalogue has no machine "${name}"`
          : `the machine "${name}" ${refused}`,
      ...(suggestion === undefined ? {} : { suggestion }),
      help: "headroom catalog node lists them; a file of your own adds others (--file)",
    },
  ]);
}
