import { createEngine } from "../../dist/engine/engine.js";
import { createRandomStreams } from "../../dist/engine/streams.js";

const TABLE_MASK = 65_535;

/**
 * The hold model with increments that are unkind to bucket queues; each figure should stay within a
 * small factor of engine/hold at the same n.
 */
const shapes = {
  /** Every event at one of five times. */
  ties: (random) => 1 + random.integerBelow(5),
  /** Half near, half in five far bursts. */
  "two-scales": (random) =>
    random.uniform() < 0.5 ? random.uniform() : 1e4 + random.integerBelow(5),
  /** Weibull of shape 0.2: the longest increments are a million times the median. */
  "heavy-tail": (random) => random.weibull({ shape: 0.2, scale: 1 }),
  /** Increments crowd exponentially towards zero. */
  crowding: (random) => random.weibull({ shape: 0.02, scale: 1e-6 }) + 1e-300,
  /** One event in ten thousand goes very far away. */
  outliers: (random) => (random.uniform() < 1e-4 ? 1e12 * random.uniform() : random.exponential(1)),
};

export const engineShapes = Object.entries(shapes).map(([name, shape]) => ({
  id: `engine/hold-${name}`,
  parameters: [{ n: 100_000 }],
  unit: "events/s",
  samples: 5,
  prepare({ n }, { quick }) {
    const random = createRandomStreams(1).stream(`bench/${name}`);
    const increments = Float64Array.from({ length: TABLE_MASK + 1 }, () => shape(random));
    const engine = createEngine();
    let next = 0;
    const event = engine.defineEvent("hold", "decide", (payload) => {
      engine.schedule(event, engine.nowS + increments[next++ & TABLE_MASK], payload);
    });
    for (let i = 0; i < n; i++) engine.schedule(event, increments[next++ & TABLE_MASK], i);
    const eventsMax = quick ? 200_000 : 1_000_000;
    engine.run({ untilS: Infinity, eventsMax: 1_000_000 });
    return { engine, eventsMax };
  },
  run({ engine, eventsMax }) {
    const start = process.hrtime.bigint();
    engine.run({ untilS: Infinity, eventsMax });
    return eventsMax / (Number(process.hrtime.bigint() - start) / 1e9);
  },
}));
