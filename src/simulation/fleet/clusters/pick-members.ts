import { affinityScores, meetsRequired } from "../../../policy/fleet/cluster-affinity.js";
import { pickBest } from "../../../policy/fleet/pick-clusters.js";
import { evaluateSpread } from "../../../policy/fleet/topology-spread.js";
import type { ClusterTaint, ClusterToleration, PickPlacement } from "./clusters-spec.js";
import type { MemberCluster } from "./member-cluster.js";

const FLEET = "kubernetes-fleet.io/";
const RESOURCES = `resources.${FLEET}`;
const AZURE = "kubernetes.azure.com/";
/** KubeFleet reports no GPUs of its own: these are this program's. */
const OWN = "headroom/";

/** What a member reports to the hub, under the names KubeFleet and its Azure provider use. */
export function propertiesOf(member: MemberCluster): Readonly<Record<string, number>> {
  const counted: Record<string, number> = {};
  const add = (name: string, amount: number): void => {
    counted[name] = (counted[name] ?? 0) + amount;
  };
  for (const pool of member.pools) {
    const { spec, upCount, gpus, freeGpus } = pool;
    add(`${FLEET}node-count`, upCount);
    add(`${OWN}total-gpus`, gpus);
    add(`${OWN}available-gpus`, freeGpus);
    if (spec.sku !== undefined) add(`${AZURE}vm-sizes/${spec.sku}/count`, upCount);
    const perNode = { cpu: spec.cpuCoresPerNode, memory: spec.memoryBytesPerNode };
    for (const [kind, amount] of Object.entries(perNode)) {
      if (amount === undefined) continue;
      add(`${RESOURCES}total-${kind}`, amount * upCount);
      add(`${RESOURCES}allocatable-${kind}`, amount * upCount);
      // What a gang takes of CPU and memory follows its GPUs.
      add(`${RESOURCES}available-${kind}`, (amount * freeGpus) / spec.gpusPerNode);
    }
  }
  add(`${OWN}waiting-jobs`, member.queue.length);
  return { ...counted, ...member.spec.properties };
}

/** Whether something may be placed on a cluster with these taints. */
export function tolerates(
  taints: readonly ClusterTaint[],
  tolerations: readonly ClusterToleration[],
): boolean {
  return taints.every((taint) =>
    tolerations.some(({ operator, key, value }) =>
      operator === "exists"
        ? key === undefined || key === taint.key
        : key === taint.key && (value ?? "") === (taint.value ?? ""),
    ),
  );
}

/** Members the hub has heard of lately enough. @see kubefleet-dev/kubefleet clustereligibilitychecker */
export function isEligible(member: MemberCluster, nowS: number, heartbeatMaxS: number): boolean {
  return (
    member.disconnectedSinceS === undefined || nowS - member.disconnectedSinceS <= heartbeatMaxS
  );
}

/**
 * Members that the next copies of something go to.
 *
 * @param placed members that hold a copy already
 * @param allowed false where data, size, money or an old heartbeat forbid it
 * @returns with spread constraints one at a time, as KubeFleet places them
 */
export function pickMembers(
  placement: PickPlacement,
  members: readonly MemberCluster[],
  placed: readonly number[],
  allowed: (member: number) => boolean,
): readonly number[] {
  const isOpen = ({ index }: MemberCluster): boolean => !placed.includes(index) && allowed(index);
  if (placement.type === "fixed")
    return placement.members.filter((index) => isOpen(members[index]!));
  const seen = members.map((member) => ({
    labels: member.spec.labels,
    properties: propertiesOf(member),
    placements: Number(placed.includes(member.index)),
  }));
  const spread = evaluateSpread(seen, placement.type === "n" ? placement.spread : []);
  const fit = members.filter(
    (member, index) =>
      isOpen(member) &&
      meetsRequired(seen[index]!, placement.required) &&
      tolerates(member.spec.taints, placement.tolerations) &&
      spread[index]!.forbiddenBy === undefined,
  );
  if (placement.type === "all") return fit.map(({ index }) => index);
  const affinity = affinityScores(seen, placement.preferred);
  const missing = placement.count - placed.length;
  const batch = placement.spread.length > 0 ? Math.min(1, missing) : missing;
  const best = pickBest(
    fit.map(({ index, spec }) => ({
      name: spec.name,
      spreadScore: spread[index]!.score,
      affinityScore: affinity[index]!,
      obsoleteScore: 0,
    })),
    batch,
  );
  return best.map(({ name }) => members.find(({ spec }) => spec.name === name)!.index);
}
