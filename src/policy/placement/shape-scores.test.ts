import fc from "fast-check";
import { expect, test } from "vitest";

import { INFEASIBLE, ShapeScores } from "./shape-scores.js";

test("best is the first highest score, through any changes", () => {
  const changes = fc.array(
    fc.tuple(fc.nat({ max: 199 }), fc.constantFrom(INFEASIBLE, 0, 1, 2, 50.5)),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), changes, (length, plan) => {
      const scores = new ShapeScores(length);
      const plain = new Array<number>(length).fill(INFEASIBLE);
      for (const [at, score] of plan) {
        scores.set(at % length, score);
        plain[at % length] = score;
        const feasible = plain.flatMap((each, i) => (each === INFEASIBLE ? [] : [i]));
        const highest = Math.max(...plain);
        expect(scores.best()).toBe(highest === INFEASIBLE ? -1 : plain.indexOf(highest));
        expect(scores.feasibleCount).toBe(feasible.length);
        const out = new Int32Array(length);
        scores.feasible(out);
        expect([...out.subarray(0, feasible.length)]).toEqual(feasible);
      }
    }),
  );
});
