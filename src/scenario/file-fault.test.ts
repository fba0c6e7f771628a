import { expect, test } from "vitest";

import { InputError } from "../diagnostics/problem.js";
import { parseScenario, type ParseOptions } from "./parse-scenario.js";
import { FIXTURE_FORMAT, VALID_SCENARIO } from "./scenario-fixture.js";

const TRACED = VALID_SCENARIO.replace(
  /workload:\n[\s\S]*(?=policy:)/,
  "workload:\n  trace: ../traces/wek.csv\n",
);

function problemsOf(options: Partial<ParseOptions>): readonly string[] {
  try {
    parseScenario({
      file: "project/scenarios/s.yaml",
      text: TRACED,
      format: FIXTURE_FORMAT,
      mayRead: () => true,
      ...options,
    });
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.problems.map(
      ({ line, message, suggestion }) => `${line ?? ""} ${message} ${suggestion ?? ""}`,
    );
  }
}

test("a trace that is not there is found together with everything else, and named as it is written", () => {
  const asked: string[] = [];
  const fileFault: ParseOptions["fileFault"] = (path) => {
    asked.push(path);
    return { message: "does not exist", suggestion: "week.csv" };
  };
  expect(problemsOf({ fileFault, text: TRACED.replace("count: 2", "count: -2") })).toEqual([
    "8 cluster.nodes[0].count must be a whole number from 0 to 200000, got -2 ",
    "18 workload.trace: ../traces/wek.csv does not exist ../traces/week.csv",
  ]);
  expect(new Set(asked)).toEqual(new Set(["project/traces/wek.csv"]));
});

test("files are not looked at unless somebody can look, nor outside of what may be read", () => {
  expect(problemsOf({})).toEqual([]);
  const fileFault = (): never => {
    throw new Error("looked at");
  };
  expect(problemsOf({ fileFault, mayRead: () => false })).toHaveLength(1);
});
