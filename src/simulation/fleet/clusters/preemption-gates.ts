import type { ClustersSpec } from "./clusters-spec.js";
import type { Entry } from "./copy.js";
import type { WorkSetting } from "./copy-work.js";

/**
 * Lets one cluster at a time preempt for a job that several were offered: the first that says it would, and
 * after a time the next (Kueue KEP 8303).
 */
export class PreemptionGates {
  constructor(
    private readonly spec: ClustersSpec,
    private readonly work: WorkSetting,
  ) {}

  /** A copy of the entry could preempt and may not. */
  open(entry: Entry): void {
    const { clock } = this.work;
    if (entry.winner !== undefined || entry.gateTimer !== undefined) return;
    const nextS = (entry.lastGateS ?? -Infinity) + this.spec.hub.gateTimeoutS;
    const next = (): void => {
      entry.gateTimer = undefined;
      const first = entry.copies
        .filter(
          ({ state, canPreempt, gatedS }) =>
            state === "waiting" && !canPreempt && gatedS !== undefined,
        )
        .sort((left, right) => left.gatedS! - right.gatedS! || left.id - right.id)[0];
      if (entry.winner !== undefined || first === undefined) return;
      first.canPreempt = true;
      entry.lastGateS = clock.nowS;
      this.work.members[first.member]!.due();
    };
    // In the next round of the instant: those who say so in the same decision are compared.
    entry.gateTimer = clock.at(Math.max(clock.nowS, nextS), "sample", next);
  }
}

/** Whether copies of an entry may preempt only when they are told. */
export function isOrchestrated(spec: ClustersSpec, { job }: Entry): boolean {
  return spec.hub.orchestratedPreemption && job.group.placement.kind !== "pick";
}
