// The gate on a real backend, in small: planted work fails it with the right case named, however busy the machine is.
// That no other case is named is asked of made-up times: of real ones it is true with a chance, and that chance is
// measured in test/full/real-gate.test.ts (10 % planted, twenty comparisons of a build with itself) and verdict-rates.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

import { benchmarkResult } from "../../src/benchmark/testing/result-fixture.js";
import type { GateOutcome } from "../../src/studies/gate/gate-outcome.js";
import { headroom, REPOSITORY, temporaryFolder } from "./headroom.js";

// Eight processes a side: even a process that was held up as long as all the planted work leaves the verdict as it is.
const SUITE = `schema: headroom/benchmark-suite/v1
name: tiny
description: Two small kernels, to try the gate.
sampling: { processes: 8, processesMax: 8, samples: 5, warmUp: 1, sampleTime: 1ms, caseTime: 10ms, budget: 1h }
cases:
  - { kernel: softmax, shapes: [{ rows: 8, columns: 250 }], backends: [gpujs] }
  - { kernel: reduction, shapes: [{ elements: 16385 }], backends: [gpujs] }
`;
const PLANTED = "gpujs/softmax/fp32/r8-c250";
const NAMED = new RegExp(`Worse: (.*, )?${PLANTED}`);

const verdictOf = ({ cases }: GateOutcome): string =>
  cases.find(({ id }) => id === PLANTED)!.verdict;

test("ten times the work in one kernel fails the gate, which names that kernel", () => {
  const folder = temporaryFolder();
  const [suite, result] = [join(folder, "suite.yaml"), join(folder, "new.json")];
  writeFileSync(suite, SUITE);
  const run = headroom([
    ...["bench", "run", "--suite", suite, "--backend", "gpujs", "--against", REPOSITORY],
    ...["--plant-slowdown", `${PLANTED}=10`, "-o", result],
  ]);
  expect(run.exitCode, run.stderr).toBe(0);
  const history = join(folder, "history.jsonl");
  const gate = (further: readonly string[] = []): ReturnType<typeof headroom> =>
    headroom(["bench", "gate", result, "--baseline", join(folder, "new.base.json"), ...further]);

  const json = gate(["--json", "--history", history, "--trend", join(folder, "trend.svg")]);
  expect(json.exitCode, json.stderr).toBe(1);
  const outcome = JSON.parse(json.stdout) as GateOutcome;
  expect(verdictOf(outcome)).toBe("regression");
  expect(outcome.sentence).toMatch(NAMED);
  expect(readFileSync(history, "utf8").trim().split("\n")).toHaveLength(1);
  expect(existsSync(join(folder, "trend.svg"))).toBe(true);

  // The same sides the other way round.
  const back = headroom(["bench", "compare", result, join(folder, "new.base.json"), "--json"]);
  const improved = JSON.parse(back.stdout) as GateOutcome;
  expect(verdictOf(improved)).toBe("improvement");

  const software = headroom(["calibrate", result, "-o", join(folder, "c.json")]);
  expect(software.exitCode).toBe(2);
  expect(software.stderr).toContain("was measured on software");
  expect(existsSync(join(folder, "c.json"))).toBe(false);

  // The suite measured by the gate itself, against the honest side as its baseline.
  const now = headroom([
    ...["bench", "gate", "--suite", suite, "--baseline", join(folder, "new.base.json"), "--json"],
    ...["--plant-slowdown", `${PLANTED}=10`],
  ]);
  expect(now.exitCode, now.stderr).toBe(1);
  const judged = JSON.parse(now.stdout) as GateOutcome;
  expect(verdictOf(judged)).toBe("regression");
  expect(judged.sentence).toMatch(NAMED);

  appendFileSync(history, "not a line of it\n");
  const broken = gate(["--history", history]);
  expect(broken.exitCode).toBe(2);
  expect(broken.stderr).toContain("line 2");
});

test("a tenth more time in one of two kernels is a regression of that one alone; the other way round, of none", () => {
  const folder = temporaryFolder();
  const steady = [1, 1.01, 0.99, 1.02, 0.98, 1.005, 0.995, 1.015, 0.985, 1.001];
  const side = (build: "base" | "new", factor: number): string => {
    const path = join(folder, `${build}.json`);
    const cases = [
      { id: PLANTED, times: steady.map((time) => time * factor * 1e-3) },
      { id: "gpujs/reduction/fp32/e16385", times: steady.map((time) => time * 2e-3) },
    ];
    writeFileSync(path, JSON.stringify(benchmarkResult({ build, cases })));
    return path;
  };
  const [base, slower] = [side("base", 1), side("new", 1.1)];
  const worse = headroom(["bench", "gate", slower, "--baseline", base, "--json"]);
  expect(worse.exitCode, worse.stderr).toBe(1);
  const { cases, sentence } = JSON.parse(worse.stdout) as GateOutcome;
  expect(cases.map(({ id, verdict }) => [id, verdict])).toEqual([
    [PLANTED, "regression"],
    ["gpujs/reduction/fp32/e16385", "no change shown"],
  ]);
  expect(sentence).toContain(`Worse: ${PLANTED}`);

  const better = headroom(["bench", "compare", slower, base, "--json"]);
  expect(better.exitCode, better.stderr).toBe(0);
  expect(verdictOf(JSON.parse(better.stdout) as GateOutcome)).toBe("improvement");
});

test("bad usage and bad files end with 2 and one clear error", () => {
  const folder = temporaryFolder();
  const empty = join(folder, "empty.json");
  writeFileSync(empty, "{}");
  const cases: readonly (readonly [readonly string[], string])[] = [
    [["bench", "gate", "--baseline", empty], "nothing to judge was named"],
    [["bench", "gate", empty, "--baseline", empty, "--suite", "smoke"], "leave one of them out"],
    [["bench", "gate", empty, "--baseline", empty, "--plant-slowdown", "a=2"], "needs --suite"],
    [["bench", "compare", empty, empty], "is no benchmark result"],
    [["bench", "compare", join(folder, "nowhere.json"), empty], "nowhere.json"],
    [["calibrate", empty], "no format that can be calibrated from"],
  ];
  for (const [args, message] of cases) {
    const { exitCode, stderr } = headroom(args);
    expect(exitCode, args.join(" ")).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toContain("1 problem");
  }
});
