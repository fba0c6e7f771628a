import { assert } from "../../../base/assert.js";
import { gpusOf } from "./slots.js";
import type { Slots } from "./upgrade-spec.js";

/** What a node is doing. `blocked`: it could not be drained and is left alone. */
export type NodeState = "starting" | "open" | "draining" | "changing" | "blocked" | "gone";

/** A pod that has, had or wants a place. */
export interface Pod {
  readonly owner: PodOwner;
  readonly slots: Slots;
  node: PoolNode | undefined;
}

/** What a pod belongs to: it knows how a pod leaves. */
export interface PodOwner {
  /** Name of the workload. */
  readonly name: string;
  /** Place among the workloads: earlier ones find a place first. */
  readonly rank: number;
  /**
   * Asked by a drain, as often as anything changed. The pod is told to leave, or stays for now.
   *
   * @returns why it stays; undefined when it leaves
   */
  evict(pod: Pod): string | undefined;
  /** Its node is deleted. */
  kill(pod: Pod): void;
}

/** A machine of the pool. */
export interface PoolNode {
  readonly name: string;
  state: NodeState;
  isNew: boolean;
  readonly pods: Set<Pod>;
  free: Record<string, number>;
}

/** Creates a node; it holds nothing. */
export function createNode(name: string, slots: Slots, state: NodeState, isNew: boolean): PoolNode {
  return { name, state, isNew, pods: new Set(), free: { ...slots } };
}

/** Whether a node has room for these slots. */
export function hasRoom(node: PoolNode, slots: Slots): boolean {
  for (const kind in slots) if ((node.free[kind] ?? 0) < slots[kind]!) return false;
  return true;
}

/** Gives a pod its place. */
export function putOn(node: PoolNode, pod: Pod): void {
  assert(hasRoom(node, pod.slots), "upgrade: a node was given more pods than it has room for", {
    node: node.name,
  });
  for (const kind in pod.slots) node.free[kind]! -= pod.slots[kind]!;
  node.pods.add(pod);
  pod.node = node;
}

/** Takes a pod off its node. */
export function takeOff(pod: Pod): void {
  const { node } = pod;
  if (node === undefined) return;
  for (const kind in pod.slots) node.free[kind]! += pod.slots[kind]!;
  node.pods.delete(pod);
  pod.node = undefined;
}

/** GPUs that a node has free. */
export function freeGpus(node: PoolNode): number {
  return gpusOf(node.free);
}

/**
 * The node a pod is put on: with room, and the fullest or the emptiest of those; the first among equals.
 */
export function chooseNode(
  nodes: readonly PoolNode[],
  slots: Slots,
  placement: "pack" | "spread",
): PoolNode | undefined {
  let chosen: PoolNode | undefined;
  let chosenFree = 0;
  for (const node of nodes) {
    if (node.state !== "open" || !hasRoom(node, slots)) continue;
    const free = freeGpus(node);
    const isBetter =
      chosen === undefined || (placement === "pack" ? free < chosenFree : free > chosenFree);
    if (isBetter) [chosen, chosenFree] = [node, free];
  }
  return chosen;
}
