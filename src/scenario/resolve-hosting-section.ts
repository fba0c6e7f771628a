import { findNodeLinks, withoutPeerToPeer, type KnownLinks } from "./node-links.js";
import type { NodeSpec } from "../cluster/spec.js";
import type { CollectiveFabric } from "../performance/collectives/types.js";
import { resolveSteps } from "./resolve-communication.js";
import { resolveElastic, resolveHosting } from "./resolve-hosting.js";
import type { ResolvedCluster } from "./resolve-cluster.js";
import type { HostedGroup, ResolvedHosting } from "./resolved-hosting.js";
import type { Assumption } from "./resolved.js";
import type { ScenarioSpec } from "./schema/scenario-schema.js";

type GroupInput = ScenarioSpec["cluster"]["nodes"][number];
const GIGABIT = 1e9 / 8;

type Assume = (assumption: Assumption) => void;

/**
 * Hosting profiles, elastic groups and communication of one configuration; empty when the scenario says
 * nothing of them: labels change no figure.
 */
export function resolveHostingSection(
  spec: ScenarioSpec,
  machines: Pick<ResolvedCluster, "cluster" | "nodeGroups" | "calibrations">,
  assume: Assume,
): { readonly hosting?: ResolvedHosting } {
  const steps = resolveSteps(spec.workload, machines.calibrations, assume);
  const inputs = spec.cluster.nodes;
  const isSilent = inputs.every(
    (group) => typeof group.hosting !== "object" && group.elastic === undefined,
  );
  if (steps === undefined && isSilent) return {};
  const groups = inputs.map((input, index): HostedGroup => {
    const profile = resolveHosting(input, assume);
    const elastic = resolveElastic(input, profile, assume);
    const { firstNode, count } = machines.nodeGroups[index]!;
    const node = count === 0 ? undefined : machines.cluster.nodes[firstNode];
    const known =
      steps === undefined || node === undefined || node.gpuCount === 0
        ? undefined
        : knownLinksOf(spec.cluster, input, node);
    if (known !== undefined) noteLinks(input.name, known, assume);
    const isCutOff = profile?.gpuPeerToPeer.value === false;
    return {
      ...(profile === undefined ? {} : { profile }),
      ...(elastic === undefined ? {} : { elastic }),
      ...(known === undefined
        ? {}
        : { links: (isCutOff ? withoutPeerToPeer(known) : known).links, bareLinks: known.links }),
    };
  });
  return { hosting: { groups, ...communicationOf(spec, steps, assume) } };
}

/** Links of the nodes of a group; undefined when they are not known. */
export function knownLinksOf(
  { fabric }: Pick<ScenarioSpec["cluster"], "fabric">,
  { sku, linksLike }: Pick<GroupInput, "sku" | "linksLike">,
  { gpuModel, gpuCount }: Pick<NodeSpec, "gpuModel" | "gpuCount">,
): KnownLinks | undefined {
  return findNodeLinks({
    gpuModel,
    gpuCount,
    machine: linksLike ?? sku,
    hasAdaptersGiven: fabric?.adapterGbps !== undefined,
  });
}

/** The network between nodes as `cluster.fabric` describes it. */
export function fabricOf({ fabric }: Pick<ScenarioSpec["cluster"], "fabric">): CollectiveFabric & {
  readonly oversubscription: number;
} {
  const { oversubscription = 1, adapters, adapterGbps } = fabric ?? {};
  return {
    oversubscription,
    ...(adapters === undefined ? {} : { nicsPerNode: adapters }),
    ...(adapterGbps === undefined ? {} : { nicBytesPerS: adapterGbps * GIGABIT }),
  };
}

function communicationOf(
  { cluster }: ScenarioSpec,
  steps: ReturnType<typeof resolveSteps>,
  assume: Assume,
): Pick<ResolvedHosting, "communication"> {
  if (steps === undefined) return {};
  const { leaf, adapters, adapterGbps } = cluster.fabric ?? {};
  const fabric = fabricOf(cluster);
  const leafLevel = cluster.topology?.findIndex(({ level }) => level === leaf) ?? -1;
  if (adapterGbps !== undefined) {
    assume({
      id: "fabric:adapters",
      what: "Network adapters of a node",
      value: `${adapters ?? "as many as the machine has, else 1"} × ${adapterGbps} Gb/s`,
      provenance: "given",
      source: "cluster.fabric",
    });
  }
  assume({
    id: "fabric:oversubscription",
    what: "Bandwidth into leaf switches over bandwidth to the spine",
    value: `${fabric.oversubscription}${leafLevel === -1 ? ", all nodes below one leaf" : `, one leaf per ${leaf!}`}`,
    provenance: cluster.fabric === undefined ? "assumed" : "given",
    source:
      cluster.fabric === undefined
        ? "no cluster.fabric: a network without bottleneck"
        : "cluster.fabric",
  });
  return {
    communication: {
      steps,
      fabric,
      ...(leafLevel === -1 ? {} : { leafLevel }),
    },
  };
}

function noteLinks(group: string, { what, provenance, source }: KnownLinks, assume: Assume): void {
  assume({
    id: `links:${group}`,
    what: `Links between the GPUs of a node of ${group}, and its adapters`,
    value: what,
    provenance,
    source,
  });
}
