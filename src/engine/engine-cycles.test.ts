import { describe, expect, test } from "vitest";
import { createEngine } from "./engine.js";
import { EngineCycleError } from "./engine-cycle-error.js";
import type { Engine, EventKind } from "./types.js";

const ALL = { untilS: Infinity, eventsMax: 10_000_000 };

describe("cycles", () => {
  /** decide releases, release decides; an innocent sample is scheduled in every round. */
  function createCycle(): { readonly engine: Engine; readonly start: EventKind } {
    const engine = createEngine();
    const sample = engine.defineEvent("sample", "sample", () => undefined);
    const release = engine.defineEvent("release", "release", () => {
      engine.schedule(sample, engine.nowS, 0);
      engine.schedule(decide, engine.nowS, 0);
    });
    const decide: EventKind = engine.defineEvent("decide", "decide", () => {
      engine.schedule(release, engine.nowS, 0);
    });
    return { engine, start: decide };
  }

  test("rounds without end are named, with the time and what to do", () => {
    const { engine, start } = createCycle();
    engine.schedule(start, 12.5, 0);
    let error: unknown;
    try {
      engine.run(ALL);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(EngineCycleError);
    expect(error).toMatchObject({
      code: "ENGINE_CYCLE",
      name: "EngineCycleError",
      timeS: 12.5,
      cycle: ["decide", "release", "decide"],
      message:
        "engine: 1000 rounds at one instant (timeS 12.5): decide -> release -> decide. " +
        "Events of one instant keep scheduling each other: let one of them happen later than now, " +
        "or do its work where it is scheduled; if so many are meant, raise roundsPerInstantMax.",
    });
    // One decide and three events in each of 1000 rounds; the next release is still pending.
    expect(engine).toMatchObject({ nowS: 12.5, eventsHandled: 1 + 3 * 1000, pendingCount: 1 });
    expect(() => engine.run(ALL)).toThrow(EngineCycleError);
    expect(() => engine.run({ ...ALL, roundsPerInstantMax: 1001 })).toThrow("1001 rounds");
    expect(engine.eventsHandled).toBe(1 + 3 * 1001);
  });

  test.each([0, 1, 2, 3, 4, 5, 70])("exactly %i rounds may be opened", (rounds) => {
    const engine = createEngine();
    const release = engine.defineEvent("release", "release", (left) => {
      if (left > 0) engine.schedule(decide, engine.nowS, left);
    });
    const decide: EventKind = engine.defineEvent("decide", "decide", (left) => {
      engine.schedule(release, engine.nowS, left - 1);
    });
    if (rounds > 0) engine.schedule(decide, 1, rounds);
    if (rounds > 0)
      expect(engine.run({ ...ALL, roundsPerInstantMax: rounds }).reason).toBe("drained");
    engine.schedule(decide, 2, rounds + 1);
    expect(() => engine.run({ ...ALL, roundsPerInstantMax: rounds })).toThrow(
      `engine: ${rounds} rounds at one instant (timeS 2)`,
    );
  });

  test("a cycle within one round is found by the number of events", () => {
    const engine = createEngine();
    const first = engine.defineEvent("ask", "decide", () =>
      engine.schedule(second, engine.nowS, 0),
    );
    const second: EventKind = engine.defineEvent("answer", "decide", () =>
      engine.schedule(third, engine.nowS, 0),
    );
    const third: EventKind = engine.defineEvent("doubt", "decide", () =>
      engine.schedule(first, engine.nowS, 0),
    );
    engine.schedule(first, 3, 0);
    expect(() => engine.run({ ...ALL, eventsPerInstantMax: 10_000 })).toThrow(
      /^engine: 10000 events at one instant \(timeS 3\): (\w+) -> \w+ -> \w+ -> \1\. .*raise eventsPerInstantMax\.$/,
    );
    const own = createEngine();
    const again: EventKind = own.defineEvent("again", "sample", () =>
      own.schedule(again, own.nowS, 0),
    );
    own.schedule(again, 0, 0);
    expect(() => own.run({ ...ALL, eventsPerInstantMax: 50 })).toThrow(
      "50 events at one instant (timeS 0): again -> again.",
    );
  });

  test("many events at one instant are no cycle when they were scheduled before it", () => {
    const engine = createEngine();
    const arrive = engine.defineEvent("arrive", "arrive", () => undefined);
    for (let i = 0; i < 1000; i++) engine.schedule(arrive, i % 2 === 0 ? 0 : 4, i);
    expect(
      engine.run({ ...ALL, eventsPerInstantMax: 0, roundsPerInstantMax: 0 }).eventsHandled,
    ).toBe(1000);
  });

  test("a chain that never repeats is shown by its end", () => {
    const engine = createEngine();
    const kinds: EventKind[] = [];
    for (let i = 0; i < 40; i++) {
      kinds.push(
        engine.defineEvent(`step${i}`, i % 2 === 0 ? "decide" : "release", () => {
          if (i < 39) engine.schedule(kinds[i + 1]!, engine.nowS, 0);
        }),
      );
    }
    engine.schedule(kinds[0]!, 1, 0);
    expect(() => engine.run({ ...ALL, roundsPerInstantMax: 10 })).toThrow(
      "step14 -> step15 -> step16 -> step17 -> step18 -> step19 -> step20 -> step21. ",
    );
  });
});
