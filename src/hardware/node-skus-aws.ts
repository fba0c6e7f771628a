import { GIBIBYTE } from "./byte-units.js";
import type { NodeSku } from "./node-sku.js";
import type { SourceId } from "./sources.js";

/** A size of an instance family: GPUs, virtual CPUs, memory in GiB (absent where no source was found). */
type Size = readonly [name: string, gpus: number, vcpus?: number, memoryGib?: number];

function family(gpuModel: string, sources: readonly SourceId[], sizes: readonly Size[]): NodeSku[] {
  return sizes.map(([name, gpuCount, vcpus, memoryGib]) => ({
    name,
    aliases: [`AWS ${name}`],
    hosting: "vm",
    gpuCount,
    gpuModel,
    ...(vcpus === undefined ? {} : { cpuMilli: vcpus * 1000 }),
    ...(memoryGib === undefined ? {} : { memoryBytes: memoryGib * GIBIBYTE }),
    sources,
  }));
}

/** GPU instances of AWS. */
export const NODE_SKUS_AWS: readonly NodeSku[] = [
  {
    name: "p4d.24xlarge",
    aliases: ["AWS p4d.24xlarge"],
    hosting: "vm",
    gpuCount: 8,
    gpuModel: "A100 SXM4-40GB",
    cpuMilli: 96000,
    memoryBytes: 1152 * GIBIBYTE,
    sources: ["price-aws-cb", "stas-net"],
  },
  ...family("A100 SXM4-80GB", ["torchx", "kaito-sku"], [["p4de.24xlarge", 8, 96, 1152]]),
  {
    name: "p5.48xlarge",
    aliases: ["AWS p5.48xlarge"],
    hosting: "vm",
    gpuCount: 8,
    gpuModel: "H100 SXM5-80GB",
    cpuMilli: 192000,
    memoryBytes: 2048 * GIBIBYTE,
    sources: ["price-aws-cb", "stas-net", "price-aws-news"],
  },
  ...family(
    "H200 SXM-141GB",
    ["torchx", "kaito-sku", "dstack-4110"],
    [
      ["p5e.48xlarge", 8, 192, 2048],
      ["p5en.48xlarge", 8, 192, 2048],
    ],
  ),
  ...family(
    "A10G",
    ["torchx", "aws-batch-gpu", "kaito-sku"],
    [
      ["g5.xlarge", 1, 4, 16],
      ["g5.2xlarge", 1, 8, 32],
      ["g5.4xlarge", 1, 16, 64],
      ["g5.8xlarge", 1, 32, 128],
      ["g5.16xlarge", 1, 64, 256],
      ["g5.12xlarge", 4, 48, 192],
      ["g5.24xlarge", 4, 96, 384],
      ["g5.48xlarge", 8, 192, 768],
    ],
  ),
  ...family(
    "L4",
    ["aws-batch-gpu", "kaito-sku"],
    [
      ["g6.xlarge", 1, 4, 16],
      ["g6.2xlarge", 1, 8, 32],
      ["g6.4xlarge", 1, 16, 64],
      ["g6.8xlarge", 1, 32, 128],
      ["g6.16xlarge", 1, 64, 256],
      ["g6.12xlarge", 4],
      ["g6.24xlarge", 4],
      ["g6.48xlarge", 8],
    ],
  ),
  ...family(
    "L40S",
    ["torchx"],
    [
      ["g6e.xlarge", 1, 4, 32],
      ["g6e.2xlarge", 1, 8, 64],
      ["g6e.4xlarge", 1, 16, 128],
      ["g6e.8xlarge", 1, 32, 256],
      ["g6e.16xlarge", 1, 64, 512],
      ["g6e.12xlarge", 4, 48, 384],
      ["g6e.24xlarge", 4, 96, 768],
      ["g6e.48xlarge", 8, 192, 1536],
    ],
  ),
];
