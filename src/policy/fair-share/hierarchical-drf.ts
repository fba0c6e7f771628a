/** A node of the tree; a node without children is a leaf and holds resources. */
export interface DrfNodeSpec {
  /** Position of the parent, which comes before the node; -1 for the root, which is the first node. */
  readonly parent: number;
  /** > 0; siblings are entitled in proportion to their weights. */
  readonly weight: number;
}

/** A checked tree. */
export interface DrfTree {
  readonly parents: Int32Array;
  readonly weights: Float64Array;
  readonly children: readonly (readonly number[])[];
}

/** Who holds and wants what; columns stand at `node * resourceCount + resource`, zero for inner nodes. */
export interface DrfState {
  /** What there is of each resource, > 0. */
  readonly capacities: ArrayLike<number>;
  readonly usage: ArrayLike<number>;
  /** The next task of each leaf; all zero: it wants nothing. */
  readonly demand: ArrayLike<number>;
}

/** How the nodes stand to each other. */
export interface DrfStandings {
  /** Dominant share over weight, by node. The share of an inner node is that of its rescaled use. */
  readonly shares: Float64Array;
  /** 1 for a leaf that wants nothing or whose task has no room, and for a node with only such leaves below. */
  readonly blocked: Uint8Array;
}

/**
 * Checks a tree.
 *
 * @throws RangeError when a parent does not come before its child, there are two roots, or a weight is not > 0
 */
export function createDrfTree(nodes: readonly DrfNodeSpec[]): DrfTree {
  const children: number[][] = nodes.map(() => []);
  nodes.forEach(({ parent, weight }, node) => {
    const isPlaced =
      node === 0 ? parent === -1 : Number.isInteger(parent) && parent >= 0 && parent < node;
    if (!isPlaced)
      throw new RangeError(`drf: node ${node} needs a parent before it, it has ${parent}`);
    if (!(weight > 0 && Number.isFinite(weight)))
      throw new RangeError(`drf: the weight of node ${node} must be > 0, it is ${weight}`);
    if (node > 0) children[parent]!.push(node);
  });
  return {
    parents: Int32Array.from(nodes, ({ parent }) => parent),
    weights: Float64Array.from(nodes, ({ weight }) => weight),
    children,
  };
}

/**
 * Shares by hierarchical dominant resource fairness (H-DRF).
 *
 * A leaf's share is its largest part of any resource. An inner node's use is the sum over its children,
 * where children that can still be served are first scaled down to the least (weighted) share among them:
 * plain sums would starve one child for what its sibling holds of another resource. Blocked children count
 * as they are. Resources that nobody can be given any more of do not count for inner nodes. Source:
 * Bhattacharya et al., "Hierarchical Scheduling for Diverse Datacenter Workloads", SoCC 2013, sections 5
 * and 6; the paper has equal weights, here shares are compared and scaled after division by the weight.
 *
 * O(nodes * resources).
 */
export function drfStandings(tree: DrfTree, state: DrfState): DrfStandings {
  const { children, weights } = tree;
  const { capacities } = state;
  const resourceCount = capacities.length;
  const nodeCount = children.length;
  const free = freeAmounts(tree, state);
  const isOpen = openResources(tree, state, free);
  const use = new Float64Array(nodeCount * resourceCount);
  const shares = new Float64Array(nodeCount);
  const blocked = new Uint8Array(nodeCount);
  // Children stand behind their parents: backwards, every node comes after everything below it.
  for (let node = nodeCount - 1; node >= 0; node -= 1) {
    const isLeaf = children[node]!.length === 0;
    if (isLeaf) {
      blocked[node] = canBeServed(state, free, node) ? 0 : 1;
      for (let resource = 0; resource < resourceCount; resource += 1)
        use[node * resourceCount + resource] = state.usage[node * resourceCount + resource]!;
    } else {
      blocked[node] = children[node]!.every((child) => blocked[child] === 1) ? 1 : 0;
      addRescaled(children[node]!, { shares, blocked }, use, node, resourceCount);
    }
    let share = 0;
    for (let resource = 0; resource < resourceCount; resource += 1) {
      if (!isLeaf && isOpen[resource] === 0) continue;
      share = Math.max(share, use[node * resourceCount + resource]! / capacities[resource]!);
    }
    shares[node] = share / weights[node]!;
  }
  return { shares, blocked };
}

/**
 * The leaf to serve next: from the root always into the child with the least share that is not blocked, the
 * first among equals. -1 when no leaf can be served. O(nodes * resources).
 */
export function nextDrfLeaf(tree: DrfTree, state: DrfState): number {
  const { shares, blocked } = drfStandings(tree, state);
  if (tree.children.length === 0 || blocked[0] === 1) return -1;
  let node = 0;
  while (tree.children[node]!.length > 0) {
    let least = -1;
    for (const child of tree.children[node]!) {
      if (blocked[child] === 0 && (least < 0 || shares[child]! < shares[least]!)) least = child;
    }
    node = least;
  }
  return node;
}

function freeAmounts({ children }: DrfTree, { capacities, usage }: DrfState): Float64Array {
  const free = Float64Array.from(capacities);
  children.forEach((below, node) => {
    if (below.length > 0) return;
    for (let resource = 0; resource < free.length; resource += 1)
      free[resource]! -= usage[node * free.length + resource]!;
  });
  return free;
}

/** 1 for resources that some leaf asks for and could be given. */
function openResources(
  { children }: DrfTree,
  { demand }: DrfState,
  free: Float64Array,
): Uint8Array {
  const isOpen = new Uint8Array(free.length);
  children.forEach((below, node) => {
    if (below.length > 0) return;
    for (let resource = 0; resource < free.length; resource += 1) {
      const wanted = demand[node * free.length + resource]!;
      if (wanted > 0 && wanted <= free[resource]!) isOpen[resource] = 1;
    }
  });
  return isOpen;
}

function canBeServed({ demand }: DrfState, free: Float64Array, leaf: number): boolean {
  let wantsSomething = false;
  for (let resource = 0; resource < free.length; resource += 1) {
    const wanted = demand[leaf * free.length + resource]!;
    if (wanted > free[resource]!) return false;
    wantsSomething ||= wanted > 0;
  }
  return wantsSomething;
}

function addRescaled(
  children: readonly number[],
  { shares, blocked }: DrfStandings,
  use: Float64Array,
  node: number,
  resourceCount: number,
): void {
  let least = Number.POSITIVE_INFINITY;
  for (const child of children) if (blocked[child] === 0) least = Math.min(least, shares[child]!);
  for (const child of children) {
    const isScaled = blocked[child] === 0 && shares[child]! > least;
    const factor = isScaled ? least / shares[child]! : 1;
    for (let resource = 0; resource < resourceCount; resource += 1)
      use[node * resourceCount + resource]! += use[child * resourceCount + resource]! * factor;
  }
}
