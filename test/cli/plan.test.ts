// `headroom plan` as a user would run it: what it writes, and what it says to bad input.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

import { InputError } from "../../src/diagnostics/problem.js";
import { runPlan } from "../../src/studies/plan/run-plan.js";
import { headroom, REPOSITORY, temporaryFolder } from "./headroom.js";

const SCENARIO = "scenarios/plans/mig-layouts.yaml";

/** A day of the week's jobs, and little growth. */
const SMALL = [
  "workload.limits={maxJobs: 250}",
  "plan.growth.max=1.05",
  "plan.replications.first=4",
].flatMap((set) => ["--set", set]);

test("a plan writes its report and says what to buy", () => {
  const folder = temporaryFolder();
  const { exitCode, stdout } = headroom([
    "plan",
    SCENARIO,
    ...SMALL,
    "--out",
    folder,
    "--threads",
    "1",
  ]);
  expect(exitCode).toBe(0);
  const document = JSON.parse(readFileSync(join(folder, "plan.json"), "utf8"));
  expect(stdout.replace(/\s+/g, " ")).toContain(document.answer);
  expect(document.answer).toMatch(
    /^Buy 1 node with 8 A100 SXM4-80GB, bare metal, .+; it meets every goal/,
  );
  expect(document.bound.value).toBeLessThanOrEqual(document.best.cost * (1 + 1e-9));
  expect(document.sensitivity.factors.map(({ id }: { id: string }) => id)).toContain("load");
  expect(readFileSync(join(folder, "report.html"), "utf8")).toContain(
    "Which assumption would change the answer",
  );
  const run = headroom([
    "run",
    SCENARIO,
    "--set",
    "workload.limits={maxJobs: 250}",
    ...document.best.set.flatMap((set: string) => ["--set", set]),
    "--json",
  ]);
  expect(JSON.parse(run.stdout).cost.total).toBeCloseTo(document.best.cost, 6);
  for (const name of ["plans.csv", "report.md", "report.html", "charts/cost-and-room.vl.json"]) {
    expect(readFileSync(join(folder, name), "utf8").length).toBeGreaterThan(50);
  }
});

test("a budget below what is proven is refused without a run, with the bound", () => {
  const { exitCode, stdout } = headroom([
    "plan",
    "scenarios/plans/team-purchase.yaml",
    "--set",
    "plan.limits.budget=1500000",
    "--json",
  ]);
  const { conflict, space, best, bound } = JSON.parse(stdout);
  expect(exitCode).toBe(1);
  expect({ best, runs: space.runs, isProven: conflict.isProven }).toEqual({
    best: null,
    runs: 0,
    isProven: true,
  });
  expect(conflict.constraints).toContain("budget");
  expect(bound.value).toBeGreaterThan(1_500_000);
});

test.each([
  ["plan.decide=[]", /plan.decide is an empty list/],
  [
    "plan.decide[0].path=cluster.nodes[h100].counts",
    /unknown field "counts".*Did you mean "count"/,
  ],
  ["plan.decide[0].path=cluster.nodes[h200].count", /Did you mean "h100"/],
  ["plan.decide[0].range={from: 9, to: 3}", /nothing to decide between/],
  ["plan.decide[0].path=goals", /cannot be decided/],
  ["plan.decide[1].values=[fifo-skp]", /Did you mean "fifo-skip"/],
  ["plan.supply[0].leadTime=40w", /no node of h100 can be there in time/],
  ["plan.supply[0].group=h20", /must name a node group/],
  ["plan.limits.power=100kW", /needs the section power/],
  ["goals=[]", /a plan needs goals/],
  ["plan=null", /has no section plan/],
])("--set %s is bad input", async (set, message) => {
  const path = join(REPOSITORY, "scenarios/plans/team-purchase.yaml");
  const planned = runPlan({ path, sets: [set], allowedFolders: [], inProcess: true });
  await expect(planned).rejects.toThrow(InputError);
  await planned.catch((error: InputError) => {
    const [problem] = error.problems;
    const meant =
      problem!.suggestion === undefined ? "" : ` Did you mean "${problem!.suggestion}"?`;
    expect(`${problem!.message}.${meant}`).toMatch(message);
  });
});
