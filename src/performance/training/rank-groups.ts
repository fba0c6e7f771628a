import type { CollectiveNode } from "../collectives/types.js";
import type { Parallelism } from "./parallelism.js";

/** Kinds of groups of GPUs that talk to each other in training. */
export type GroupKind = "tensor" | "data" | "expert" | "expert-data" | "pipeline";

/** GPUs that take part in one collective together, and how many such groups share their nodes' adapters. */
export interface RankGroup {
  readonly nodes: readonly CollectiveNode[];
  /** Part of the adapters of its fullest node that this group has to itself, in (0, 1]. */
  readonly adapterShare: number;
}

/** GPUs in the order in which ranks are given out: node by node. */
interface Seat {
  readonly node: number;
  readonly gpu: number;
}

/**
 * The distinct groups of one kind, for a parallelism laid over the GPUs given, in their order.
 *
 * Ranks are given out as Megatron does: tensor groups sit closest together, then experts, then copies,
 * then pipeline stages. Groups that look the same (same GPUs of nodes of the same kind) are returned
 * once; a placement of thousands of equal nodes has a handful.
 */
export function rankGroups(
  placement: readonly CollectiveNode[],
  parallelism: Parallelism,
  kind: GroupKind,
): readonly RankGroup[] {
  const seats = placement.flatMap(({ gpus }, node) => gpus.map((gpu): Seat => ({ node, gpu })));
  const kinds = createNodeKinds();
  const found = new Map<string, RankGroup>();
  forEachGroup(parallelism, kind, (ranks) => {
    const group = groupOf(
      placement,
      ranks.map((rank) => seats[rank]!),
    );
    const key = group.nodes.map((node) => `${kinds.of(node)}:${node.gpus.join(",")}`).join("|");
    if (!found.has(key)) found.set(key, group);
  });
  return [...found.values()];
}

/** Calls `visit` with the ranks of every group of a kind; groups of one rank say nothing and are left out. */
function forEachGroup(
  { tensor, pipeline, data, expert }: Parallelism,
  kind: GroupKind,
  visit: (ranks: readonly number[]) => void,
): void {
  const rank = (stage: number, copy: number, part: number): number =>
    (stage * data + copy) * tensor + part;
  const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
  const each = (
    outer: readonly [number, number],
    size: number,
    rankOf: (first: number, second: number, member: number) => number,
  ): void => {
    if (size < 2) return;
    for (let first = 0; first < outer[0]; first++) {
      for (let second = 0; second < outer[1]; second++) {
        visit(range(size).map((member) => rankOf(first, second, member)));
      }
    }
  };
  switch (kind) {
    case "tensor":
      each([pipeline, data], tensor, (stage, copy, part) => rank(stage, copy, part));
      return;
    case "data":
      each([pipeline, tensor], data, (stage, part, copy) => rank(stage, copy, part));
      return;
    case "expert":
      each([pipeline * tensor, data / expert], expert, (place, block, member) =>
        rank(Math.floor(place / tensor), block * expert + member, place % tensor),
      );
      return;
    case "expert-data":
      each([pipeline * tensor, expert], data / expert, (place, member, block) =>
        rank(Math.floor(place / tensor), block * expert + member, place % tensor),
      );
      return;
    case "pipeline":
      // Neighbouring stages, two by two.
      if (pipeline < 2) return;
      each([pipeline - 1, data * tensor], 2, (stage, place, member) =>
        rank(stage + member, Math.floor(place / tensor), place % tensor),
      );
  }
}

/** The group's GPUs node by node. All groups of a kind are busy at once, so they divide the adapters among them. */
function groupOf(placement: readonly CollectiveNode[], seats: readonly Seat[]): RankGroup {
  const gpusOfNode = new Map<number, number[]>();
  for (const { node, gpu } of seats) {
    const gpus = gpusOfNode.get(node) ?? [];
    gpusOfNode.set(node, gpus);
    gpus.push(gpu);
  }
  let adapterShare = 1;
  for (const [node, gpus] of gpusOfNode) {
    adapterShare = Math.min(adapterShare, gpus.length / placement[node]!.gpus.length);
  }
  const nodes = [...gpusOfNode].map(([node, gpus]) => ({
    ...placement[node]!,
    gpus: gpus.sort((left, right) => left - right),
  }));
  return { nodes, adapterShare };
}

/** Numbers for kinds of nodes: nodes of one kind share their GPU, topology, host and leaf switch. */
function createNodeKinds(): { of(node: CollectiveNode): number } {
  const kinds: CollectiveNode[] = [];
  return {
    of(node) {
      const known = kinds.findIndex(
        ({ gpu, topology, host, leaf }) =>
          gpu === node.gpu &&
          topology === node.topology &&
          host === node.host &&
          leaf === node.leaf,
      );
      return known === -1 ? kinds.push(node) - 1 : known;
    },
  };
}
