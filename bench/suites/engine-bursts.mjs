import { createEngine } from "../../dist/engine/engine.js";

/**
 * n events at one instant scheduled in advance, each of which cancels a timer, sets a new one and
 * asks for a decision at the same instant: the shape a scheduler simulation has at every full hour.
 */
export const engineBursts = {
  id: "engine/bursts",
  parameters: [{ n: 100_000 }],
  unit: "events/s",
  samples: 5,
  prepare({ n }) {
    const engine = createEngine();
    const timers = new Float64Array(n);
    const timer = engine.defineEvent("timer", "release", () => undefined);
    const decide = engine.defineEvent("decide", "decide", () => undefined);
    const arrive = engine.defineEvent("arrive", "arrive", (job) => {
      engine.cancel(timers[job]);
      timers[job] = engine.schedule(timer, engine.nowS + 1000 + (job % 97), job);
      engine.schedule(decide, engine.nowS, job);
    });
    const state = { engine, arrive, n };
    this.run(state);
    return state;
  },
  run({ engine, arrive, n }) {
    const start = process.hrtime.bigint();
    const before = engine.eventsHandled;
    const timeS = engine.nowS + 10;
    for (let job = 0; job < n; job++) engine.schedule(arrive, timeS, job);
    engine.run({ untilS: timeS, eventsMax: 4 * n });
    const handled = engine.eventsHandled - before;
    return handled / (Number(process.hrtime.bigint() - start) / 1e9);
  },
};
