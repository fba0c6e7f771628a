/**
 * Events at one instant that keep scheduling each other, so that the clock can never move on.
 *
 * A bug in whoever defined the events, such as a policy that releases and takes the same GPU again.
 */
export class EngineCycleError extends Error {
  readonly code = "ENGINE_CYCLE";
  /** Names of the event kinds of one turn of the cycle; the last is the first again. */
  readonly cycle: readonly string[];
  /** The instant that does not end, in seconds. */
  readonly timeS: number;

  constructor(options: {
    readonly what: string;
    readonly timeS: number;
    readonly cycle: readonly string[];
    readonly limitName: string;
  }) {
    const { what, timeS, cycle, limitName } = options;
    super(
      `engine: ${what} at one instant (timeS ${timeS}): ${cycle.join(" -> ")}. ` +
        "Events of one instant keep scheduling each other: let one of them happen later than now, " +
        `or do its work where it is scheduled; if so many are meant, raise ${limitName}.`,
    );
    this.name = "EngineCycleError";
    this.cycle = cycle;
    this.timeS = timeS;
  }
}
