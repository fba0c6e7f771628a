import { WHOLE_GPU_MILLI } from "../../../cluster/gpu-milli.js";
import type { NodeSpec } from "../../../cluster/spec.js";
import type { ClusterView } from "../../../cluster/view.js";
import { assignDomains, type DomainQuestion } from "../../gang/topology/assign-domains.js";
import type { TopologyTree } from "../../gang/topology/topology-tree.js";
import { createTopologyTree } from "../../gang/topology/topology-tree.js";

type GpuDomains = NonNullable<NodeSpec["gpuDomains"]>;

/** Chooses whole GPUs inside one node. */
export interface GpuSetChooser {
  /**
   * Writes `count` wholly free GPUs of the node into `out`, indexes within the node in rising order; the
   * node has as many.
   */
  choose(node: number, count: number, out: Int32Array): void;
}

/** More GPUs than this have too many sets to remember. */
const MEMO_GPUS_MAX = 20;

/**
 * Keeps GPUs that work together close, and close groups whole for those who need them.
 *
 * In a node with `gpuDomains` the set comes from the tightest kind of group of which one has room: of these
 * the one with the least room, the earlier of equals; inside it the same again. Where no group has room, the
 * groups of the loosest kind with most room come first, and the rest goes to the tightest that holds it. That
 * is Kueue's `preferred` with best-fit one floor down, except that every group keeps its share inside. In other nodes the free GPUs of the lowest index are
 * taken.
 */
export function createGpuSetChooser(view: ClusterView): GpuSetChooser {
  const kinds = new Map<GpuDomains, GpuGroups>();
  const groupsOf = view.spec.nodes.map((node): GpuGroups | undefined => {
    if (node.gpuDomains === undefined || node.gpuDomains.length === 0) return undefined;
    const known = kinds.get(node.gpuDomains);
    if (known !== undefined) return known;
    const groups = new GpuGroups(node);
    kinds.set(node.gpuDomains, groups);
    return groups;
  });
  return {
    choose(node, count, out) {
      const groups = groupsOf[node];
      if (groups === undefined || count === 0) firstWholeGpus(view, node, count, out);
      else groups.choose(view, node, count, out);
    },
  };
}

/**
 * The groups of one kind of node.
 *
 * @throws RangeError when groups overlap, leave the node, or do not lie inside those of the looser kind
 */
class GpuGroups {
  private readonly tree: TopologyTree;
  private readonly workersIn: Int32Array[];
  private readonly memo = new Map<number, readonly number[]>();

  constructor(node: NodeSpec) {
    this.tree = gpuTree(node);
    this.workersIn = this.tree.levels.map(({ domainCount }) => new Int32Array(domainCount));
  }

  choose(view: ClusterView, node: number, count: number, out: Int32Array): void {
    const first = view.gpuOffset[node]!;
    const gpus = view.gpuOffset[node + 1]! - first;
    let free = 0;
    for (let gpu = 0; gpu < gpus; gpu += 1)
      free = 2 * free + (view.gpuMilliFree[first + gpu] === WHOLE_GPU_MILLI ? 1 : 0);
    const key = free * (gpus + 1) + count;
    const known = gpus <= MEMO_GPUS_MAX ? this.memo.get(key) : undefined;
    const chosen = known ?? this.search(view, first, gpus, count);
    if (known === undefined && gpus <= MEMO_GPUS_MAX) this.memo.set(key, chosen);
    for (let index = 0; index < count; index += 1) out[index] = chosen[index]!;
  }

  private search(view: ClusterView, first: number, gpus: number, count: number): readonly number[] {
    const { tree, workersIn } = this;
    for (const column of workersIn) column.fill(0);
    for (let gpu = 0; gpu < gpus; gpu += 1) {
      if (view.gpuMilliFree[first + gpu] !== WHOLE_GPU_MILLI) continue;
      tree.levels.forEach(({ domainOf }, level) => {
        workersIn[level]![domainOf[gpu]!]! += 1;
      });
    }
    const question: DomainQuestion = {
      tree,
      rooms: { workersIn },
      workers: count,
      level: Math.max(0, tree.levels.length - 2),
      mode: "preferred",
      algorithm: "best-fit",
      keepsShares: true,
    };
    const shares = assignDomains(question) ?? [];
    return shares.filter((_, index) => index % 2 === 0).sort((left, right) => left - right);
  }
}

/** GPUs as hosts of a cluster of one node: groups of the loosest kind are the widest level. */
function gpuTree({ name, gpuCount, gpuDomains = [] }: NodeSpec): TopologyTree {
  const groupOf = gpuDomains.map((groups, kind) => {
    const group = new Int32Array(gpuCount).fill(-1);
    groups.forEach((gpus, index) => {
      for (const gpu of gpus) {
        if (!(Number.isInteger(gpu) && gpu >= 0 && gpu < gpuCount)) {
          throw new RangeError(
            `gpuDomains of node ${name}: GPU must be a number 0..${gpuCount - 1}, got ${gpu}`,
          );
        }
        if (group[gpu] !== -1)
          throw new RangeError(`gpuDomains[${kind}] of node ${name}: GPU ${gpu} is in two groups`);
        group[gpu] = index;
      }
    });
    // A GPU that is in no group is alone.
    return Array.from(group, (index, gpu) => (index < 0 ? `alone-${gpu}` : `group-${index}`));
  });
  groupOf.forEach((groups, kind) => {
    const looser = groupOf[kind + 1];
    if (looser === undefined) return;
    const looserOf = new Map<string, string>();
    groups.forEach((group, gpu) => {
      const known = looserOf.get(group) ?? looser[gpu]!;
      if (known !== looser[gpu]) {
        throw new RangeError(
          `gpuDomains of node ${name}: a group of kind ${kind} must lie inside one of kind ${kind + 1}, ` +
            `got one that GPU ${gpu} leaves`,
        );
      }
      looserOf.set(group, known);
    });
  });
  const kinds = groupOf.map((_, kind) => `kind-${kind}`).reverse();
  const host = { cpuMilli: 0, memoryBytes: 0, podsMax: 1, gpuCount: 1, gpuModel: "gpu" };
  return createTopologyTree({
    topology: { levels: kinds },
    nodes: Array.from({ length: gpuCount }, (_, gpu) => ({
      name: `gpu-${gpu}`,
      ...host,
      domains: groupOf.map((groups) => groups[gpu]!).reverse(),
    })),
  });
}

/** The wholly free GPUs of the lowest index. */
function firstWholeGpus(view: ClusterView, node: number, count: number, out: Int32Array): void {
  const first = view.gpuOffset[node]!;
  const end = view.gpuOffset[node + 1]!;
  let taken = 0;
  for (let gpu = first; gpu < end && taken < count; gpu += 1) {
    if (view.gpuMilliFree[gpu] === WHOLE_GPU_MILLI) {
      out[taken] = gpu - first;
      taken += 1;
    }
  }
}
