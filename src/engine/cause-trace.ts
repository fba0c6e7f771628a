/** Index of an event in the trace; NO_CAUSE for one that was scheduled before tracing began. */
export const NO_CAUSE = -1;

/** Enough for many turns of any cycle; a longer instant is not remembered further. */
const ENTRIES_MAX = 65_536;
/** A chain that never repeats is shown by its end. */
const SHOWN_MAX = 8;

/**
 * Who scheduled whom within one instant, recorded only when the instant is suspiciously long.
 *
 * Following causes instead of the order of events leaves out innocent events that happen in between.
 */
export class CauseTrace {
  /** Index of the event being handled. */
  current = NO_CAUSE;
  private readonly kinds: number[] = [];
  private readonly causes: number[] = [];

  clear(): void {
    this.kinds.length = 0;
    this.causes.length = 0;
    this.current = NO_CAUSE;
  }

  /** Makes an event the current one. `cause` is the `current` of the moment it was scheduled. */
  enter(kind: number, cause: number): void {
    if (this.kinds.length === ENTRIES_MAX) {
      this.current = NO_CAUSE;
      return;
    }
    this.current = this.kinds.length;
    this.kinds.push(kind);
    this.causes.push(cause);
  }

  /** Kinds of one turn of the cycle that led to an event of this kind; the last is the first again. */
  cycleTo(kind: number, cause: number): number[] {
    const chain = [kind];
    for (let at = cause; at !== NO_CAUSE; at = this.causes[at]!) chain.push(this.kinds[at]!);
    chain.reverse();
    return turnOf(chain);
  }
}

/** One turn of the shortest cycle the chain ends in, from the scheduler of its last event on. */
function turnOf(chain: readonly number[]): number[] {
  const last = chain.length - 1;
  for (let period = 1; 2 * period <= last; period++) {
    let repeats = true;
    // Two whole turns must agree: one alone would take any kind that occurs twice for a cycle.
    for (let i = 0; i < 2 * period && last - i - period >= 0 && repeats; i++) {
      repeats = chain[last - i] === chain[last - i - period];
    }
    if (!repeats) continue;
    const start = last - 1 - period;
    const turn = chain.slice(start, start + period);
    return [...turn, turn[0]!];
  }
  return chain.slice(-SHOWN_MAX);
}
