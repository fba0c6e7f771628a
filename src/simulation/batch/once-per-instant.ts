import type { Engine, EventKind, Phase } from "../../engine/types.js";

/** Something that is done at most once in an instant, however often it is asked for. */
export interface OncePerInstant {
  /** Asks for it in the present instant; once more after it was done. */
  due(): void;
}

/** @param act what is done, in its phase of the instant */
export function createOncePerInstant(
  engine: Engine,
  name: string,
  phase: Phase,
  act: () => void,
): OncePerInstant {
  let isPending = false;
  const kind: EventKind = engine.defineEvent(name, phase, () => {
    isPending = false;
    act();
  });
  return {
    due() {
      if (isPending) return;
      isPending = true;
      engine.schedule(kind, engine.nowS, 0);
    },
  };
}
