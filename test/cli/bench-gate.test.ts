// The gate on a real backend, in small: planted work fails it with the right case named. test/full/real-gate.test.ts
// does the same with 10 % and twenty comparisons of a build with itself.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

import type { GateOutcome } from "../../src/studies/gate/gate-outcome.js";
import { headroom, REPOSITORY, temporaryFolder } from "./headroom.js";

const SUITE = `schema: headroom/benchmark-suite/v1
name: tiny
description: Two small kernels, to try the gate.
sampling: { processes: 5, processesMax: 5, samples: 5, warmUp: 1, sampleTime: 1ms, caseTime: 10ms, budget: 60s }
cases:
  - { kernel: softmax, shapes: [{ rows: 16, columns: 500 }], backends: [gpujs] }
  - { kernel: reduction, shapes: [{ elements: 16385 }], backends: [gpujs] }
`;
const PLANTED = "gpujs/softmax/fp32/r16-c500";

test("five times the work in one kernel fails the gate, which names that kernel alone", () => {
  const folder = temporaryFolder();
  const [suite, result] = [join(folder, "suite.yaml"), join(folder, "new.json")];
  writeFileSync(suite, SUITE);
  const run = headroom([
    ...["bench", "run", "--suite", suite, "--backend", "gpujs", "--against", REPOSITORY],
    ...["--plant-slowdown", `${PLANTED}=5`, "-o", result],
  ]);
  expect(run.exitCode, run.stderr).toBe(0);
  const history = join(folder, "history.jsonl");
  const gate = (further: readonly string[] = []): ReturnType<typeof headroom> =>
    headroom(["bench", "gate", result, "--baseline", join(folder, "new.base.json"), ...further]);

  const json = gate(["--json", "--history", history, "--trend", join(folder, "trend.svg")]);
  expect(json.exitCode, json.stderr).toBe(1);
  const outcome = JSON.parse(json.stdout) as GateOutcome;
  const worse = outcome.cases.filter(({ verdict }) => verdict === "regression");
  expect(worse.map(({ id }) => id)).toEqual([PLANTED]);
  expect(outcome.sentence).toContain(`Worse: ${PLANTED}`);
  expect(readFileSync(history, "utf8").trim().split("\n")).toHaveLength(1);
  expect(existsSync(join(folder, "trend.svg"))).toBe(true);

  // The same sides the other way round: nothing got worse.
  const back = headroom(["bench", "compare", result, join(folder, "new.base.json"), "--json"]);
  const improved = JSON.parse(back.stdout) as GateOutcome;
  expect(improved.cases.find(({ id }) => id === PLANTED)!.verdict).toBe("improvement");
  expect(back.exitCode).not.toBe(1);

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
  expect(judged.cases.find(({ id }) => id === PLANTED)!.verdict).toBe("regression");
  expect(judged.sentence).toMatch(new RegExp(`Worse: (.*, )?${PLANTED}`));

  appendFileSync(history, "not a line of it\n");
  const broken = gate(["--history", history]);
  expect(broken.exitCode).toBe(2);
  expect(broken.stderr).toContain("line 2");
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
