import { judgeEviction } from "../../../policy/fleet/eviction.js";
import type { Appointment } from "./agenda.js";
import type { Pod, PodOwner } from "./pool-nodes.js";
import { gpusOf } from "./slots.js";
import type { UpgradeService } from "./upgrade-spec.js";
import type { PodGroup, UpgradeWorld } from "./upgrade-world.js";
import { createWaits, type Waits } from "./waits.js";

/** A service while the pool is upgraded. */
export interface ServiceRun {
  readonly spec: UpgradeService;
  /** Replicas that serve now. */
  readonly ready: number;
  readonly evictions: number;
  readonly waits: Waits;
  /** Looks for places for all replicas, as before the upgrade: those placed now serve at once. */
  begin(): void;
  /** The upgrade begins: whoever has no place from now on waits because of it. */
  settle(): void;
}

interface Replica extends Pod {
  state: "waiting" | "starting" | "ready" | "ending";
  start: Appointment | undefined;
}

/**
 * Creates a service. An evicted replica serves no more at once and holds its GPUs for the time of grace; its
 * replacement looks for a place from the same moment.
 */
export function createServiceRun(
  spec: UpgradeService,
  rank: number,
  world: UpgradeWorld,
): ServiceRun {
  return new Replicas(spec, rank, world);
}

class Replicas implements ServiceRun, PodOwner {
  readonly name: string;
  readonly waits: Waits;
  ready = 0;
  evictions = 0;
  private isBefore = true;

  constructor(
    readonly spec: UpgradeService,
    readonly rank: number,
    private readonly world: UpgradeWorld,
  ) {
    this.name = spec.name;
    this.waits = createWaits(world.agenda, gpusOf(spec.slots));
  }

  begin(): void {
    for (let index = 0; index < this.spec.replicas; index += 1) this.add();
  }

  settle(): void {
    this.isBefore = false;
  }

  evict(pod: Pod): string | undefined {
    const replica = pod as Replica;
    if (replica.state === "ending") return undefined;
    if (!this.mayGo(replica)) {
      return `may not be evicted: its disruption budget keeps what serves, ${this.ready} of ${this.spec.replicas} now`;
    }
    this.end(replica, this.spec.graceS);
    return undefined;
  }

  kill(pod: Pod): void {
    const replica = pod as Replica;
    if (replica.state === "ending") this.world.leave(replica);
    else this.end(replica, 0);
  }

  private add(): void {
    const { waits, world } = this;
    const replica: Replica = {
      owner: this,
      slots: this.spec.slots,
      node: undefined,
      state: "waiting",
      start: undefined,
    };
    const group: PodGroup = {
      pods: [replica],
      placed: () => {
        waits.end(group);
        this.place(replica);
      },
    };
    if (!this.isBefore) waits.begin(group);
    world.seek(group);
  }

  private place(replica: Replica): void {
    if (this.isBefore) {
      this.become(replica, "ready");
      return;
    }
    this.become(replica, "starting");
    replica.start = this.world.agenda.after(this.spec.startS, "release", () => {
      replica.start = undefined;
      this.become(replica, "ready");
    });
  }

  private become(replica: Replica, state: Replica["state"]): void {
    if (replica.state === "ready") this.ready -= 1;
    replica.state = state;
    if (state !== "ready") return;
    this.ready += 1;
    this.world.touch();
    this.world.retryEvictions();
  }

  /** Kubernetes' rule: a replica that does not serve yet may go while the budget is kept. */
  private mayGo({ state }: Replica): boolean {
    const { replicas, budget } = this.spec;
    const available = state === "ready" ? this.ready : Math.min(replicas, this.ready + 1);
    const verdict = judgeEviction({ wanted: replicas, placements: replicas, available }, budget);
    return verdict === "allowed";
  }

  private end(replica: Replica, graceS: number): void {
    const { world } = this;
    if (replica.start !== undefined) world.agenda.cancel(replica.start);
    replica.start = undefined;
    this.become(replica, "ending");
    this.evictions += 1;
    world.touch();
    world.agenda.after(graceS, "release", () => {
      world.leave(replica);
    });
    this.add();
  }
}
