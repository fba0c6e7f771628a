import { beforeAll, expect, test } from "vitest";

import { createCountSolver, type CountSolver } from "./solve.js";

let solver: CountSolver;
beforeAll(async () => {
  solver = await createCountSolver();
});

const VARIABLES = [
  { cost: 300, low: 0, high: 6 },
  { cost: 220, low: 0, high: 20 },
  { cost: 90, low: 0, high: 30 },
];
const ROWS = [
  { coefficients: [8, 4, 1], low: 61, high: Infinity },
  { coefficients: [8, 0, 0], low: 16, high: Infinity },
  { coefficients: [8, 4, 0], low: 40, high: Infinity },
];

test("a covering problem with a known answer", () => {
  const solution = solver.solve(VARIABLES, ROWS);
  expect(solution).toMatchObject({ kind: "optimal", counts: [6, 3, 1], bound: 2550 });
  if (solution.kind === "optimal") expect(solution.relaxed).toBeCloseTo(2515, 3);
});

test("what cannot be covered is infeasible", () => {
  const few = [{ ...VARIABLES[0]!, high: 1 }, ...VARIABLES.slice(1)];
  expect(solver.solve(few, ROWS)).toEqual({ kind: "infeasible" });
});

test("without anything to decide, the rows alone say", () => {
  expect(solver.solve([], [{ coefficients: [], low: -1, high: 0 }])).toMatchObject({ bound: 0 });
  expect(solver.solve([], [{ coefficients: [], low: 1, high: 2 }])).toEqual({ kind: "infeasible" });
});

test("costs of any size give the same counts", () => {
  for (const factor of [1e-9, 1e6, 1e12]) {
    const scaled = VARIABLES.map((one) => ({ ...one, cost: one.cost * factor }));
    expect(solver.solve(scaled, ROWS)).toMatchObject({ counts: [6, 3, 1] });
  }
});
