import { formatNumber } from "../base/units.js";
import { findLink } from "../hardware/links.js";
import type { NodeSku } from "../hardware/node-sku.js";
import { sourceOfEntry } from "../hardware/catalogue.js";
import type { Device, NodeNic, NodeTopology } from "../hardware/topology.js";
import { devicePath, devicePathText, gpuDomainLevels } from "../hardware/topology.js";
import { wrapText } from "./text-layout.js";

/** Adapters shown each in a column of its own; more are summed up. */
const NICS_SHOWN_MAX = 8;

const WORDS = {
  nvlink: "joined by NVLink",
  "pcie-switch": "behind one PCIe switch",
  numa: "on one NUMA node",
} as const;

/** A node as text: a tree of what hangs where, then the way between each two devices. */
export function printTopology(sku: NodeSku, topology: NodeTopology): string {
  return [
    `${sku.name}: ${sku.gpuCount} x ${sku.gpuModel ?? "GPU, not stated which"}, ${sku.hosting}`,
    "",
    ...tree(topology).map((line) =>
      line.startsWith("    ") ? line : `  ${wrapText(line.trim(), 2)}`,
    ),
    "",
    ...matrix(topology),
    "",
    ...domains(topology).map((line) => wrapText(line)),
    wrapText(originText(sku, topology)),
  ].join("\n");
}

function tree(topology: NodeTopology): readonly string[] {
  const { nvswitch, nvlinks, rackDomain, numaNodes, nics = [] } = topology;
  const lines: string[] = [];
  if (nvswitch !== undefined) {
    const each = findLink(nvswitch.link)?.bytesPerS ?? 0;
    const chips = nvswitch.chips === undefined ? "" : `, ${nvswitch.chips} switch chips`;
    lines.push(
      `  NVLink switches (${nvswitch.link}): ${list("GPU", nvswitch.gpus)}, ${nvswitch.linksPerGpu} links each, ` +
        `${formatNumber((each * nvswitch.linksPerGpu) / 1e9)} GB/s one way${chips}`,
    );
  }
  if (rackDomain !== undefined) {
    lines.push(
      `  ${rackDomain.name}: the NVLink switches join ${rackDomain.gpus} GPUs of ${rackDomain.nodes} nodes`,
    );
  }
  if (nvlinks !== undefined && nvlinks.length > 0) {
    const first = nvlinks[0]!;
    lines.push(`  direct connections over ${first.link}: ${nvlinks.length}, see the table`);
  }
  if (numaNodes === undefined) {
    lines.push("  sockets and PCIe switches: not known");
    if (nics.length > 0) lines.push(`  network: ${nicText(nics)}`);
    return lines;
  }
  if (nics.length > 0) lines.push(`  network: ${nicText(nics)}`);
  numaNodes.forEach((node, index) => {
    lines.push(`  NUMA node ${node.id ?? index}`, ...branch(topology, node));
  });
  return lines;
}

/** What hangs on one NUMA node: its PCIe switches, then what has a root port of its own. */
function branch(
  { pcieSwitches = [], nics = [] }: NodeTopology,
  node: { readonly gpus: readonly number[]; readonly nics?: readonly number[] },
): readonly string[] {
  const own = pcieSwitches.filter(({ gpus }) => gpus.some((gpu) => node.gpus.includes(gpu)));
  const below = own.map((each) =>
    [
      each.hasSeveralBridges === true ? "PCIe switches:" : "PCIe switch:",
      list("GPU", each.gpus),
      ...(each.nics ?? []).map((nic) => nicName(nic, nics)),
    ].join(" "),
  );
  const covered = new Set(own.flatMap(({ gpus }) => gpus));
  const coveredNics = new Set(own.flatMap((each) => each.nics ?? []));
  const loose = [
    ...node.gpus.filter((gpu) => !covered.has(gpu)).map((gpu) => `GPU${gpu}`),
    ...(node.nics ?? []).filter((nic) => !coveredNics.has(nic)).map((nic) => nicName(nic, nics)),
  ];
  const all = [...below, ...loose];
  return all.map((text, index) => `    ${index === all.length - 1 ? "└─" : "├─"} ${text}`);
}

function nicName(nic: number, nics: readonly NodeNic[]): string {
  const rail = nics[nic]?.rail;
  return rail === undefined ? `NIC${nic}` : `NIC${nic} (rail ${rail})`;
}

/** `GPU0`, `GPU0 GPU1`, `GPU0 to GPU7`. */
function list(name: string, numbers: readonly number[]): string {
  const first = numbers[0];
  const last = numbers.at(-1);
  if (first === undefined || last === undefined) return "nothing";
  const isRun = numbers.length > 2 && last - first === numbers.length - 1;
  return isRun ? `${name}${first} to ${name}${last}` : numbers.map((n) => `${name}${n}`).join(" ");
}

function nicText(nics: readonly NodeNic[]): string {
  const { link, bytesPerS } = nics[0]!;
  return `${nics.length} x ${link} (${formatNumber((bytesPerS * 8) / 1e9)} Gb/s each)`;
}

function matrix(topology: NodeTopology): readonly string[] {
  const { gpuCount, nics = [] } = topology;
  const gpus = Array.from({ length: gpuCount }, (_, index): Device => ({ kind: "gpu", index }));
  const isFew = nics.length <= NICS_SHOWN_MAX;
  const adapters = isFew ? nics.map((_, index): Device => ({ kind: "nic", index })) : [];
  const rowsOf = (others: readonly Device[]): readonly (readonly string[])[] => [
    ["", ...others.map(label)],
    ...gpus.map((gpu) => [
      label(gpu),
      ...others.map((other) => devicePathText(devicePath(topology, gpu, other))),
    ]),
  ];
  const whole = rowsOf([...gpus, ...adapters]);
  const wide = tightColumns(whole);
  const isTooWide = wide.some((line) => line.length > (process.stdout.columns ?? line.length));
  const table =
    isTooWide && adapters.length > 0
      ? [...tightColumns(rowsOf(gpus)), "", ...tightColumns(rowsOf(adapters))]
      : wide;
  const used = new Set(whole.slice(1).flatMap((row) => row.slice(1)));
  return [
    ...table,
    "",
    ...LEGEND.filter(([, test]) => [...used].some(test)).map(([text]) => `  ${text}`),
  ];
}

const LEGEND: readonly (readonly [string, (text: string) => boolean])[] = [
  ["NV#   # NVLinks bonded together", (text) => /^NV\d/.test(text)],
  ["NV    NVLink, the number of links is not published", (text) => text === "NV"],
  ["XGMI  a direct link between two AMD GPUs", (text) => text === "XGMI"],
  ["PIX   one PCIe switch or bridge at most", (text) => text === "PIX"],
  ["PXB   several PCIe bridges, not the host's", (text) => text === "PXB"],
  ["NODE  over the host, within a NUMA node", (text) => text === "NODE"],
  ["SYS   over the link between NUMA nodes", (text) => text === "SYS"],
  ["?     not published", (text) => text === "?"],
];

function label({ kind, index }: Device): string {
  return `${kind.toUpperCase()}${index}`;
}

/** Sixteen devices fit into 80 columns with one space between them. */
function tightColumns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(" ")}`.trimEnd(),
  );
}

function domains(topology: NodeTopology): readonly string[] {
  if (topology.gpuCount < 2) return [];
  const levels = gpuDomainLevels(topology);
  if (levels.length === 0) {
    const isKnown =
      topology.nvswitch !== undefined ||
      topology.nvlinks !== undefined ||
      topology.numaNodes !== undefined;
    return [
      isKnown
        ? "For placement all GPUs are alike."
        : "For placement all GPUs are taken as alike: nothing is known of what they share.",
    ];
  }
  return levels.map(
    ({ kind, groups }) =>
      `For placement, GPUs ${WORDS[kind]}: ${groups.map((group) => `{${group.join(" ")}}`).join(" ")}`,
  );
}

function originText(sku: NodeSku, topology: NodeTopology): string {
  const { provenance, note, sources } = topology;
  const said = provenance[0]!.toUpperCase() + provenance.slice(1);
  const origin = sku.given === undefined ? { sources } : { given: sku.given };
  return `${said}${note === undefined ? "" : `; ${note}`}. Source: ${sourceOfEntry(origin)}`;
}

/** The same as one JSON value, with the domains that placement uses. */
export function topologyJson(sku: NodeSku, topology: NodeTopology): object {
  const { gpuCount, nics = [] } = topology;
  const gpus = Array.from({ length: gpuCount }, (_, index): Device => ({ kind: "gpu", index }));
  const devices = [...gpus, ...nics.map((_, index): Device => ({ kind: "nic", index }))];
  return {
    name: sku.name,
    gpuModel: sku.gpuModel ?? null,
    topology,
    domains: gpuDomainLevels(topology),
    paths: Object.fromEntries(
      gpus.map((gpu) => [
        label(gpu),
        Object.fromEntries(
          devices.map((other) => [label(other), devicePathText(devicePath(topology, gpu, other))]),
        ),
      ]),
    ),
  };
}
