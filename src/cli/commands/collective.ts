import type { Command } from "commander";

import { parseBytes } from "../../base/units/parse-bytes.js";
import { didYouMean } from "../../diagnostics/did-you-mean.js";
import { InputError, type Problem } from "../../diagnostics/problem.js";
import { findNodeSku, NODE_SKUS, refusedNodeSku } from "../../hardware/find-node-sku.js";
import {
  COLLECTIVE_OPERATIONS,
  nodeOfSku,
  type CollectiveFabric,
  type CollectiveNode,
  type CollectiveOperation,
} from "../../performance/collectives.js";
import { collectiveTable, printCollectiveTable } from "../collective-table.js";

interface CollectiveOptions {
  readonly on: string;
  readonly gpus?: string;
  readonly nodes?: string;
  readonly bytes?: string;
  readonly nic?: string;
  readonly nicsPerNode?: string;
  readonly transport?: string;
  readonly oversubscription?: string;
  readonly nodesPerLeaf?: string;
  readonly networkShare?: string;
  readonly oneNvlinkDomain?: true;
  readonly json?: true;
}

const COMMAND = "collective";
const SIZES_DEFAULT = "1KiB..1GiB";
const SIZES_MAX = 64;
const NODES_MAX = 100_000;
/** Far above any that is sold: what is larger is a slip of the unit. */
const NIC_MAX_GB_S = 10_000;
const NICS_MAX = 64;
const RATIO_MAX = 1_000;

/** `headroom collective`: how long an operation over several GPUs takes on a machine of the catalogue. */
export function registerCollective(program: Command): void {
  program
    .command(COMMAND)
    .summary("how long an all-reduce or another collective takes, and by which rule")
    .description(
      "Prints time, algorithm bandwidth and bus bandwidth of a collective operation over sizes, with the table or formula that gave each.",
    )
    .argument("<operation>", COLLECTIVE_OPERATIONS.join(", "))
    .requiredOption("--on <machine>", "node SKU of the catalogue, such as DGX-H100")
    .option(
      "--gpus <list>",
      "GPUs of each node: a count, or indices such as 0,1,4; all when absent",
    )
    .option("--nodes <count>", "nodes; 1 when absent")
    .option(
      "--bytes <sizes>",
      `one size, a list, or from..to doubling; ${SIZES_DEFAULT} when absent`,
    )
    .option(
      "--nic <GB/s>",
      "one direction of an adapter in GB/s (400 Gb/s are 50); the machine's when absent",
    )
    .option("--nics-per-node <count>", "adapters of a node; the machine's when absent")
    .option("--transport <name>", "rdma or tcp; rdma when absent")
    .option("--oversubscription <ratio>", "into the leaf over out of it; 1 when absent")
    .option("--nodes-per-leaf <count>", "nodes below one leaf switch; all below one when absent")
    .option(
      "--network-share <share>",
      "what other jobs leave of the network, in (0, 1]; 1 when absent",
    )
    .option("--one-nvlink-domain", "all nodes share one NVLink domain, as in an NVL72 rack")
    .option("--json", "print {op, machine, nodes, gpusPerNode, rows} and nothing else")
    .addHelpText(
      "after",
      `
Sizes count as in nccl-tests: the buffer of one GPU; for all-gather the gathered result.

Examples:
  headroom collective all-reduce --on DGX-H200
  headroom collective all-reduce --on NC96ads_A100_v4 --gpus 0,1 --bytes 16MiB..16GiB
  headroom collective all-reduce --on DGX-H100 --nodes 16 --bytes 1GiB --transport tcp
  headroom collective all-to-all --on DGX-H100 --nodes 8 --nodes-per-leaf 4 --oversubscription 2`,
    )
    .action((operation: string, options: CollectiveOptions, command: Command) => {
      const table = tableOf(operation, options);
      const text =
        options.json === true ? JSON.stringify(table, null, 2) : printCollectiveTable(table);
      command.configureOutput().writeOut?.(`${text}\n`);
    });
}

function tableOf(operation: string, options: CollectiveOptions) {
  const op = operationNamed(operation);
  const node = nodeNamed(options.on, options.gpus);
  const nodeCount = numberOf(options, "nodes", { isWhole: true, min: 1, max: NODES_MAX }) ?? 1;
  const share = numberOf(options, "networkShare", { above: 0, max: 1 });
  const fabric = fabricOf(options);
  try {
    return collectiveTable(
      {
        op,
        nodes: Array.from({ length: nodeCount }, () => node.node),
        ...(fabric === undefined ? {} : { fabric }),
        ...(share === undefined ? {} : { networkShare: share }),
      },
      node.machine,
      sizesOf(options.bytes ?? SIZES_DEFAULT),
    );
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw refusal({
      rule: "collective",
      message: error.message
        .replace(/^collectives: /, "")
        .replace(
          /fabric\.nicBytesPerS \(and nicsPerNode, else 1\)/,
          "--nic (and --nics-per-node, else 1)",
        ),
    });
  }
}

function refusal(problem: Omit<Problem, "file">): InputError {
  return new InputError([{ file: COMMAND, ...problem }]);
}

function operationNamed(name: string): CollectiveOperation {
  const plain = name.toLowerCase().replace(/[_ ]/g, "-");
  const found = COLLECTIVE_OPERATIONS.find(
    (op) => op === plain || op.replaceAll("-", "") === plain.replaceAll("-", ""),
  );
  if (found !== undefined) return found;
  const suggestion = didYouMean(name, COLLECTIVE_OPERATIONS);
  throw refusal({
    rule: "unknown-operation",
    message: `there is no collective operation "${name}"`,
    allowed: COLLECTIVE_OPERATIONS,
    ...(suggestion === undefined ? {} : { suggestion }),
  });
}

function nodeNamed(
  name: string,
  gpus: string | undefined,
): { readonly node: CollectiveNode; readonly machine: string } {
  const sku = findNodeSku(name);
  if (sku === undefined) {
    const refused = refusedNodeSku(name);
    if (refused !== undefined) {
      throw refusal({ rule: "no-collectives", message: `--on: ${name} ${refused}` });
    }
    const suggestion = didYouMean(
      name,
      NODE_SKUS.flatMap((each) => [each.name, ...each.aliases]),
    );
    throw refusal({
      rule: "unknown-machine",
      message: `--on: the catalogue has no machine "${name}"`,
      ...(suggestion === undefined ? {} : { suggestion }),
      help: "headroom catalog node lists them",
    });
  }
  const found = nodeOfSku(sku);
  if (found.kind === "refused") {
    throw refusal({ rule: "no-collectives", message: `--on: ${found.reason}` });
  }
  const { topology, node } = found;
  if (gpus === undefined) return { node, machine: sku.name };
  const isCount = /^\d+$/.test(gpus.trim());
  const indices = isCount
    ? Array.from({ length: Math.min(Number(gpus), topology.gpuCount + 1) }, (_unused, at) => at)
    : gpus.split(",").map((part) => (/^\s*\d+\s*$/.test(part) ? Number(part) : Number.NaN));
  const isFine =
    indices.length > 0 &&
    indices.every((index) => index < topology.gpuCount) &&
    new Set(indices).size === indices.length;
  if (!isFine) {
    throw refusal({
      rule: "gpus",
      message: `--gpus: "${gpus}" is neither a count from 1 to ${topology.gpuCount} nor a list of different indices from 0 to ${topology.gpuCount - 1}, such as 0,1`,
    });
  }
  return { node: { ...node, gpus: indices }, machine: sku.name };
}

/** Limits of a number on the command line. */
interface NumberLimits {
  readonly isWhole?: true;
  readonly min?: number;
  readonly above?: number;
  readonly max?: number;
}

function numberOf(
  options: CollectiveOptions,
  key: "nodes" | "nic" | "nicsPerNode" | "oversubscription" | "nodesPerLeaf" | "networkShare",
  { isWhole, min, above, max }: NumberLimits,
): number | undefined {
  const text = options[key];
  if (text === undefined) return undefined;
  const value = text.trim() === "" ? Number.NaN : Number(text);
  const isFine =
    Number.isFinite(value) &&
    (isWhole !== true || Number.isInteger(value)) &&
    (min === undefined || value >= min) &&
    (above === undefined || value > above) &&
    (max === undefined || value <= max);
  if (isFine) return value;
  const option = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const limits = [
    ...(min === undefined ? [] : [`from ${min}`]),
    ...(above === undefined ? [] : [`above ${above}`]),
    ...(max === undefined ? [] : [`up to ${max}`]),
  ];
  throw refusal({
    rule: "number",
    message: `--${option}: "${text}" is not a ${isWhole === true ? "whole " : ""}number ${limits.join(" ")}`,
  });
}

function fabricOf(options: CollectiveOptions): CollectiveFabric | undefined {
  const { transport } = options;
  if (transport !== undefined && transport !== "rdma" && transport !== "tcp") {
    throw refusal({
      rule: "transport",
      message: `--transport: there is no transport "${transport}"`,
      allowed: ["rdma", "tcp"],
    });
  }
  const nic = numberOf(options, "nic", { above: 0, max: NIC_MAX_GB_S });
  const nicsPerNode = numberOf(options, "nicsPerNode", { isWhole: true, min: 1, max: NICS_MAX });
  const oversubscription = numberOf(options, "oversubscription", { min: 1, max: RATIO_MAX });
  const nodesPerLeaf = numberOf(options, "nodesPerLeaf", { isWhole: true, min: 1, max: NODES_MAX });
  const fabric: CollectiveFabric = {
    ...(nic === undefined ? {} : { nicBytesPerS: nic * 1e9 }),
    ...(nicsPerNode === undefined ? {} : { nicsPerNode }),
    ...(transport === undefined ? {} : { transport }),
    ...(oversubscription === undefined ? {} : { oversubscription }),
    ...(nodesPerLeaf === undefined ? {} : { nodesPerLeaf }),
    ...(options.oneNvlinkDomain === true ? { isOneNvlinkDomain: true } : {}),
  };
  return Object.keys(fabric).length === 0 ? undefined : fabric;
}

/** One size, several with commas, or from..to doubling. */
function sizesOf(text: string): readonly number[] {
  const [from, to, ...more] = text.split("..");
  if (to === undefined) return text.split(",").map(sizeOf);
  if (more.length > 0) {
    throw refusal({
      rule: "bytes",
      message: `--bytes: "${text}" is not from..to, such as 1MiB..1GiB`,
    });
  }
  const [first, last] = [sizeOf(from!), sizeOf(to)];
  if (!(first > 0 && last >= first)) {
    throw refusal({
      rule: "bytes",
      message: `--bytes: "${text}" must go from a size above 0 to one that is not smaller`,
    });
  }
  const sizes: number[] = [];
  for (let bytes = first; bytes <= last && sizes.length <= SIZES_MAX; bytes *= 2) sizes.push(bytes);
  return sizes;
}

function sizeOf(text: string): number {
  const parsed = parseBytes(text.trim());
  if (parsed.ok) return parsed.value;
  throw refusal({
    rule: "bytes",
    message: `--bytes: ${parsed.message}`,
    ...(parsed.suggestion === undefined ? {} : { suggestion: parsed.suggestion }),
  });
}
