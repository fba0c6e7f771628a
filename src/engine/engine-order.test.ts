import { describe, expect, test } from "vitest";
import { createEngine } from "./engine.js";
import { createRandomStreams, type RandomStream } from "./streams.js";
import type { Engine, EventId, EventKind, Phase } from "./types.js";
import { PHASES } from "./types.js";

/**
 * Goal: the ladder queue gives exactly the order of a list sorted after every change.
 *
 * Method: the same random program (what each event schedules and cancels) drives the engine and one
 * that keeps a sorted list; both logs must agree entry by entry. The shapes below are those that
 * break bucket queues: ties, bursts, crowding, outliers, growth and shrinkage.
 */

interface Pending {
  readonly id: number;
  readonly timeS: number;
  readonly round: number;
  readonly phase: number;
  readonly kind: number;
  readonly payload: number;
}

/** The definition of the order, executed: a list kept sorted by (time, round, phase, id). */
class SortedListEngine implements Engine {
  nowS = 0;
  eventsHandled = 0;
  /** Latest first, so that the next event is popped from the end. */
  private readonly pending: Pending[] = [];
  private readonly byId = new Map<number, Pending>();
  private readonly kinds: {
    readonly phase: number;
    readonly handler: (payload: number) => void;
  }[] = [];
  private round = 0;
  private phase = 0;
  private nextId = 1;

  get pendingCount(): number {
    return this.pending.length;
  }

  defineEvent(_name: string, phase: Phase, handler: (payload: number) => void): EventKind {
    return (this.kinds.push({ phase: PHASES.indexOf(phase), handler }) - 1) as EventKind;
  }

  schedule(kind: EventKind, timeS: number, payload: number): EventId {
    const phase = this.kinds[kind]!.phase;
    const round = timeS === this.nowS ? this.round + (phase < this.phase ? 1 : 0) : 0;
    const event = { id: this.nextId++, timeS, round, phase, kind, payload };
    this.pending.splice(this.indexOf(event), 0, event);
    this.byId.set(event.id, event);
    return event.id as EventId;
  }

  cancel(id: EventId): boolean {
    const event = this.byId.get(id);
    if (event === undefined) return false;
    this.pending.splice(this.indexOf(event), 1);
    return this.byId.delete(id);
  }

  run(limits: { readonly untilS: number; readonly eventsMax: number }): ReturnType<Engine["run"]> {
    for (let handled = 0; ; handled++) {
      const next = this.pending.at(-1);
      const outcome = { endS: this.nowS, eventsHandled: handled };
      if (next === undefined) return { reason: "drained", ...outcome };
      if (next.timeS > limits.untilS) {
        if (limits.untilS > this.nowS) [this.round, this.phase] = [0, 0];
        this.nowS = limits.untilS;
        return { reason: "time-limit", ...outcome, endS: this.nowS };
      }
      if (handled === limits.eventsMax) return { reason: "event-limit", ...outcome };
      this.cancel(next.id as EventId);
      this.nowS = next.timeS;
      this.round = next.round;
      this.phase = next.phase;
      this.eventsHandled++;
      this.kinds[next.kind]!.handler(next.payload);
    }
  }

  /** Where the event is, or where it belongs. */
  private indexOf(event: Pending): number {
    let low = 0;
    let high = this.pending.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (precedes(event, this.pending[middle]!)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function precedes(left: Pending, right: Pending): boolean {
  return (
    (left.timeS - right.timeS ||
      left.round - right.round ||
      left.phase - right.phase ||
      left.id - right.id) < 0
  );
}

/** How far ahead of now the program schedules. */
type Shape = (random: RandomStream) => number;

const shapes: Readonly<Record<string, Shape>> = {
  "spread evenly": (random) => random.uniform() * 100,
  exponential: (random) => random.exponential(1),
  "few distinct times": (random) => random.integerBelow(4),
  "ties and now": (random) => (random.uniform() < 0.6 ? 0 : random.integerBelow(3)),
  "one instant, far away": (random) => (random.uniform() < 0.9 ? 0 : 1e6),
  "crowding towards now": (random) => 0.5 ** random.integerBelow(900),
  "crowding and a far outlier": (random) =>
    random.uniform() < 0.01 ? 1e300 : 1e-9 * random.uniform(),
  "neighbouring doubles": (random) => 1 + random.integerBelow(3) * 2 ** -50,
  "heavy tail": (random) => random.weibull({ shape: 0.2, scale: 1 }),
  "two scales": (random) =>
    random.uniform() < 0.5 ? random.uniform() : 1e5 + random.integerBelow(5),
};

interface Program {
  readonly seed: number;
  readonly shape: Shape;
  /** Events scheduled before the run. */
  readonly first: number;
  /** Events scheduled in all. */
  readonly total: number;
  /** Chance that an event cancels a random earlier one. */
  readonly cancelShare: number;
  /** Timers that each event cancels and sets anew. */
  readonly timers?: number;
}

/** Runs the program and returns what happened, in order. */
function execute(engine: Engine, program: Program): string[] {
  const { shape, first, total, cancelShare, timers = 0 } = program;
  const random = createRandomStreams(program.seed).stream("program");
  const ids: EventId[] = [];
  const log: string[] = [];
  const kinds: EventKind[] = [];
  const timerIds: EventId[] = [];
  const timer = engine.defineEvent("timer", "release", (payload) => {
    log.push(`timer ${payload}@${engine.nowS}`);
  });
  const resetTimers = (): void => {
    for (let i = 0; i < timers; i++) {
      if (timerIds[i] !== undefined) engine.cancel(timerIds[i]!);
      timerIds[i] = engine.schedule(timer, engine.nowS + 10 * shape(random), i);
    }
  };
  const scheduleOne = (most: number): void => {
    if (ids.length >= most) return;
    const kind = kinds[random.integerBelow(kinds.length)]!;
    ids.push(engine.schedule(kind, engine.nowS + shape(random), ids.length));
  };
  for (const phase of PHASES) {
    kinds.push(
      engine.defineEvent(phase, phase, (payload) => {
        log.push(`${payload}@${engine.nowS}`);
        resetTimers();
        // Growth while below the total, with bursts; then the queue drains.
        const count = random.uniform() < 0.02 ? 40 : random.integerBelow(3);
        for (let i = 0; i < count; i++) scheduleOne(total);
        if (ids.length > 0 && random.uniform() < cancelShare) {
          const victim = random.integerBelow(ids.length);
          log.push(`cancel ${victim}: ${engine.cancel(ids[victim]!)}`);
        }
      }),
    );
  }
  for (let i = 0; i < first; i++) scheduleOne(total);
  for (let untilS = 0.5; ; untilS = engine.nowS * 2 + 1) {
    const outcome = engine.run({ untilS, eventsMax: 1 + random.integerBelow(200) });
    log.push(`${outcome.reason} ${outcome.endS} ${outcome.eventsHandled} ${engine.pendingCount}`);
    if (outcome.reason === "drained") return log;
    // Between runs the present instant is at its beginning again, or where the event limit cut it.
    if (random.uniform() < 0.3) for (let i = 0; i < 4; i++) scheduleOne(2 * total);
  }
}

describe.each(Object.keys(shapes))("%s", (name) => {
  test.each([
    { first: 1, total: 300, cancelShare: 0.1 },
    { first: 50, total: 800, cancelShare: 0.6 },
    { first: 900, total: 1500, cancelShare: 0.3 },
    { first: 1200, total: 1200, cancelShare: 1 },
  ])("$first at first, $total in all, $cancelShare of events cancel one", (size) => {
    for (let seed = 1; seed <= 3; seed++) {
      const program = { seed, shape: shapes[name]!, ...size };
      const got = execute(createEngine(), program);
      const want = execute(new SortedListEngine(), program);
      expect(got, `seed ${seed}`).toEqual(want);
    }
  });
});

describe("many pending events", () => {
  // Enough for the queue to walk ahead and to stack rungs.
  test.each(["exponential", "spread evenly", "heavy tail", "few distinct times", "two scales"])(
    "%s",
    (name) => {
      for (const cancelShare of [0, 0.95]) {
        const program = {
          seed: 5,
          shape: shapes[name]!,
          first: 20_000,
          total: 30_000,
          cancelShare,
        };
        expect(execute(createEngine(), program)).toEqual(execute(new SortedListEngine(), program));
      }
    },
  );
});

describe("timers that are always reset", () => {
  // Cancelled events pile up in every part of the queue until they are swept out.
  test.each(Object.keys(shapes))("%s", (name) => {
    for (const first of [1, 400]) {
      const program = {
        seed: 3,
        shape: shapes[name]!,
        first,
        total: 600,
        cancelShare: 0.2,
        timers: 40,
      };
      expect(execute(createEngine(), program)).toEqual(execute(new SortedListEngine(), program));
    }
  });
});
