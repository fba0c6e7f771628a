import type { ClusterState } from "../../cluster/view.js";
import type { GangForesight, PlannedPart } from "../../policy/gang/foresight.js";
import type { PodRequest } from "../../workload/job-table.js";
import type { BackfillRoom, RoomOptions } from "./backfill-room.js";
import { FutureNodes } from "./future-nodes.js";
import type { JobList } from "./job-order.js";
import { NodeHolds } from "./node-holds.js";

/**
 * Nodes: the reservation names the nodes, those that the placement would take then (`GangForesight.planIn`).
 * While a job is tried that would run beyond the reserved time, what is free now on those nodes and will be
 * needed then is held by allocations of nobody, so that the placement works around it.
 */
class NodeRoom implements BackfillRoom {
  private readonly future: FutureNodes;
  private readonly holds: NodeHolds;
  private reservedNodes: readonly number[] = [];
  private holding = false;

  constructor(
    private readonly options: RoomOptions,
    cluster: ClusterState,
    private readonly shapes: readonly PodRequest[],
    private readonly foresight: GangForesight,
  ) {
    this.future = new FutureNodes(cluster, shapes);
    this.holds = new NodeHolds(cluster);
  }

  reserve(demand: number, running: JobList, expectedEndS: Float64Array): number {
    const { classes, launcher, gang } = this.options;
    const request = this.shapes[classes.shape[demand]!]!;
    this.future.startFromNow();
    const workers = classes.workers[demand]!;
    let pods = gang.podsThatFit?.(demand);
    let milli = gang.gpuMilliFree;
    // Counting is cheap, planning looks at every node.
    const plan = (): readonly PlannedPart[] | undefined =>
      (pods === undefined || pods >= workers) && milli >= classes.gpuMilli[demand]!
        ? this.foresight.planIn(demand, this.future)
        : undefined;
    let atS = launcher.nowS;
    let planned: readonly PlannedPart[] | undefined;
    for (let place = 0; place < running.size && planned === undefined; place++) {
      const job = running.at(place);
      const endS = Math.max(launcher.nowS, expectedEndS[job]!);
      // Everything that ends at the same time is free then.
      if (endS > atS) planned = plan();
      if (planned !== undefined) break;
      atS = endS;
      const more = this.future.withdraw(launcher.partsOf(job), this.partRequest(job), request);
      if (pods !== undefined) pods += more;
      milli += classes.gpuMilli[classes.heldOf[job]!]!;
    }
    planned ??= plan();
    for (const part of planned ?? []) {
      for (let pod = 0; pod < part.pods; pod++) this.future.reserve(part.node, part.request);
    }
    this.reservedNodes = planned?.map(({ node }) => node) ?? [];
    return planned === undefined ? Infinity : atS;
  }

  mayStart(demand: number, isLong: boolean): boolean {
    // With holds in place a "no" would be about the wrong room.
    return isLong || this.holding || this.options.gang.mayFit(demand);
  }

  tryStart(job: number, isLong: boolean): boolean {
    this.setHolding(isLong);
    const { launcher } = this.options;
    if (!launcher.tryStartAsAsked(job)) return false;
    if (isLong) this.future.occupy(launcher.partsOf(job), this.partRequest(job));
    return true;
  }

  endPass(): void {
    this.setHolding(false);
  }

  private partRequest(job: number): (gpuCount: number) => PodRequest {
    const demand = this.options.classes.heldOf[job]!;
    return (gpuCount) => this.foresight.partRequest(demand, gpuCount);
  }

  private setHolding(holding: boolean): void {
    if (holding === this.holding) return;
    this.holding = holding;
    if (!holding) this.holds.releaseAll();
    else for (const node of this.reservedNodes) this.holds.hold(node, this.future.holdOn(node));
  }
}

/** The room of nodes that a placement fills. */
export function createNodeRoom(
  options: RoomOptions,
  cluster: ClusterState,
  shapes: readonly PodRequest[],
  foresight: GangForesight,
): BackfillRoom {
  return new NodeRoom(options, cluster, shapes, foresight);
}
