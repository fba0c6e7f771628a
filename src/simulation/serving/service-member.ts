import type { Endpoint } from "../../policy/routing/router.js";
import type { Engine } from "./engine/engine.js";
import type { ReplicaGauges } from "./service.js";
import type { ReplicaSpec } from "./serving-spec.js";

/** A replica as its service sees it. */
export class ServiceMember {
  isDraining = false;
  drainedS = 0;
  /** As routers see it: what was read off it last. */
  readonly endpoint: SeenEndpoint;

  constructor(
    readonly replica: number,
    readonly spec: ReplicaSpec,
    readonly engine: Engine,
    isSeenLate: boolean,
  ) {
    this.endpoint = new SeenEndpoint(replica, spec, engine, isSeenLate);
  }

  /** Cache blocks in use over all. */
  get cacheShare(): number {
    return this.engine.usedBlocks / this.engine.blocks;
  }

  gauges(): ReplicaGauges {
    const { replica, isDraining, cacheShare, engine } = this;
    const { outstanding, waitingCount, runningCount, counters } = engine;
    return {
      replica,
      isDraining,
      waiting: waitingCount,
      running: runningCount,
      cacheShare,
      outstanding,
      idleSinceS: outstanding > 0 ? undefined : Math.max(engine.endS, this.drainedS),
      counters,
    };
  }
}

/** What a router sees of a replica: what it is, or what it was when it was looked at. */
class SeenEndpoint implements Endpoint {
  private seen: { waiting: number; running: number; cacheShare: number } | undefined;

  constructor(
    readonly replica: number,
    private readonly spec: ReplicaSpec,
    private readonly engine: Engine,
    isSeenLate: boolean,
  ) {
    if (isSeenLate) this.look();
  }

  /** Reads the replica; from then on that is what is seen. */
  look(): void {
    const { waitingCount, runningCount, usedBlocks, blocks } = this.engine;
    this.seen = { waiting: waitingCount, running: runningCount, cacheShare: usedBlocks / blocks };
  }

  get waiting(): number {
    return this.seen?.waiting ?? this.engine.waitingCount;
  }
  get running(): number {
    return this.seen?.running ?? this.engine.runningCount;
  }
  /** The router counts these itself: always fresh. */
  get outstanding(): number {
    return this.engine.outstanding;
  }
  get cacheShare(): number {
    return this.seen?.cacheShare ?? this.engine.usedBlocks / this.engine.blocks;
  }
  get cacheBlocks(): number {
    return this.engine.blocks;
  }
  get requestsMax(): number {
    return this.spec.requestsMax * (this.spec.dataParallel?.engines ?? 1);
  }
  get adaptersInUse(): number {
    return this.engine.adaptersInUse;
  }
  get adaptersWaiting(): number {
    return this.engine.adaptersWaiting;
  }
  get adaptersMax(): number {
    return this.spec.adapters?.slots ?? 0;
  }
  adapterUse(adapter: number): "active" | "waiting" | "none" {
    return this.engine.adapterUse(adapter);
  }
}
