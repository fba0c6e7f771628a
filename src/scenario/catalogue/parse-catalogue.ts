import type { Problem } from "../../diagnostics/problem.js";
import { InputError } from "../../diagnostics/problem.js";
import { parseYaml } from "../../diagnostics/yaml-source.js";
import type { GivenEntries } from "../../hardware/catalogue.js";
import { findGpu } from "../../hardware/find-gpu.js";
import { foldName } from "../../hardware/fold-name.js";
import type { GpuSpec } from "../../hardware/gpu-spec.js";
import { findLink } from "../../hardware/links.js";
import type { MigGeometry, MigProfile } from "../../hardware/mig.js";
import type { NodeSku } from "../../hardware/node-sku.js";
import type { GivenSource } from "../../hardware/sources.js";
import { nodeTopologyOf, type NodeTopology } from "../../hardware/topology.js";
import { createCheckContext } from "../check-context.js";
import { createFieldTree, type JsonSchema } from "../field-tree.js";
import { reportIssues } from "../report-issues.js";
import { catalogueSchema, type CatalogueSpec } from "./catalogue-schema.js";
import { checkCatalogue } from "./check-catalogue.js";
import { z } from "zod";

type GpuInput = NonNullable<CatalogueSpec["gpus"]>[number];
type NodeInput = NonNullable<CatalogueSpec["nodes"]>[number];

/** The first line of a help that every problem of a catalogue file may carry. */
const HELP = "headroom catalog --example prints a file with every field";

const MEMORY_HELP =
  "a machine without memory cannot be planned with: add what jobs can use, for example memory: 1900GiB; " +
  "kubectl get node NAME -o jsonpath={.status.allocatable.memory} says it";

/**
 * Reads a user's own catalogue.
 *
 * @param file name printed in messages
 * @param named name of the source of every figure; the file when absent
 * @throws InputError with every problem at its line
 */
export function parseCatalogue(file: string, text: string, named = file): GivenEntries {
  const root = parseYaml(file, text);
  const schema = catalogueSchema();
  const jsonSchema = z.toJSONSchema(schema, { target: "draft-7", io: "input" }) as JsonSchema;
  const problems: Problem[] = [];
  const context = createCheckContext({
    root,
    fields: createFieldTree(jsonSchema),
    variant: undefined,
    problems,
    warnings: [],
  });
  if (root.kind !== "map") {
    const message = "a catalogue is a map with schema, gpus, nodes and prices";
    throw new InputError([{ file, line: 1, rule: "wrong-type", message, help: HELP }]);
  }
  const result = schema.safeParse(context.plain);
  if (result.success) checkCatalogue(context, result.data);
  else reportIssues(context, result.error.issues);
  if (problems.length > 0 || !result.success) throw new InputError(problems.map(withCatalogueHelp));
  return entriesOf(named, result.data);
}

/** Help of the scenario format names its own commands; here they would mislead. */
function withCatalogueHelp(problem: Problem): Problem {
  const message = problem.message.replace(/^the scenario /, "the catalogue ");
  const isMemory =
    problem.rule === "missing-field" &&
    problem.path?.startsWith("nodes[") === true &&
    message.includes('"memory"');
  if (isMemory) return { ...problem, message, help: MEMORY_HELP };
  const isForeign = problem.help?.startsWith("headroom explain") === true;
  return { ...problem, message, ...(isForeign ? { help: HELP } : {}) };
}

function entriesOf(
  file: string,
  { gpus = [], nodes = [], prices = [] }: CatalogueSpec,
): GivenEntries {
  const given = (text: string): GivenSource => ({ file, text });
  return {
    gpus: gpus.map((gpu) => ({ ...gpuOf(gpu), given: given(gpu.source) })),
    nodes: nodes.map((node) => ({ ...nodeOf(node, gpus), given: given(node.source) })),
    prices: prices.map(({ node, usdPerHour, region, asOf, source }) => ({
      sku: node,
      usdPerHour,
      region,
      asOf,
      kind: "on-demand",
      given: given(source),
    })),
    mig: new Map(
      gpus.flatMap((gpu) =>
        gpu.mig === undefined
          ? []
          : [[foldName(gpu.name), migOf(gpu, gpu.mig, given(gpu.source))] as const],
      ),
    ),
  };
}

/** A GPU of the file; a name of the catalogue means its model, so that the one takes the other's place. */
function gpuOf(gpu: GpuInput): GpuSpec {
  const found = findGpu(gpu.name);
  const name = found.kind === "found" && !found.assumed ? found.gpu.name : gpu.name;
  const figures = {
    memoryBytesPerS: gpu.memoryBandwidth,
    fp32FlopPerS: gpu.fp32,
    fp16FlopPerS: gpu.fp16,
    bf16FlopPerS: gpu.bf16,
    fp8FlopPerS: gpu.fp8,
    powerMaxW: gpu.power,
  };
  const known = Object.entries(figures).filter(([, value]) => value !== undefined);
  return {
    name,
    aliases: name === gpu.name ? [] : [gpu.name],
    memoryBytes: gpu.memory,
    ...(Object.fromEntries(known) as Partial<Record<keyof typeof figures, number>>),
    ...(gpu.mig === undefined ? {} : { hasMig: true }),
    sources: [],
  };
}

function migOf(
  { name }: GpuInput,
  { slices, slots, profiles }: NonNullable<GpuInput["mig"]>,
  given: GivenSource,
): MigGeometry {
  const made = profiles.map((profile): MigProfile => {
    const lowered = profile.name.toLowerCase();
    const extension = /[+-](me\.all|me|gfx)$/.exec(lowered)?.[0] as MigProfile["extension"];
    const isMediaExtension = extension === "+me" || extension === "+me.all";
    return {
      name: lowered,
      computeSlices: profile.slices,
      slots: profile.slots,
      starts: [...profile.starts].sort((left, right) => left - right),
      instancesMax: isMediaExtension ? 1 : profile.starts.length,
      ...(profile.memory === undefined ? {} : { memoryBytes: profile.memory }),
      ...(profile.multiprocessors === undefined
        ? {}
        : { multiprocessors: profile.multiprocessors }),
      ...(extension === undefined ? {} : { extension }),
      isMediaExtension,
    };
  });
  const bySize = (left: MigProfile, right: MigProfile): number =>
    right.computeSlices - left.computeSlices || right.slots - left.slots;
  return {
    gpuModels: [name],
    slots,
    computeSlices: slices,
    profiles: made.sort(bySize),
    provenance: "given",
    given,
    sources: [],
  };
}

function nodeOf(node: NodeInput, gpus: readonly GpuInput[]): NodeSku {
  const own = gpus.find(
    (each) => node.gpu !== undefined && foldName(each.name) === foldName(node.gpu),
  );
  const found = node.gpu === undefined ? undefined : findGpu(node.gpu);
  const gpuModel = own?.name ?? (found?.kind === "found" ? found.gpu.name : node.gpu);
  const topology =
    node.topologyLike === undefined
      ? node.topology && topologyOf(node.gpus, node.topology)
      : nodeTopologyOf(node.topologyLike);
  return {
    name: node.name,
    aliases: [],
    hosting: node.hosting as NodeSku["hosting"],
    gpuCount: node.gpus,
    ...(gpuModel === undefined ? {} : { gpuModel }),
    cpuMilli: node.cpu,
    memoryBytes: node.memory,
    ...(topology === undefined ? {} : { topology }),
    ...(node.topologyLike === undefined ? {} : { topologyLike: node.topologyLike }),
    sources: [],
  };
}

function topologyOf(
  gpuCount: number,
  { numa, switches, nvswitch, nvlinks, nics }: NonNullable<NodeInput["topology"]>,
): NodeTopology {
  const part = ({
    gpus,
    nics: own,
  }: {
    readonly gpus: number[];
    readonly nics?: number[] | undefined;
  }) => ({
    gpus,
    ...(own === undefined ? {} : { nics: own }),
  });
  return {
    gpuCount,
    ...(numa === undefined ? {} : { numaNodes: numa.map(part) }),
    ...(switches === undefined
      ? {}
      : {
          pcieSwitches: switches.map((each) => ({
            ...part(each),
            ...(each.severalBridges === true ? { hasSeveralBridges: true as const } : {}),
          })),
        }),
    ...(nvswitch === undefined
      ? {}
      : {
          nvswitch: {
            gpus: Array.from({ length: gpuCount }, (_, gpu) => gpu),
            link: `nvlink-${nvswitch.generation}`,
            linksPerGpu: nvswitch.linksPerGpu,
          },
        }),
    ...(nvlinks === undefined
      ? {}
      : {
          nvlinks: nvlinks.map(({ between, links, generation }) => ({
            between,
            ...(links === undefined ? {} : { links }),
            link: `nvlink-${generation}`,
          })),
        }),
    ...(nics === undefined
      ? {}
      : { nics: nics.map(({ link }) => ({ link, bytesPerS: findLink(link)!.bytesPerS })) }),
    provenance: "given",
    sources: [],
  };
}
