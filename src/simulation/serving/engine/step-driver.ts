/** Turns the decisions of schedulers into time. */
export interface StepDriver {
  /** When the next step could begin. Seconds. */
  readonly nowS: number;
  /** End of the last step; 0 before the first. */
  readonly endS: number;
  /** When the next step begins unless something comes from outside; Infinity when only that can help. */
  readonly nextS: number;
  readonly steps: number;
  readonly decisions: number;
  /** Something comes from outside: an idle engine goes on from then. Called before the scheduler knows. */
  wake(timeS: number): void;
  /** Runs every step that begins before the time. */
  runUntil(limitS: number): void;
}
