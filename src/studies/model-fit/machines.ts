import { didYouMean } from "../../diagnostics/did-you-mean.js";
import { InputError } from "../../diagnostics/problem.js";
import { type HardwareCatalogue, sourceOfEntry } from "../../hardware/catalogue.js";
import { refusedNodeSku } from "../../hardware/find-node-sku.js";
import type { GpuSpec } from "../../hardware/gpu-spec.js";
import type { NodeSku } from "../../hardware/node-sku.js";
import type { PriceEntry } from "../../hardware/prices.js";
import { findGpuSku, GPU_SKUS, type GpuSku } from "../../kaito/gpu-skus.js";
import {
  hostOfGpus,
  hostOfMig,
  hostOfSku,
  type ReplicaHost,
} from "../../performance/llm/replica-host.js";

/** What a machine costs by the hour. */
export interface MachinePrice {
  readonly usdPerHour: number;
  readonly region: string;
  readonly kind: string;
  /** Day the price was valid on; absent where its source does not say. */
  readonly asOf?: string;
  readonly source: string;
}

/** Machines of one kind that a model may be put on. */
export interface Machines {
  readonly name: string;
  readonly host: ReplicaHost;
  /** How many there are; absent where any number can be had. */
  readonly count?: number;
  readonly price?: MachinePrice;
  /** KAITO's own entry for the machine, where it has one. */
  readonly kaito?: GpuSku;
}

/** The lowest on-demand price of a machine; a price of time bought ahead where there is no other. */
export function priceOf(catalogue: HardwareCatalogue, sku: NodeSku): MachinePrice | undefined {
  const entries = [...catalogue.prices(sku)].sort(
    (a, b) => rank(a) - rank(b) || a.usdPerHour - b.usdPerHour,
  );
  const [entry] = entries;
  if (entry === undefined) return undefined;
  const { usdPerHour, region, kind, asOf } = entry;
  return {
    usdPerHour,
    region,
    kind,
    ...(asOf === undefined ? {} : { asOf }),
    source: sourceOfEntry(entry),
  };
}

function rank({ given, kind }: PriceEntry): number {
  if (given !== undefined) return 0;
  return kind === "on-demand" ? 1 : 2;
}

/** A machine of the catalogue; undefined for one no replica can be put on. */
export function machinesOfSku(catalogue: HardwareCatalogue, sku: NodeSku): Machines | undefined {
  const found = hostOfSku(sku, (name) => gpuOf(catalogue, name));
  if (found.kind === "refused") return undefined;
  const price = priceOf(catalogue, sku);
  const kaito = kaitoSku(sku);
  return {
    name: sku.name,
    host: found.host,
    ...(price === undefined ? {} : { price }),
    ...(kaito === undefined ? {} : { kaito }),
  };
}

function kaitoSku({ name, aliases }: NodeSku): GpuSku | undefined {
  for (const each of [name, ...aliases]) {
    const found = findGpuSku(each) ?? findGpuSku(`Standard_${each}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** How a person named machines. */
export interface MachineName {
  /** A machine, an instance type of KAITO's tables, or a GPU. */
  readonly name: string;
  /** GPUs side by side, for a GPU's name. */
  readonly gpus: number;
  /** Profile of MIG. */
  readonly mig?: string;
}

/**
 * The machines a person named.
 *
 * @param argument of the command line, for messages
 * @throws InputError when nothing has that name, a GPU's name is ambiguous, or its GPU has no such profile
 */
export function namedMachines(
  argument: string,
  { name, gpus, mig }: MachineName,
  catalogue: HardwareCatalogue,
): Machines {
  const sku = catalogue.node(name);
  const found = sku === undefined ? undefined : machinesOfSku(catalogue, sku);
  if (sku !== undefined && found === undefined)
    throw refusal(argument, "no-gpu", `${sku.name} has no GPU that the catalogue knows`);
  const machines =
    found ?? machinesOfKaito(catalogue, name) ?? machinesOfGpu(argument, name, gpus, catalogue);
  if (mig === undefined) return machines;
  const host = hostOfMig(machines.host.gpu, mig, machines.host.gpusPerNode);
  if (host === undefined) {
    const profiles = catalogue.mig(machines.host.gpu.name)?.profiles.map((profile) => profile.name);
    const suggestion = didYouMean(mig, profiles ?? []);
    throw refusal(
      "--mig",
      "unknown-name",
      profiles === undefined
        ? `${machines.host.gpu.name} cannot be partitioned with MIG`
        : `${machines.host.gpu.name} has no profile "${mig}"`,
      {
        ...(profiles === undefined ? {} : { allowed: profiles }),
        ...(suggestion === undefined ? {} : { suggestion }),
      },
    );
  }
  const { kaito: _kaito, ...rest } = machines;
  return { ...rest, name: `${machines.name}, ${mig}`, host };
}

function machinesOfKaito(catalogue: HardwareCatalogue, name: string): Machines | undefined {
  const kaito = findGpuSku(name);
  if (kaito === undefined) return undefined;
  const gpu = gpuOf(catalogue, kaito.gpuModel.replace("NVIDIA ", ""));
  return gpu === undefined
    ? undefined
    : { name: kaito.name, host: hostOfGpus(gpu, kaito.gpus, kaito.name), kaito };
}

function machinesOfGpu(
  argument: string,
  name: string,
  gpus: number,
  catalogue: HardwareCatalogue,
): Machines {
  const found = catalogue.gpu(name);
  if (found.kind === "found") {
    const host = hostOfGpus(found.gpu, gpus);
    return { name: host.name, host };
  }
  if (found.kind === "ambiguous")
    throw refusal(argument, "ambiguous-gpu", `"${name}" fits several GPUs that differ`, {
      allowed: found.names,
      help: `name one of them, such as "${found.names[0]!}"`,
    });
  const refused = refusedNodeSku(name);
  const names = [
    ...catalogue.nodes.flatMap((sku) => [sku.name, ...sku.aliases]),
    ...GPU_SKUS.map((each) => each.name),
    ...catalogue.gpus.flatMap((gpu) => [gpu.name, ...gpu.aliases, ...(gpu.shortNames ?? [])]),
  ];
  const suggestion = refused === undefined ? didYouMean(name, names) : undefined;
  throw refusal(
    argument,
    "unknown-sku",
    refused === undefined
      ? `there is no machine, instance type or GPU "${name}", and no file of that name`
      : `the machine "${name}" ${refused}`,
    {
      ...(suggestion === undefined ? {} : { suggestion }),
      help: "headroom catalog node and headroom catalog gpu list them; an inventory is a .yaml or .json file",
    },
  );
}

function gpuOf(catalogue: HardwareCatalogue, name: string): GpuSpec | undefined {
  const found = catalogue.gpu(name);
  return found.kind === "found" ? found.gpu : undefined;
}

function refusal(file: string, rule: string, message: string, more: object = {}): InputError {
  return new InputError([{ file, rule, message, ...more }]);
}
