import type { Command } from "commander";

import { didYouMean } from "../../diagnostics/did-you-mean.js";
import { InputError } from "../../diagnostics/problem.js";
import { sourceOfEntry, type HardwareCatalogue } from "../../hardware/catalogue.js";
import { findLink, LINKS } from "../../hardware/links.js";
import { RESERVATION_RULES } from "../../hardware/node-overheads.js";
import { topologyOfSku } from "../../hardware/topology.js";
import { CATALOGUE_EXAMPLE } from "../../scenario/catalogue/catalogue-example.js";
import { catalogueWith } from "../catalogue-file.js";
import { namedGpu, namedMigGeometry } from "../named-gpu.js";
import { namedNode } from "../named-node.js";
import {
  printGpu,
  printGpus,
  printLink,
  printLinks,
  printNode,
  printNodes,
  printPrices,
} from "../print-catalog.js";
import { printMigModel, printMigModels } from "../print-mig-models.js";
import { overheadEntry, overheadRules, printOverhead, printOverheads } from "../print-overheads.js";

/** Kinds of entries, with what each is. */
const KINDS = {
  gpu: "GPU models: memory, rates, power, links",
  node: "machines one can rent or buy: GPUs, CPU, memory, prices",
  mig: "MIG profiles and their places",
  price: "prices by the hour, with region and day",
  link: "links between GPUs, to the host and to the network",
  overhead: "what the kubelet and agents keep of nodes, by rule",
} as const;

type Kind = keyof typeof KINDS;

interface CatalogOptions {
  readonly file?: string;
  readonly json?: true;
  readonly example?: true;
}

/** `headroom catalog`: what is known of hardware, and where it is from. */
export function registerCatalog(program: Command): void {
  const kinds = Object.entries(KINDS).map(([name, text]) => `  ${name.padEnd(8)} ${text}`);
  program
    .command("catalog")
    .summary("what is known of GPUs, machines, MIG, prices and links, with sources")
    .description(
      "Lists the entries of the hardware catalogue, or shows one with every figure and its source. A figure nobody\n" +
        "published is absent. A file of your own adds entries or takes the place of the catalogue's.",
    )
    .argument("[kind]", `${Object.keys(KINDS).join(", ")}`)
    .argument("[name...]", "one entry; without it all of the kind are listed")
    .option("--file <file>", "a catalogue of your own, whose entries come first")
    .option("--example", "print a catalogue file with every field, to start from")
    .option("--json", "print the entries as JSON, with the source of each")
    .addHelpText(
      "after",
      `
Kinds:
${kinds.join("\n")}

Examples:
  headroom catalog gpu
  headroom catalog gpu H200
  headroom catalog node DGX H100
  headroom catalog price Standard_ND96isr_H100_v5
  headroom catalog overhead Standard_ND96isr_H100_v5
  headroom catalog --example > my-catalogue.yaml
  headroom catalog node --file my-catalogue.yaml`,
    )
    .action(
      async (
        kind: string | undefined,
        words: readonly string[],
        options: CatalogOptions,
        command: Command,
      ) => {
        const text =
          options.example === true
            ? CATALOGUE_EXAMPLE
            : `${answer(kind, words.join(" "), options.json === true, await catalogueWith(options.file))}\n`;
        command.configureOutput().writeOut?.(text);
      },
    );
}

function answer(
  kind: string | undefined,
  name: string,
  json: boolean,
  catalogue: HardwareCatalogue,
): string {
  if (kind === undefined) return json ? asJson(everything(catalogue)) : overview(catalogue);
  if (!Object.hasOwn(KINDS, kind)) throw unknownKind(kind, catalogue);
  const found = SHOW[kind as Kind](name, catalogue);
  return json ? asJson(found.value) : found.text();
}

interface Shown {
  readonly value: unknown;
  text(): string;
}

/** One entry, or all of a kind when the name is empty. */
const SHOW: Readonly<Record<Kind, (name: string, catalogue: HardwareCatalogue) => Shown>> = {
  gpu(name, catalogue) {
    if (name === "") {
      return { value: catalogue.gpus.map(withSource), text: () => printGpus(catalogue) };
    }
    const gpu = namedGpu("catalog gpu", name, { catalogue });
    return { value: withSource(gpu), text: () => printGpu(gpu, catalogue) };
  },
  node(name, catalogue) {
    const value = (sku: HardwareCatalogue["nodes"][number]): object => ({
      ...withSource(sku),
      prices: catalogue.prices(sku).map(withSource),
      topology: topologyOfSku(sku) ?? null,
    });
    if (name === "") {
      return { value: catalogue.nodes.map(value), text: () => printNodes(catalogue) };
    }
    const sku = namedNode("catalog node", name, catalogue);
    return { value: value(sku), text: () => printNode(sku, catalogue) };
  },
  mig(name, catalogue) {
    if (name === "") {
      const models = catalogue.gpus.flatMap((gpu) => {
        const geometry = catalogue.mig(gpu.name);
        return geometry === undefined ? [] : [{ gpu: gpu.name, ...withSource(geometry) }];
      });
      return { value: models, text: () => printMigModels(catalogue) };
    }
    const { gpu, geometry } = namedMigGeometry("catalog mig", name, catalogue);
    return {
      value: { gpu, ...withSource(geometry) },
      text: () => printMigModel(gpu, geometry),
    };
  },
  price(name, catalogue) {
    const skus = name === "" ? catalogue.nodes : [namedNode("catalog price", name, catalogue)];
    return {
      value: skus.flatMap((sku) => catalogue.prices(sku).map(withSource)),
      text: () => printPrices(catalogue, skus),
    };
  },
  link(name) {
    if (name === "") return { value: LINKS.map(withSource), text: printLinks };
    const link = findLink(name);
    if (link === undefined) throw unknownLink(name);
    return { value: withSource(link), text: () => printLink(link) };
  },
  overhead(name, catalogue) {
    if (name === "") return { value: overheadRules(), text: printOverheads };
    const sku = namedNode("catalog overhead", name, catalogue);
    return { value: overheadEntry(sku), text: () => printOverhead(sku) };
  },
};

function withSource<T extends Parameters<typeof sourceOfEntry>[0]>(
  entry: T,
): T & { readonly from: string } {
  return { ...entry, from: sourceOfEntry(entry) };
}

function asJson(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

function everything(catalogue: HardwareCatalogue): object {
  return Object.fromEntries(
    (Object.keys(KINDS) as Kind[]).map((kind) => [kind, SHOW[kind]("", catalogue).value]),
  );
}

function overview(catalogue: HardwareCatalogue): string {
  const counts: Readonly<Record<Kind, number>> = {
    gpu: catalogue.gpus.length,
    node: catalogue.nodes.length,
    mig: catalogue.gpus.filter(({ name }) => catalogue.mig(name) !== undefined).length,
    price: catalogue.nodes.flatMap((sku) => catalogue.prices(sku)).length,
    link: LINKS.length,
    overhead: Object.keys(RESERVATION_RULES).length,
  };
  const width = Math.max(...Object.values(counts).map((count) => String(count).length));
  return [
    ...(Object.entries(KINDS) as [Kind, string][]).map(
      ([kind, text]) => `  ${kind.padEnd(8)} ${String(counts[kind]).padStart(width)}  ${text}`,
    ),
    "",
    "headroom catalog KIND lists a kind, headroom catalog KIND NAME shows one entry with its sources.",
  ].join("\n");
}

function unknownKind(kind: string, catalogue: HardwareCatalogue): InputError {
  const allowed = Object.keys(KINDS);
  const suggestion = didYouMean(kind, allowed);
  // People type the thing itself: say where it is.
  const gpu = catalogue.gpu(kind);
  const home =
    catalogue.node(kind) !== undefined ? "node" : gpu.kind === "unknown" ? undefined : "gpu";
  return new InputError([
    {
      file: "catalog",
      rule: "unknown-kind",
      message: `there is no kind of entry "${kind}"`,
      allowed,
      ...(suggestion === undefined ? {} : { suggestion }),
      ...(home === undefined ? {} : { help: `headroom catalog ${home} ${JSON.stringify(kind)}` }),
    },
  ]);
}

function unknownLink(name: string): InputError {
  const allowed = LINKS.map((link) => link.name);
  const suggestion = didYouMean(name, allowed);
  return new InputError([
    {
      file: "catalog link",
      rule: "unknown-link",
      message: `there is no link "${name}"`,
      allowed,
      ...(suggestion === undefined ? {} : { suggestion }),
    },
  ]);
}
