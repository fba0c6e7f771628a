import { roundedUp } from "../../../../policy/fleet/budget.js";
import type { ServiceUpgradeResult } from "../../upgrades/upgrade-result.js";
import type { FleetClock } from "../fleet-clock.js";
import type { Holder } from "../node-pool.js";
import type { ServiceRun } from "../service-run.js";

const HOUR_S = 3_600;

interface Watched {
  readonly run: ServiceRun;
  readonly need: number | undefined;
  readonly ready: { readonly atS: number; readonly replicas: number }[];
  evictions: number;
  /** When it first had what it needs; Infinity: it never had. */
  hadNeedFromS: number;
}

interface Wait {
  readonly name: string;
  readonly sinceS: number;
  readonly gpus: number;
}

/** Replicas that the upgrade of one pool asks to leave, and how many of them serve meanwhile. */
export class DrainedServices {
  private readonly watched: readonly Watched[];
  /** Evicted replicas whose replacement has no place: since when, and how many GPUs it asks for. */
  private readonly waiting = new Map<object, Wait>();
  private waitedGpuSeconds = 0;

  /** @param services of the member that could stand on the pool */
  constructor(
    private readonly clock: FleetClock,
    private readonly member: number,
    services: readonly ServiceRun[],
  ) {
    this.watched = services.flatMap((run): readonly Watched[] => {
      const state = run.stateOn(member);
      if (state === undefined) return [];
      const { need } = run.spec;
      const least = need === undefined ? undefined : roundedUp(need, state.wanted);
      return [{ run, need: least, ready: [], evictions: 0, hadNeedFromS: Infinity }];
    });
  }

  has(holder: Holder): boolean {
    return this.watched.some(({ run }) => run.has(holder));
  }

  /** @returns why the replica stays for now; undefined when it leaves */
  evict(holder: Holder): string | undefined {
    const watched = this.watched.find(({ run }) => run.has(holder))!;
    const isEnding = "isEnding" in holder && holder.isEnding === true;
    const wait = this.beginWait(watched);
    const why = watched.run.evict(holder, wait.placed);
    if (isEnding || why !== undefined) this.waiting.delete(wait);
    else watched.evictions += 1;
    return why;
  }

  /** The node of a replica is deleted. */
  kill(holder: Holder): void {
    const watched = this.watched.find(({ run }) => run.has(holder))!;
    if ("isEnding" in holder && holder.isEnding === true) {
      watched.run.lost(holder);
      return;
    }
    watched.evictions += 1;
    watched.run.lost(holder, this.beginWait(watched).placed);
  }

  /** Notes how many serve now. */
  look(): void {
    const { nowS } = this.clock;
    for (const watched of this.watched) {
      const { run, ready, need = 0 } = watched;
      const { ready: replicas } = run.stateOn(this.member)!;
      if (replicas >= need) watched.hadNeedFromS = Math.min(watched.hadNeedFromS, nowS);
      if (ready.at(-1)?.atS === nowS) ready.pop();
      if (ready.at(-1)?.replicas !== replicas) ready.push({ atS: nowS, replicas });
    }
  }

  get waitingGpus(): number {
    let sum = 0;
    for (const { gpus } of this.waiting.values()) sum += gpus;
    return sum;
  }

  /** Names of services with evicted replicas that have no place, with how many. */
  waitingNames(): readonly string[] {
    const counts = new Map<string, number>();
    for (const { name } of this.waiting.values()) counts.set(name, (counts.get(name) ?? 0) + 1);
    return [...counts].map(([name, count]) => (count === 1 ? name : `${count} × ${name}`));
  }

  waitingGpuHours(untilS: number): number {
    let seconds = this.waitedGpuSeconds;
    for (const { sinceS, gpus } of this.waiting.values()) seconds += (untilS - sinceS) * gpus;
    return seconds / HOUR_S;
  }

  /** Whether a service stands here of which nobody said how many replicas it needs. */
  get isNeedKnown(): boolean {
    return this.watched.every(({ need }) => need !== undefined);
  }

  /**
   * What each service went through. Misses count from when it first had what it needs, as far as they began before
   * the upgrade was over.
   *
   * @param startS start of the upgrade; times of results count from it
   * @param endS when the upgrade was over; Infinity when it never was
   */
  results(startS: number, endS: number, untilS: number): readonly ServiceUpgradeResult[] {
    return this.watched.map(({ run, need = 0, ready, evictions, hadNeedFromS }) => {
      let [missS, misses, readyMin] = [0, 0, Infinity];
      let wasBelow = false;
      ready.forEach(({ atS, replicas }, index) => {
        const isBelow = replicas < need;
        if (atS < endS) readyMin = Math.min(readyMin, replicas);
        const counts = isBelow && atS >= hadNeedFromS && (wasBelow || atS < endS);
        if (counts) missS += (ready[index + 1]?.atS ?? untilS) - atS;
        if (counts && !wasBelow) misses += 1;
        wasBelow = counts;
      });
      return {
        name: run.spec.name,
        need,
        readyMin,
        missS,
        misses,
        evictions,
        ready: ready.map(({ atS, replicas }) => ({ atS: atS - startS, replicas })),
      };
    });
  }

  private beginWait({ run }: Watched): { readonly placed: () => void } {
    const gpus = run.spec.gpusPerReplica;
    const sinceS = this.clock.nowS;
    const wait = {
      placed: () => {
        if (!this.waiting.delete(wait)) return;
        this.waitedGpuSeconds += (this.clock.nowS - sinceS) * gpus;
      },
    };
    this.waiting.set(wait, { name: run.spec.name, sinceS, gpus });
    return wait;
  }
}
