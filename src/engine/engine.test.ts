import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createEngine } from "./engine.js";
import type { Engine, EventId, EventKind, Phase } from "./types.js";
import { PHASES } from "./types.js";

const ALL = { untilS: Infinity, eventsMax: 10_000_000 };

/** An engine with one kind of event per phase, which log `phase payload@time`. */
function createLogged(): {
  readonly engine: Engine;
  readonly log: string[];
  readonly kinds: Readonly<Record<Phase, EventKind>>;
} {
  const engine = createEngine();
  const log: string[] = [];
  const kinds = Object.fromEntries(
    PHASES.map((phase) => [
      phase,
      engine.defineEvent(phase, phase, (payload) => log.push(`${phase} ${payload}@${engine.nowS}`)),
    ]),
  ) as Record<Phase, EventKind>;
  return { engine, log, kinds };
}

describe("order", () => {
  test("time, then phase, then insertion", () => {
    const { engine, log, kinds } = createLogged();
    engine.schedule(kinds.sample, 1, 1);
    engine.schedule(kinds.decide, 1, 2);
    engine.schedule(kinds.decide, 1, 3);
    engine.schedule(kinds.release, 2, 4);
    engine.schedule(kinds.release, 1, 5);
    engine.schedule(kinds.arrive, 0.5, 6);
    engine.schedule(kinds.release, 0, 7);
    expect(engine.pendingCount).toBe(7);
    expect(engine.run(ALL)).toEqual({ reason: "drained", endS: 2, eventsHandled: 7 });
    expect(log).toEqual([
      "release 7@0",
      "arrive 6@0.5",
      "release 5@1",
      "decide 2@1",
      "decide 3@1",
      "sample 1@1",
      "release 4@2",
    ]);
    expect(engine.pendingCount).toBe(0);
  });

  test("an event for now joins this round from its own phase on, and opens a new round before it", () => {
    const engine = createEngine();
    const log: string[] = [];
    const note = (name: string) => (payload: number) => {
      log.push(`${name} ${payload}`);
    };
    const release = engine.defineEvent("release", "release", note("release"));
    const arrive = engine.defineEvent("arrive", "arrive", note("arrive"));
    const sample = engine.defineEvent("sample", "sample", note("sample"));
    const decide = engine.defineEvent("decide", "decide", (payload) => {
      log.push(`decide ${payload}`);
      if (payload > 0) return;
      engine.schedule(release, engine.nowS, 1);
      engine.schedule(sample, engine.nowS, 2);
      engine.schedule(decide, engine.nowS, 3);
      engine.schedule(arrive, engine.nowS, 4);
      engine.schedule(release, engine.nowS, 5);
    });
    engine.schedule(sample, 7, 6);
    engine.schedule(decide, 7, 0);
    engine.schedule(decide, 7, 7);
    engine.run(ALL);
    // Round 0 ends (decide 7 and sample 6 were inserted first), then the earlier phases have theirs.
    expect(log).toEqual([
      "decide 0",
      "decide 7",
      "decide 3",
      "sample 6",
      "sample 2",
      "release 1",
      "release 5",
      "arrive 4",
    ]);
  });

  test("minus zero is the present instant at time 0", () => {
    const { engine, log, kinds } = createLogged();
    engine.schedule(kinds.decide, 0, 1);
    engine.schedule(kinds.release, -0, 2);
    engine.run(ALL);
    expect(log).toEqual(["release 2@0", "decide 1@0"]);
  });
});

describe("cancelling", () => {
  test("a cancelled event never runs; cancelling again says so", () => {
    const { engine, log, kinds } = createLogged();
    const ids = [0, 0, 3, 3].map((timeS, i) => engine.schedule(kinds.decide, timeS, i));
    expect(engine.cancel(ids[1]!)).toBe(true);
    expect(engine.cancel(ids[2]!)).toBe(true);
    expect(engine.cancel(ids[2]!)).toBe(false);
    expect(engine.pendingCount).toBe(2);
    expect(engine.run(ALL).eventsHandled).toBe(2);
    expect(log).toEqual(["decide 0@0", "decide 3@3"]);
    for (const id of ids) expect(engine.cancel(id)).toBe(false);
  });

  test("an event cannot cancel itself, and an old id never means a newer event", () => {
    const engine = createEngine();
    const answers: boolean[] = [];
    const kind = engine.defineEvent("self", "decide", () => answers.push(engine.cancel(own)));
    const own = engine.schedule(kind, 1, 0);
    engine.run(ALL);
    const reused = engine.schedule(kind, 2, 0);
    expect(reused).not.toBe(own);
    expect(engine.cancel(own)).toBe(false);
    expect(engine.pendingCount).toBe(1);
    expect(answers).toEqual([false]);
  });

  test.each([0, -1, 0.5, NaN, Infinity, 2 ** 53, 1e9])("%s is nobody's id", (id) => {
    const { engine, kinds } = createLogged();
    engine.schedule(kinds.decide, 1, 1);
    expect(engine.cancel(id as EventId)).toBe(false);
  });

  test.each([
    [0, 1e6],
    [5000, 1e6],
    [5000, 3],
    [5000, 0],
  ])(
    "timers set and cancelled leave no memory behind (%i others pending, %s s ahead)",
    (others, aheadS) => {
      const engine = createEngine();
      let highestSlot = 0;
      const timer = engine.defineEvent("timer", "sample", () => undefined);
      const tick = engine.defineEvent("tick", "decide", (payload) => {
        for (let i = 0; i < 10; i++) {
          const id = engine.schedule(timer, engine.nowS + aheadS * (1 + (i % 3) / 7), i);
          highestSlot = Math.max(highestSlot, id % 2 ** 26);
          engine.cancel(id);
        }
        engine.schedule(tick, engine.nowS + 1 + (payload % 13) / 7, payload);
      });
      for (let i = 0; i <= others; i++) engine.schedule(tick, i % 11, i);
      engine.run({ untilS: Infinity, eventsMax: 50_000 });
      expect(engine.pendingCount).toBe(others + 1);
      // Half a million timers were set; live events, the slack and the buckets bound what is kept.
      expect(highestSlot).toBeLessThan(6 * others + 4096);
    },
  );
});

describe("limits", () => {
  test("events after untilS stay; the clock stands at untilS and a later run goes on", () => {
    const { engine, log, kinds } = createLogged();
    for (const timeS of [1, 2, 2.5, 3]) engine.schedule(kinds.arrive, timeS, timeS * 2);
    expect(engine.run({ untilS: 2.5, eventsMax: 100 })).toEqual({
      reason: "time-limit",
      endS: 2.5,
      eventsHandled: 3,
    });
    expect(engine.run({ untilS: 2.75, eventsMax: 100 })).toEqual({
      reason: "time-limit",
      endS: 2.75,
      eventsHandled: 0,
    });
    engine.schedule(kinds.sample, 2.75, 9);
    engine.schedule(kinds.release, 2.75, 8);
    expect(engine.run(ALL)).toEqual({ reason: "drained", endS: 3, eventsHandled: 3 });
    expect(log.slice(3)).toEqual(["release 8@2.75", "sample 9@2.75", "arrive 6@3"]);
    expect(engine.eventsHandled).toBe(6);
  });

  test("the event limit is per run and only met when something is left to do", () => {
    const { engine, kinds } = createLogged();
    for (let i = 0; i < 5; i++) engine.schedule(kinds.arrive, i % 2, i);
    expect(engine.run({ untilS: 10, eventsMax: 2 })).toEqual({
      reason: "event-limit",
      endS: 0,
      eventsHandled: 2,
    });
    expect(engine.run({ untilS: 10, eventsMax: 0 })).toMatchObject({
      reason: "event-limit",
      eventsHandled: 0,
    });
    expect(engine.run({ untilS: 0, eventsMax: 1 })).toMatchObject({
      reason: "time-limit",
      eventsHandled: 1,
    });
    expect(engine.run({ untilS: 10, eventsMax: 2 })).toEqual({
      reason: "drained",
      endS: 1,
      eventsHandled: 2,
    });
    expect(engine.run({ untilS: 10, eventsMax: 0 })).toEqual({
      reason: "drained",
      endS: 1,
      eventsHandled: 0,
    });
  });

  test.each([
    [{ untilS: 4, eventsMax: 1 }, "engine: untilS must be >= now (5), got 4"],
    [{ untilS: NaN, eventsMax: 1 }, "engine: untilS must be >= now (5), got NaN"],
    [
      { untilS: 9, eventsMax: Infinity },
      "engine: eventsMax must be a whole number >= 0, got Infinity",
    ],
    [{ untilS: 9, eventsMax: -1 }, "engine: eventsMax must be a whole number >= 0, got -1"],
    [
      { untilS: 9, eventsMax: 1, roundsPerInstantMax: 0.5 },
      "engine: roundsPerInstantMax must be a whole number >= 0, got 0.5",
    ],
    [
      { untilS: 9, eventsMax: 1, eventsPerInstantMax: NaN },
      "engine: eventsPerInstantMax must be a whole number >= 0, got NaN",
    ],
  ])("%j is refused", (limits, message) => {
    const { engine, kinds } = createLogged();
    engine.schedule(kinds.arrive, 6, 0);
    engine.run({ untilS: 5, eventsMax: 0 });
    expect(() => engine.run(limits)).toThrow(RangeError(message));
    expect(engine.pendingCount).toBe(1);
  });
});

describe("errors carry values and leave the engine whole", () => {
  test.each([
    [3, 0, 'engine: timeS must be >= now (12.5), got 3 for event "decide"'],
    [NaN, 0, 'engine: timeS must be a finite number >= now (12.5), got NaN for event "decide"'],
    [
      Infinity,
      0,
      'engine: timeS must be a finite number >= now (12.5), got Infinity for event "decide"',
    ],
    [13, 1.5, 'engine: payload must be a 32-bit integer, got 1.5 for event "decide"'],
    [13, 2 ** 31, 'engine: payload must be a 32-bit integer, got 2147483648 for event "decide"'],
  ])("schedule(decide, %s, %s)", (timeS, payload, message) => {
    const { engine, kinds } = createLogged();
    engine.schedule(kinds.arrive, 12.5, 1);
    engine.run(ALL);
    expect(() => engine.schedule(kinds.decide, timeS, payload)).toThrow(RangeError(message));
    expect(engine.pendingCount).toBe(0);
  });

  test("kinds and phases nobody defined", () => {
    const { engine } = createLogged();
    for (const kind of [4, -1, 0.5, NaN]) {
      expect(() => engine.schedule(kind as EventKind, 1, 1)).toThrow(
        RangeError(`engine: kind must come from defineEvent (0..3), got ${kind}`),
      );
    }
    expect(() => engine.defineEvent("x", "later" as Phase, () => undefined)).toThrow(
      RangeError("engine: phase must be one of release, arrive, decide, sample, got later"),
    );
  });

  test("a handler's exception comes out as it is; its event is handled and the run can go on", () => {
    const engine = createEngine();
    const boom = new Error("policy: boom");
    const log: number[] = [];
    const kind = engine.defineEvent("fails", "decide", (payload) => {
      log.push(payload);
      if (payload === 1) {
        engine.schedule(kind, engine.nowS, 10);
        throw boom;
      }
    });
    for (const payload of [0, 1, 2]) engine.schedule(kind, 5, payload);
    expect(() => engine.run(ALL)).toThrow(boom);
    expect(engine).toMatchObject({ nowS: 5, eventsHandled: 2, pendingCount: 2 });
    expect(engine.run(ALL)).toEqual({ reason: "drained", endS: 5, eventsHandled: 2 });
    expect(log).toEqual([0, 1, 2, 10]);
  });

  test("run inside a handler is refused", () => {
    const engine = createEngine();
    const kind = engine.defineEvent("nested", "decide", () => engine.run(ALL));
    engine.schedule(kind, 1, 0);
    expect(() => engine.run(ALL)).toThrow(
      "engine: run must not be called from inside an event handler",
    );
    expect(engine.run(ALL).reason).toBe("drained");
  });
});

test("is reproducible under random work: same events, same order, twice", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.constantFrom(...PHASES)), {
        maxLength: 60,
      }),
      (events) => {
        const runs = [0, 1].map(() => {
          const { engine, log, kinds } = createLogged();
          events.forEach(([timeS, phase], i) => engine.schedule(kinds[phase], timeS, i));
          engine.run(ALL);
          return log;
        });
        expect(runs[0]).toEqual(runs[1]);
        const want = events
          .map(([timeS, phase], i) => ({ timeS, phase, i }))
          .sort(
            (a, b) =>
              a.timeS - b.timeS || PHASES.indexOf(a.phase) - PHASES.indexOf(b.phase) || a.i - b.i,
          )
          .map(({ timeS, phase, i }) => `${phase} ${i}@${timeS}`);
        expect(runs[0]).toEqual(want);
      },
    ),
  );
});
