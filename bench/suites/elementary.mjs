import { cos, exp, log, pow } from "../../dist/base/elementary.js";

const VALUES = 4096;
const PASSES = 500;

/** Time per call of our elementary functions, and of the engine's own beside them. */
function elementarySuite(name, call, engineCall, spread) {
  return [
    { id: `elementary/${name}`, fn: call },
    { id: `elementary/Math.${name}`, fn: engineCall },
  ].map(({ id, fn }) => ({
    id,
    parameters: [{ n: VALUES }],
    unit: "ns/call",
    samples: 9,
    prepare() {
      const values = Float64Array.from({ length: VALUES }, (_, i) =>
        spread(((i * 2_654_435_761) % 2 ** 32) / 2 ** 32),
      );
      const state = { values, sum: 0 };
      this.run(state);
      return state;
    },
    run(state) {
      const { values } = state;
      let sum = 0;
      const start = process.hrtime.bigint();
      for (let pass = 0; pass < PASSES; pass++) {
        for (let i = 0; i < VALUES; i++) sum += fn(values[i]);
      }
      const elapsed = Number(process.hrtime.bigint() - start);
      state.sum += sum;
      return elapsed / (PASSES * VALUES);
    },
  }));
}

export const elementarySuites = [
  ...elementarySuite("exp", exp, Math.exp, (u) => 20 * u - 10),
  ...elementarySuite("log", log, Math.log, (u) => 100 * u + 1e-3),
  ...elementarySuite("cos", cos, Math.cos, (u) => 20 * u - 10),
  ...elementarySuite(
    "pow",
    (x) => pow(x, 1.7),
    (x) => Math.pow(x, 1.7),
    (u) => 10 * u + 1e-3,
  ),
];
