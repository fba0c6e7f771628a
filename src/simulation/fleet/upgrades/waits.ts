import type { Agenda } from "./agenda.js";

/** How long somebody was without a place for want of room. */
export interface Waits {
  begin(who: object): void;
  end(who: object): void;
  /** Of all that waited, those that still do until now included. GPU-hours. */
  gpuHours(): number;
}

const HOUR_S = 3_600;

/** @param gpus of each that waits */
export function createWaits(agenda: Agenda, gpus: number): Waits {
  const since = new Map<object, number>();
  let seconds = 0;
  return {
    begin(who) {
      since.set(who, agenda.nowS);
    },
    end(who) {
      const fromS = since.get(who);
      if (fromS === undefined) return;
      seconds += agenda.nowS - fromS;
      since.delete(who);
    },
    gpuHours() {
      let open = 0;
      for (const fromS of since.values()) open += agenda.nowS - fromS;
      return ((seconds + open) * gpus) / HOUR_S;
    },
  };
}
