import type { RandomStream } from "../../../../engine/streams.js";
import type {
  GangRequest,
  ResourceRequest,
  Resources,
} from "../../../../policy/ray/resource-demand.js";
import type { FleetClock } from "../fleet-clock.js";

/** A Ray node that takes work. */
export interface OpenNode {
  readonly free: Record<string, number>;
}

/** What work on Ray needs from its cluster. */
export interface RayWorkSetting {
  readonly clock: FleetClock;
  readonly stream: RandomStream;
  /** Nodes that are up, in the order they came. */
  open(): readonly OpenNode[];
  take(node: OpenNode, resources: Resources): void;
  give(node: OpenNode, resources: Resources): void;
  /** How many of these the cluster could hold at its largest. */
  roomFor(resources: Resources): number;
  /** Resources came free, or nothing is left to do. */
  changed(): void;
}

/** What became of one piece of work. */
export interface RayWorkOutcome {
  readonly name: string;
  readonly kind: "tasks" | "group" | "train";
  readonly submitS: number;
  startS: number | undefined;
  endS: number | undefined;
  /** Times it had to begin again, or a part of it. */
  restarts: number;
  /** Worker-seconds done twice, and workers that stood still while a group formed anew. */
  lostWorkerSeconds: number;
  /** Workers over time, summed, for training. */
  workerSeconds: number;
}

/** One piece of work in progress. */
export interface RayWork {
  readonly outcome: RayWorkOutcome;
  /** What the autoscaler hears of. */
  demand(): {
    readonly requests: readonly ResourceRequest[];
    readonly gangs: readonly GangRequest[];
  };
  /** Starts what there is room for. */
  assign(): void;
  /** A node is gone with all that was on it. */
  lost(node: OpenNode): void;
}

/** Whether a node has all of this free. */
export function fits(free: Readonly<Record<string, number>>, wanted: Resources): boolean {
  return Object.entries(wanted).every(([kind, amount]) => (free[kind] ?? 0) >= amount);
}
