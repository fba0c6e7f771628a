import type { Engine, EventKind, Phase } from "../../../engine/types.js";
import { PHASES } from "../../../engine/types.js";

/** Something that will happen, until it is called off. */
export interface FleetTimer {
  readonly timeS: number;
  /** Harmless when it has happened or was called off before. */
  cancel(): void;
}

/** The clock of a run, with actions in place of kinds of events. */
export interface FleetClock {
  readonly nowS: number;
  at(timeS: number, phase: Phase, action: () => void): FleetTimer;
}

/** A clock on an engine that others may use too. */
export function createFleetClock(engine: Engine): FleetClock {
  const actions = new Map<number, () => void>();
  let next = 0;
  const kinds = new Map<Phase, EventKind>(
    PHASES.map((phase) => [
      phase,
      engine.defineEvent(`fleet clusters: ${phase}`, phase, (id) => {
        const action = actions.get(id)!;
        actions.delete(id);
        action();
      }),
    ]),
  );
  return {
    get nowS() {
      return engine.nowS;
    },
    at(timeS, phase, action) {
      if (timeS === Infinity) return { timeS, cancel: () => undefined };
      // Payloads are 32-bit integers; nothing that lives this long is confused with what comes after.
      const id = next;
      next = next === 2_147_483_647 ? 0 : next + 1;
      actions.set(id, action);
      const event = engine.schedule(kinds.get(phase)!, timeS, id);
      return {
        timeS,
        cancel: () => {
          if (actions.get(id) !== action) return;
          actions.delete(id);
          engine.cancel(event);
        },
      };
    },
  };
}
