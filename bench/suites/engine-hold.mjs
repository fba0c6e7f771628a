import { createEngine } from "../../dist/engine/engine.js";
import { createRandomStreams } from "../../dist/engine/streams.js";

const TABLE_MASK = 65_535;

/** Events per sample: every event moves through all parts of the queue several times. */
export function holdEvents(n, { quick }) {
  return quick ? Math.max(200_000, 2 * n) : Math.max(2_000_000, 16 * n);
}

/**
 * The hold model: n events are pending; each one handled schedules itself again after an
 * exponential time with mean 1. Through the public engine, so the figure includes the handler call.
 */
export const engineHold = {
  id: "engine/hold",
  parameters: [{ n: 1_000 }, { n: 10_000 }, { n: 100_000 }, { n: 1_000_000 }],
  unit: "events/s",
  samples: 5,
  reference: {
    what: "std::priority_queue",
    source: "priority_queue.cpp",
    arguments: ({ n }, options) => [n, holdEvents(n, options)],
  },
  prepare({ n }, options) {
    const random = createRandomStreams(1).stream("bench/hold");
    const increments = Float64Array.from({ length: TABLE_MASK + 1 }, () => random.exponential(1));
    const engine = createEngine();
    const checksum = new Float64Array(1);
    let next = 0;
    const event = engine.defineEvent("hold", "decide", (payload) => {
      checksum[0] += payload;
      engine.schedule(event, engine.nowS + increments[next++ & TABLE_MASK], payload);
    });
    for (let i = 0; i < n; i++) engine.schedule(event, increments[next++ & TABLE_MASK], i);
    const eventsMax = holdEvents(n, options);
    engine.run({ untilS: Infinity, eventsMax: Math.max(1_000_000, Math.min(eventsMax, 4 * n)) });
    return { engine, eventsMax };
  },
  run({ engine, eventsMax }) {
    const start = process.hrtime.bigint();
    engine.run({ untilS: Infinity, eventsMax });
    return eventsMax / (Number(process.hrtime.bigint() - start) / 1e9);
  },
};
