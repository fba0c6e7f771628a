import { maxMinRates, type MaxMinFlow } from "./max-min.js";

/** The network jobs share: adapters of nodes, leaf switches, a spine. */
export interface SharedNetwork {
  readonly nodes: readonly SharedNode[];
  /** Bandwidth into a leaf over bandwidth from it to the spine; 1 is non-blocking. */
  readonly oversubscription: number;
}

/** One node on the network. */
export interface SharedNode {
  readonly leaf: string | number;
  /** One direction of all its adapters together. */
  readonly bytesPerS: number;
}

/** A job that communicates: the nodes it is on, by position, each with the share of its GPUs it holds. */
export interface NetworkJob {
  readonly nodes: readonly { readonly node: number; readonly gpuShare: number }[];
}

/**
 * Share of the network rate it would have alone that is left for each job, when all jobs run their ring at
 * once and links are divided max-min fair. 1 for a job on one node.
 *
 * A job's ring visits its nodes leaf by leaf: it sends once out of each node over the adapters next to its
 * GPUs, and once up from and down to each leaf. Pass the share as `networkShare` of a question.
 *
 * @throws RangeError when a job names a node twice or one that is not there
 */
export function networkShares(
  network: SharedNetwork,
  jobs: readonly NetworkJob[],
): readonly number[] {
  const capacities = capacitiesOf(network);
  const flows = jobs.map((job) => ringOf(network, job));
  const communicating = flows.flatMap((flow, at) => (flow === undefined ? [] : [at]));
  const together = maxMinRates(
    communicating.map((at) => flows[at]!),
    capacities,
  );
  const shares = jobs.map(() => 1);
  communicating.forEach((at, position) => {
    const [alone] = maxMinRates([flows[at]!], capacities);
    shares[at] = alone === 0 ? 1 : together[position]! / alone!;
  });
  return shares;
}

function capacitiesOf({ nodes, oversubscription }: SharedNetwork): ReadonlyMap<string, number> {
  const capacities = new Map<string, number>();
  nodes.forEach(({ leaf, bytesPerS }, at) => {
    capacities.set(`node ${at} out`, bytesPerS);
    capacities.set(`node ${at} in`, bytesPerS);
    for (const direction of ["up", "down"]) {
      const link = `leaf ${leaf} ${direction}`;
      capacities.set(link, (capacities.get(link) ?? 0) + bytesPerS / oversubscription);
    }
  });
  return capacities;
}

/** The ring of a job as one flow; undefined for a job on one node. */
function ringOf({ nodes }: SharedNetwork, job: NetworkJob): MaxMinFlow | undefined {
  const places = job.nodes.map(({ node }) => node);
  if (new Set(places).size !== places.length || places.some((node) => nodes[node] === undefined)) {
    throw new RangeError(
      `network-shares: a job must name different nodes from 0 to ${nodes.length - 1}, got [${places.join(", ")}]`,
    );
  }
  if (places.length < 2) return undefined;
  const loads = new Map<string, number>();
  const leaves = new Set(places.map((node) => nodes[node]!.leaf));
  for (const node of places) {
    loads.set(`node ${node} out`, 1);
    loads.set(`node ${node} in`, 1);
  }
  if (leaves.size > 1) {
    for (const leaf of leaves) {
      loads.set(`leaf ${leaf} up`, 1);
      loads.set(`leaf ${leaf} down`, 1);
    }
  }
  // A job with part of a node's GPUs has the adapters next to them.
  const rateMax = Math.min(
    ...job.nodes.map(({ node, gpuShare }) => nodes[node]!.bytesPerS * gpuShare),
  );
  return { loads, rateMax };
}
