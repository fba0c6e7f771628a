import type { FleetEvent } from "../fleet-part.js";
import type { FleetClock } from "./fleet-clock.js";

/** Of many alike, so many are kept: a page cannot show them all. */
const PER_KIND_MAX = 200;

/** What happened, for people to read. */
export interface EventLog {
  note(where: string, kind: string, what: string): void;
  readonly events: readonly FleetEvent[];
  /** Kinds of which there were more than are kept, with how many there were. */
  readonly cut: readonly { readonly kind: string; readonly count: number }[];
}

/** An empty log. */
export function createEventLog(clock: FleetClock): EventLog {
  const events: FleetEvent[] = [];
  const counts = new Map<string, number>();
  return {
    events,
    note(where, kind, what) {
      const count = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, count);
      if (count <= PER_KIND_MAX) events.push({ timeS: clock.nowS, where, kind, what });
    },
    get cut() {
      return [...counts]
        .filter(([, count]) => count > PER_KIND_MAX)
        .map(([kind, count]) => ({ kind, count }));
    },
  };
}
