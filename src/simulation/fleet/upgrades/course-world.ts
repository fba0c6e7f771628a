import type { Phase } from "../../../engine/types.js";
import type { NodeState } from "./pool-nodes.js";
import type { UpgradeSpec } from "./upgrade-spec.js";

/** A clock on which a course arranges what comes next. */
export interface CourseAgenda {
  readonly nowS: number;
  /** @param delayS from now; 0 is later in this instant */
  after(delayS: number, phase: Phase, action: () => void): unknown;
}

/** A node as a course of an upgrade sees it. */
export interface CourseNode {
  readonly name: string;
  readonly state: NodeState;
  /** It has the new version. */
  readonly isNew: boolean;
  /** What runs on it. */
  readonly pods: { readonly size: number };
}

/** How a drain ended. `gone`: the machine itself went meanwhile, and nothing of it is left to change. */
export type DrainEnd =
  | { readonly kind: "empty" }
  | { readonly kind: "gone" }
  | { readonly kind: "timeout"; readonly holdouts: string };

/**
 * What a course of an upgrade acts on: a pool by itself, or one of a cluster whose jobs a hub sends. Courses know how
 * nodes are taken, and worlds know what runs on them.
 */
export interface CourseWorld {
  readonly spec: Pick<UpgradeSpec, "pool" | "strategy" | "times">;
  readonly agenda: CourseAgenda;
  readonly nodes: readonly CourseNode[];
  /** Adds a node that is not there yet; it opens with `setState`. */
  addNode(name: string, state: NodeState, isNew: boolean): CourseNode;
  setState(node: CourseNode, state: NodeState): void;
  /** The node comes back with the slots of the new version. */
  renew(node: CourseNode): void;
  /** Closes a node and evicts its pods; `ended` is called once, unless the drain is given up. */
  drain(node: CourseNode, timeoutS: number, ended: (end: DrainEnd) => void): void;
  /** Gives up all drains: their nodes stay closed, and nothing more is evicted. */
  giveUpDrains(): void;
  /** Deletes a node with what runs on it. */
  discard(node: CourseNode): void;
  /** Who was evicted and has no place, with how many of each. */
  withoutPlace(): readonly string[];
  log(what: string): void;
}
