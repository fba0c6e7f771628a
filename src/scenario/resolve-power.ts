import { knownGpuPower, type SourcedPower } from "../performance/power/gpu-power.js";
import { nodePowerMaxW, type NodePower } from "../performance/power/energy-meter.js";
import { knownNodeOverhead } from "../performance/power/node-power.js";
import type { ClusterSpec } from "../cluster/spec.js";
import type { GpuNames } from "../hardware/gpu-names.js";
import type { Assumption, NodeGroup } from "./resolved.js";
import type { ResolvedPower } from "./resolved-operations.js";
import type { ScenarioSpec } from "./schema/scenario-schema.js";

type PowerInput = NonNullable<ScenarioSpec["power"]>;

/** A power that is missing or cannot be: what is wrong, for a message. */
export interface PowerFault {
  /** Field of `power`, or undefined for the section. */
  readonly field: "gpus" | "rack" | undefined;
  readonly rule: "missing-figure" | "out-of-range";
  readonly message: string;
  readonly help?: string;
}

/** What became of the section. */
export interface PowerResolution {
  readonly power: ResolvedPower;
  readonly faults: readonly PowerFault[];
  readonly assumptions: readonly Assumption[];
  /** Groups of whose nodes nothing but the GPUs is counted. */
  readonly withoutOverhead: readonly string[];
}

/** Finds the power of every node group: given, published, or a default that says so. */
export function resolvePower(
  input: PowerInput,
  machines: {
    readonly cluster: ClusterSpec;
    readonly nodeGroups: readonly NodeGroup[];
    readonly gpuNames: GpuNames;
  },
): PowerResolution {
  const faults: PowerFault[] = [];
  const assumptions = new Map<string, Assumption>([[PUE_ID, pueAssumption(input.pue)]]);
  const withoutOverhead: string[] = [];
  const kinds = machines.nodeGroups.map((group): NodePower => {
    const node = machines.cluster.nodes[group.firstNode];
    const gpusPerNode = node?.gpuCount ?? 0;
    const model = node?.gpuModel ?? "";
    const gpu = gpusPerNode === 0 ? NO_GPU : gpuPower(model, input, machines.gpuNames, faults);
    const overhead = overheadOf(group, model, input);
    if (overhead === undefined && group.count > 0) withoutOverhead.push(group.name);
    for (const assumption of assumptionsOf(group, model, gpusPerNode, gpu, overhead)) {
      assumptions.set(assumption.id, assumption);
    }
    return {
      gpusPerNode,
      gpuIdleW: gpu.idle?.powerW ?? 0,
      gpuBusyW: gpu.busy?.powerW ?? 0,
      overheadW: overhead?.powerW ?? 0,
    };
  });
  checkRacks(input, machines.nodeGroups, kinds, faults);
  return {
    power: { pue: input.pue ?? 1, kinds },
    faults: distinct(faults),
    assumptions: [...assumptions.values()],
    withoutOverhead,
  };
}

interface GpuSources {
  readonly idle: SourcedPower | undefined;
  readonly busy: SourcedPower | undefined;
}

const NO_GPU: GpuSources = { idle: undefined, busy: undefined };
const PUE_ID = "power:pue";

function gpuPower(
  model: string,
  input: PowerInput,
  gpuNames: GpuNames,
  faults: PowerFault[],
): GpuSources {
  const given = input.gpus?.find(
    (one) => one.name === model || nameOf(one.name, gpuNames) === model,
  );
  const known = knownGpuPower(model);
  const pick = (what: "idle" | "busy"): SourcedPower | undefined => {
    const value = given?.[what];
    return value === undefined
      ? known[what]
      : { powerW: value, provenance: "given", source: `power.gpus, ${what}` };
  };
  const found = { idle: pick("idle"), busy: pick("busy") };
  const missing = (["idle", "busy"] as const).filter((what) => found[what] === undefined);
  if (missing.length > 0) {
    faults.push({
      field: input.gpus === undefined ? undefined : "gpus",
      rule: "missing-figure",
      message: `nobody published the ${missing.join(" and ")} power of the GPU ${model}: power.gpus must give it`,
      help: `for example: power: {gpus: [{name: ${JSON.stringify(model)}, ${missing.map((what) => `${what}: ${what === "idle" ? "90W" : "600W"}`).join(", ")}}]}`,
    });
  } else if (found.busy!.powerW < found.idle!.powerW) {
    faults.push({
      field: input.gpus === undefined ? undefined : "gpus",
      rule: "out-of-range",
      message: `the GPU ${model} would use less while busy (${found.busy!.powerW} W) than while idle (${found.idle!.powerW} W)`,
    });
  }
  return found;
}

function nameOf(written: string, gpuNames: GpuNames): string | undefined {
  const found = gpuNames.resolve(written);
  return found.kind === "declared" || found.kind === "catalogue" ? found.name : undefined;
}

function overheadOf(group: NodeGroup, model: string, input: PowerInput): SourcedPower | undefined {
  const given = input.nodes?.find((one) => one.name === group.name);
  if (given !== undefined) {
    return { powerW: given.overhead, provenance: "given", source: "power.nodes" };
  }
  return group.sku === undefined ? undefined : knownNodeOverhead(group.sku, model);
}

function checkRacks(
  { rack }: PowerInput,
  groups: readonly NodeGroup[],
  kinds: readonly NodePower[],
  faults: PowerFault[],
): void {
  if (rack === undefined) return;
  groups.forEach((group, index) => {
    const nodes = Math.min(rack.nodesPerRack, group.count);
    const nodeW = nodePowerMaxW(kinds[index]!);
    if (nodes * nodeW <= rack.limit) return;
    const fits = Math.floor(rack.limit / nodeW);
    faults.push({
      field: "rack",
      rule: "out-of-range",
      message: `${nodes} nodes of ${group.name} in a rack draw up to ${nodes * nodeW} W with every GPU busy (${nodeW} W each), and power.rack.limit is ${rack.limit} W`,
      help:
        fits === 0
          ? "not even one of these nodes may stand in such a rack"
          : `at most ${fits} of these nodes may stand in one rack: nodesPerRack: ${fits}`,
    });
  });
}

function pueAssumption(pue: number | undefined): Assumption {
  const what = "Power at the meter over power of the machines (PUE)";
  return pue === undefined
    ? {
        id: PUE_ID,
        what,
        value: "1: cooling and losses are not counted",
        provenance: "assumed",
        source:
          "nothing given; 1.54 on average in the industry, 1.1 to 1.2 at large operators (Uptime Institute survey 2025)",
      }
    : { id: PUE_ID, what, value: String(pue), provenance: "given", source: "power.pue" };
}

function assumptionsOf(
  group: NodeGroup,
  model: string,
  gpusPerNode: number,
  gpu: GpuSources,
  overhead: SourcedPower | undefined,
): readonly Assumption[] {
  const rows: Assumption[] = [];
  for (const what of ["idle", "busy"] as const) {
    const power = gpu[what];
    if (power === undefined || gpusPerNode === 0) continue;
    rows.push({
      id: `power:${what}:${model}`,
      what: `Power of one ${model} while ${what}`,
      value: `${power.powerW} W`,
      provenance: power.provenance,
      source: power.source,
    });
  }
  rows.push({
    id: `power:node:${group.name}`,
    what: `Power of one node of ${group.name} besides its GPUs`,
    value: overhead === undefined ? "not counted" : `${overhead.powerW} W`,
    provenance: overhead?.provenance ?? "assumed",
    source: overhead?.source ?? "nobody published it for this machine; power.nodes can give it",
  });
  return rows;
}

function distinct(faults: readonly PowerFault[]): readonly PowerFault[] {
  return [...new Map(faults.map((fault) => [fault.message, fault])).values()];
}
