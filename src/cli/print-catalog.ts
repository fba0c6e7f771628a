import { formatBytes, formatNumber } from "../base/units.js";
import { GIBIBYTE } from "../hardware/byte-units.js";
import type { HardwareCatalogue } from "../hardware/catalogue.js";
import { sourceOfEntry } from "../hardware/catalogue.js";
import type { GpuSpec } from "../hardware/gpu-spec.js";
import type { LinkSpec } from "../hardware/links.js";
import { LINKS } from "../hardware/links.js";
import type { NodeSku } from "../hardware/node-sku.js";
import type { PriceEntry } from "../hardware/prices.js";
import { topologyOfSku } from "../hardware/topology.js";
import { confidentialOverheads } from "../performance/confidential/confidential-overhead.js";
import { fitColumns } from "./fit-columns.js";
import { alignColumns, wrapText } from "./text-layout.js";

/** A figure nobody published. */
const UNKNOWN = "-";

const LEGEND = `${UNKNOWN} is a figure no source has.`;

/** All GPUs in one table. */
export function printGpus(catalogue: HardwareCatalogue): string {
  const rows = catalogue.gpus.map((gpu) => [
    gpu.name,
    memory(gpu.memoryBytes),
    scaled(gpu.memoryBytesPerS, 1e9),
    scaled(gpu.bf16FlopPerS ?? gpu.fp16FlopPerS, 1e12),
    scaled(gpu.fp8FlopPerS, 1e12),
    scaled(gpu.powerMaxW, 1),
    gpu.nvlink === undefined ? UNKNOWN : `NVLink ${gpu.nvlink.generation}`,
    catalogue.mig(gpu.name) === undefined ? UNKNOWN : "MIG",
  ]);
  return [
    ...fitColumns(
      [["GPU", "memory", "GB/s", "16-bit TFLOPS", "fp8", "W", "link", "MIG"], ...rows],
      GPU_COLUMNS_TO_DROP,
    ),
    "",
    wrapText(`${LEGEND} Details and sources: headroom catalog gpu NAME`),
  ].join("\n");
}

/** One GPU with every figure and where it is from. */
export function printGpu(gpu: GpuSpec, catalogue: HardwareCatalogue): string {
  const { nvlink } = gpu;
  const geometry = catalogue.mig(gpu.name);
  const names = [...gpu.aliases, ...(gpu.shortNames ?? [])];
  return entryText(gpu.name, sourceOfEntry(gpu), [
    ["other names", names.length === 0 ? undefined : names.join(", ")],
    ["memory", memory(gpu.memoryBytes)],
    ["memory reported by the driver", optional(gpu.memoryReportedBytes, formatGibibytes)],
    ["memory bandwidth", unit(gpu.memoryBytesPerS, 1e9, "GB/s")],
    ["fp32", unit(gpu.fp32FlopPerS, 1e12, "TFLOPS")],
    ["tf32", unit(gpu.tf32FlopPerS, 1e12, "TFLOPS")],
    ["fp16", unit(gpu.fp16FlopPerS, 1e12, "TFLOPS")],
    ["bf16", unit(gpu.bf16FlopPerS, 1e12, "TFLOPS")],
    ["fp8", unit(gpu.fp8FlopPerS, 1e12, "TFLOPS")],
    ["fp4", unit(gpu.fp4FlopPerS, 1e12, "TFLOPS")],
    ["int8", unit(gpu.int8OpPerS, 1e12, "TOPS")],
    ["bf16 achieved by others", unit(gpu.achievedBf16FlopPerS, 1e12, "TFLOPS")],
    ["fp8 achieved by others", unit(gpu.achievedFp8FlopPerS, 1e12, "TFLOPS")],
    ["power, at most", unit(gpu.powerMaxW, 1, "W")],
    ["PCIe", gpu.pcie],
    [
      "NVLink",
      nvlink &&
        `generation ${nvlink.generation}, ${nvlink.links} links, ${nvlink.bothWaysBytesPerS / 1e9} GB/s both ways`,
    ],
    ["bridge", gpu.bridge],
    ["compute capability", gpu.computeCapability],
    [
      "MIG",
      geometry === undefined
        ? "no"
        : `${geometry.profiles.length} profiles: headroom catalog mig ${JSON.stringify(gpu.name)}`,
    ],
    ...confidentialFields(gpu),
    ["note", gpu.note],
  ]);
}

/** What confidential mode was measured to cost, with who measured it. */
function confidentialFields({ name }: GpuSpec): readonly (readonly [string, string])[] {
  const share = (value: number): string => formatNumber(100 * value, { digits: 2 });
  return confidentialOverheads(name).map(({ what, throughputLost: [low, high], source }) => [
    `confidential, ${what}`,
    `${share(low)} to ${share(high)} % of the throughput lost; ${source}`,
  ]);
}

/** Columns of the tables that a narrow terminal does without: hosting, then the price. */
const NODE_COLUMNS_TO_DROP = [5, 4, 3];
const GPU_COLUMNS_TO_DROP = [6, 4, 7];
const PRICE_COLUMNS_TO_DROP = [4, 2];

/** All machines, in the groups of the catalogue. */
export function printNodes(catalogue: HardwareCatalogue): string {
  const header = ["machine", "GPUs", "cores", "memory", "USD/h", "hosting"];
  // One width for all groups: their tables are one table with headings.
  const groups = Object.entries(catalogue.nodeGroups);
  const rows = groups.flatMap(([, skus]) => skus.map((sku) => nodeRow(sku, catalogue)));
  const [head, ...lines] = fitColumns([header, ...rows], NODE_COLUMNS_TO_DROP);
  let next = 0;
  const tables = groups.flatMap(([name, skus]) => {
    const own = lines.slice(next, next + skus.length);
    next += skus.length;
    return ["", name, ...own];
  });
  return [
    head!,
    ...tables,
    ...lines.slice(next),
    "",
    wrapText(
      `${LEGEND} A GPU with a question mark is not the same in all of them, or not stated. Cores are virtual CPUs for virtual machines. Prices are the lowest known of any region. Details and ` +
        "sources: headroom catalog node NAME; how the GPUs hang together: headroom topo NAME",
    ),
  ].join("\n");
}

function nodeRow(sku: NodeSku, catalogue: HardwareCatalogue): readonly string[] {
  const prices = catalogue.prices(sku).map(({ usdPerHour }) => usdPerHour);
  return [
    sku.name,
    gpusText(sku),
    sku.cpuMilli === undefined ? UNKNOWN : String(sku.cpuMilli / 1000),
    optional(sku.memoryBytes, formatHostMemory) ?? UNKNOWN,
    prices.length === 0 ? UNKNOWN : String(Math.min(...prices)),
    sku.hosting,
  ];
}

/** `8 x B200`; a question mark where the model differs or is not stated. */
function gpusText({ gpuCount, gpuModel }: NodeSku): string {
  return gpuCount === 0 ? "none" : `${gpuCount} x ${gpuModel ?? "?"}`;
}

/** One machine with every figure, its prices and where they are from. */
export function printNode(sku: NodeSku, catalogue: HardwareCatalogue): string {
  const topology = topologyOfSku(sku);
  const prices = catalogue.prices(sku);
  const entry = entryText(sku.name, sourceOfEntry(sku), [
    ["other names", sku.aliases.length === 0 ? undefined : sku.aliases.join(", ")],
    ["hosting", sku.hosting],
    ["GPUs", gpusText(sku)],
    ["cores", optional(sku.cpuMilli, (milli) => String(milli / 1000))],
    ["memory", optional(sku.memoryBytes, formatHostMemory)],
    ["power, at most", unit(sku.powerMaxW, 1, "W")],
    [
      "topology",
      topology === undefined || sku.gpuCount < 2
        ? undefined
        : `${topology.provenance}: headroom topo ${JSON.stringify(sku.name)}`,
    ],
    ["note", sku.note],
  ]);
  return prices.length === 0 ? entry : [entry, "", ...priceTable(prices, catalogue)].join("\n");
}

/** Every price. */
export function printPrices(catalogue: HardwareCatalogue, skus: readonly NodeSku[]): string {
  const prices = skus.flatMap((sku) => catalogue.prices(sku));
  return [
    ...priceTable(prices, catalogue),
    "",
    wrapText(
      "Prices move: look at the day. A day that is not stated is not stated by the source. Prices of machines that are " +
        "not listed were not found in a source that agrees with itself; put yours in a file of your own (--file).",
    ),
    ...sourceLines(prices),
  ].join("\n");
}

function priceTable(
  prices: readonly PriceEntry[],
  catalogue: HardwareCatalogue,
): readonly string[] {
  const rows = prices.map((price) => {
    const gpuCount = catalogue.node(price.sku)?.gpuCount ?? 0;
    return [
      price.sku,
      String(price.usdPerHour),
      gpuCount === 0 ? UNKNOWN : formatNumber(price.usdPerHour / gpuCount),
      price.region,
      price.kind,
      price.asOf ?? "not stated",
    ];
  });
  const header = ["machine", "USD/h", "per GPU", "region", "kind", "as of"];
  return fitColumns([header, ...rows], PRICE_COLUMNS_TO_DROP);
}

function sourceLines(prices: readonly PriceEntry[]): readonly string[] {
  const sources = new Set(prices.map((price) => sourceOfEntry(price)));
  return [...sources].map((source) => wrapText(`Source: ${source}`));
}

/** All kinds of links. */
export function printLinks(): string {
  const rows = LINKS.map((link: LinkSpec) => [
    link.name,
    link.kind,
    formatNumber(link.bytesPerS / 1e9),
    link.achievedBytesPerS === undefined ? UNKNOWN : formatNumber(link.achievedBytesPerS / 1e9),
  ]);
  return [
    ...alignColumns([["link", "kind", "GB/s one way", "reached by NCCL"], ...rows]),
    "",
    wrapText(
      `${LEGEND} One link, one slot or one adapter. Details and sources: headroom catalog link NAME`,
    ),
  ].join("\n");
}

/** One kind of link. */
export function printLink(link: LinkSpec): string {
  return entryText(link.name, sourceOfEntry(link), [
    ["kind", link.kind],
    ["one way", unit(link.bytesPerS, 1e9, "GB/s")],
    ["reached by NCCL, one way", unit(link.achievedBytesPerS, 1e9, "GB/s")],
    ["note", link.note],
  ]);
}

function entryText(
  title: string,
  source: string,
  fields: readonly (readonly [string, string | undefined])[],
): string {
  const known = fields.filter((each): each is [string, string] => each[1] !== undefined);
  const width = Math.max(...known.map(([label]) => label.length)) + 4;
  return [
    title,
    "",
    ...[...known, ["source", source] as const].map(
      ([label, value]) => `  ${label.padEnd(width - 2)}${wrapText(value, width)}`,
    ),
  ].join("\n");
}

function optional<T>(value: T | undefined, show: (value: T) => string): string | undefined {
  return value === undefined ? undefined : show(value);
}

function scaled(value: number | undefined, size: number): string {
  return value === undefined ? UNKNOWN : formatNumber(value / size, { digits: 4 });
}

function unit(value: number | undefined, size: number, name: string): string | undefined {
  return value === undefined ? undefined : `${scaled(value, size)} ${name}`;
}

/** GPU memory by the name on the card. */
function memory(bytes: number): string {
  return formatBytes(bytes, { units: "decimal", digits: 4 });
}

function formatGibibytes(bytes: number): string {
  return formatBytes(bytes, { digits: 5 });
}

/** Host memory is sold in GiB; some data sheets write decimal terabytes. */
function formatHostMemory(bytes: number): string {
  const gibibytes = bytes / GIBIBYTE;
  return Number.isInteger(gibibytes)
    ? `${gibibytes} GiB`
    : formatBytes(bytes, { units: "decimal", digits: 4 });
}
