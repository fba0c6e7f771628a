import { createEngine } from "../../../engine/engine.js";
import type { EventId, Phase } from "../../../engine/types.js";

/** Something that was arranged for later. */
export type Appointment = EventId;

/** The engine for processes that are few and long: what is to happen is a function. */
export interface Agenda {
  readonly nowS: number;
  /** @param delayS from now; 0 is later in this instant */
  after(delayS: number, phase: Phase, action: () => void): Appointment;
  cancel(appointment: Appointment): void;
  /** Until nothing is left or the time is over; true when nothing is left. */
  runUntil(timeS: number): boolean;
}

/** Events that one upgrade may take before it is taken for a mistake of ours. */
const EVENTS_MAX = 20_000_000;

/** Creates an agenda at time 0. */
export function createAgenda(): Agenda {
  const engine = createEngine();
  const actions = new Map<number, () => void>();
  let next = 0;
  const act = (payload: number): void => {
    const action = actions.get(payload)!;
    actions.delete(payload);
    action();
  };
  const kinds = {
    release: engine.defineEvent("upgrade-release", "release", act),
    arrive: engine.defineEvent("upgrade-arrive", "arrive", act),
    decide: engine.defineEvent("upgrade-decide", "decide", act),
    sample: engine.defineEvent("upgrade-sample", "sample", act),
  };
  return {
    get nowS() {
      return engine.nowS;
    },
    after(delayS, phase, action) {
      actions.set(next, action);
      return engine.schedule(kinds[phase], engine.nowS + delayS, next++);
    },
    cancel(appointment) {
      engine.cancel(appointment);
    },
    runUntil(timeS) {
      const { reason } = engine.run({ untilS: timeS, eventsMax: EVENTS_MAX });
      if (reason === "event-limit") throw new Error(`upgrade: more than ${EVENTS_MAX} events`);
      return reason === "drained";
    },
  };
}
