import type { Command } from "commander";

import { topologyOfSku } from "../../hardware/topology.js";
import { InputError } from "../../diagnostics/problem.js";
import { catalogueWith } from "../catalogue-file.js";
import { namedNode } from "../named-node.js";
import { printTopology, topologyJson } from "../print-topology.js";

/** `headroom topo`: how the GPUs of a machine hang together. */
export function registerTopo(program: Command): void {
  program
    .command("topo")
    .summary("how the GPUs of a machine hang together")
    .description(
      "Draws a machine of the catalogue: NUMA nodes, PCIe switches, NVLink, network adapters, and the way between each\n" +
        "two devices in the words of nvidia-smi topo -m.",
    )
    .argument("<machine...>", "machine, such as DGX H100 or NC96ads_A100_v4")
    .option("--file <file>", "a catalogue of your own, whose entries come first")
    .option("--json", "print the topology, paths and placement domains as one JSON object")
    .addHelpText(
      "after",
      `
Examples:
  headroom topo DGX H100
  headroom topo Standard_NC96ads_A100_v4 --json
  headroom topo our-h100 --file my-catalogue.yaml`,
    )
    .action(
      async (
        words: readonly string[],
        options: { readonly file?: string; readonly json?: true },
        command: Command,
      ) => {
        const catalogue = await catalogueWith(options.file);
        const sku = namedNode("topo", words.join(" "), catalogue);
        const topology = topologyOfSku(sku);
        if (topology === undefined) {
          throw new InputError([
            {
              file: options.file ?? "topo",
              rule: "missing-figure",
              message: `how the ${sku.gpuCount} GPUs of ${sku.name} hang together is not given`,
              help: "add topology or topologyLike to it; headroom catalog --example shows both",
            },
          ]);
        }
        const text =
          options.json === true
            ? JSON.stringify(topologyJson(sku, topology), null, 2)
            : printTopology(sku, topology);
        command.configureOutput().writeOut?.(`${text}\n`);
      },
    );
}
