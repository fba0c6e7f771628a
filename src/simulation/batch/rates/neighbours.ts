import {
  networkShares,
  type SharedNetwork,
} from "../../../performance/collectives/network-shares.js";

/** Gangs that communicate at the same time, and what they leave each other of the network. */
export interface Neighbours {
  /** @param communicationShare share of its step that the gang sends, 0..1 */
  add(
    job: number,
    nodes: readonly { readonly node: number; readonly gpuShare: number }[],
    communicationShare: number,
  ): void;
  remove(job: number): void;
  /** Calls `visit` with every gang whose share of the network is another one than when last asked. */
  forEachChanged(visit: (job: number, networkShare: number) => void): void;
}

interface Gang {
  readonly nodes: readonly { readonly node: number; readonly gpuShare: number }[];
  readonly communicationShare: number;
  networkShare: number;
}

/** Shares are kept to so many parts: closer differences are not asked for again. */
const SHARE_STEPS = 1024;

/**
 * Follows which gangs share the links between leaf switches.
 *
 * Gangs do not send all the time. When all send at once, links are divided max-min fair and a gang keeps
 * `f` of its rate; the others send a share `d` of the time, on average over those on the same leaves, and not
 * in step with it. Its communication then takes `1 + d (1 / f − 1)` times as long.
 */
export function createNeighbours(network: SharedNetwork): Neighbours {
  const gangs = new Map<number, Gang>();
  let isStale = false;
  const leavesOf = ({ nodes }: Gang): Set<string | number> =>
    new Set(nodes.map(({ node }) => network.nodes[node]!.leaf));
  const review = (visit: (job: number, networkShare: number) => void): void => {
    const crossing = [...gangs].filter(([, gang]) => leavesOf(gang).size > 1);
    const together = networkShares(
      network,
      crossing.map(([, { nodes }]) => ({ nodes })),
    );
    const duty = dutyByLeaf(crossing.map(([, gang]) => ({ gang, leaves: leavesOf(gang) })));
    crossing.forEach(([job, gang], index) => {
      const times = 1 + duty[index]! * (1 / together[index]! - 1);
      const share = Math.max(1, Math.round(SHARE_STEPS / times)) / SHARE_STEPS;
      if (share === gang.networkShare) return;
      gang.networkShare = share;
      visit(job, share);
    });
  };
  return {
    add(job, nodes, communicationShare) {
      gangs.set(job, { nodes, communicationShare, networkShare: 1 });
      isStale = true;
    },
    remove(job) {
      gangs.delete(job);
      isStale = true;
    },
    forEachChanged(visit) {
      if (!isStale) return;
      isStale = false;
      review(visit);
    },
  };
}

/** For each gang the mean communication share of the others that are on one of its leaves; 0 without others. */
function dutyByLeaf(
  gangs: readonly { readonly gang: Gang; readonly leaves: ReadonlySet<string | number> }[],
): readonly number[] {
  return gangs.map(({ leaves }, index) => {
    let sum = 0;
    let count = 0;
    gangs.forEach((other, at) => {
      if (at === index || ![...other.leaves].some((leaf) => leaves.has(leaf))) return;
      sum += other.gang.communicationShare;
      count += 1;
    });
    return count === 0 ? 0 : sum / count;
  });
}
