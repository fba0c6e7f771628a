import type { Resources } from "../../../../policy/ray/resource-demand.js";
import type { FleetClock } from "../fleet-clock.js";
import type { RayWorkerSpec } from "./ray-spec.js";
import type { OpenNode, RayWorkOutcome } from "./ray-work-types.js";

/** What a Ray cluster did. */
export interface RayOutcome {
  readonly name: string;
  readonly work: RayWorkOutcome[];
  admittedS: number | undefined;
  endS: number | undefined;
  launches: number;
  losses: number;
  /** Seconds of Ray nodes from having their place to being given back, and of these without work. */
  nodeSeconds: number;
  idleNodeSeconds: number;
  gpuSecondsHeld: number;
  gpuSecondsUsed: number;
  nodesMax: number;
}

/** `queued` was decided, `placing` waits for GPUs of the member, `booting` has them, `up` takes work. */
export interface RayNode extends OpenNode {
  readonly holderName: string;
  readonly type: RayWorkerSpec;
  state: "queued" | "placing" | "booting" | "up" | "gone";
  pool: number;
  nodes: readonly number[];
  placedS: number;
  idleSinceS: number | undefined;
}

/** Counts what the nodes of a Ray cluster hold and use. */
export class RayMeter {
  private usedGpus = 0;
  private usedSinceS = 0;

  constructor(
    private readonly outcome: RayOutcome,
    private readonly clock: FleetClock,
  ) {}

  /** Resources of a node are taken or given back. @param sign -1 takes, 1 gives back */
  change(node: RayNode, resources: Resources, sign: 1 | -1): void {
    for (const [kind, amount] of Object.entries(resources))
      // Ray counts in ten-thousandths.
      node.free[kind] = Math.round(((node.free[kind] ?? 0) + sign * amount) * 1e4) / 1e4;
    this.note(resources, sign);
    const isIdle = Object.entries(node.type.resources).every(
      ([kind, total]) => Math.abs(node.free[kind]! - total) < 1e-9,
    );
    if (isIdle) node.idleSinceS ??= this.clock.nowS;
    else if (node.idleSinceS !== undefined) {
      this.outcome.idleNodeSeconds += this.clock.nowS - node.idleSinceS;
      node.idleSinceS = undefined;
    }
  }

  /** GPUs in use change from now on. */
  note(resources: Resources, sign: 1 | -1): void {
    this.outcome.gpuSecondsUsed += this.usedGpus * (this.clock.nowS - this.usedSinceS);
    this.usedSinceS = this.clock.nowS;
    this.usedGpus -= sign * (resources["GPU"] ?? 0);
  }

  /** Counts the time of a node up to now. */
  countNode(node: RayNode): void {
    if (node.state !== "booting" && node.state !== "up") return;
    const { nowS } = this.clock;
    const heldS = nowS - node.placedS;
    this.outcome.nodeSeconds += heldS;
    this.outcome.gpuSecondsHeld += heldS * node.type.gpus;
    node.placedS = nowS;
    if (node.idleSinceS === undefined) return;
    this.outcome.idleNodeSeconds += nowS - node.idleSinceS;
    node.idleSinceS = nowS;
  }
}

/** Counts of a Ray cluster that has done nothing. */
export function emptyOutcome(name: string): RayOutcome {
  return {
    name,
    work: [],
    admittedS: undefined,
    endS: undefined,
    launches: 0,
    losses: 0,
    nodeSeconds: 0,
    idleNodeSeconds: 0,
    gpuSecondsHeld: 0,
    gpuSecondsUsed: 0,
    nodesMax: 0,
  };
}
