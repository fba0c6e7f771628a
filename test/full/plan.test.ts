// Plans against running every candidate: random small cases and two committed scenarios; a large plan in its time.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

import { headroom, REPOSITORY } from "../cli/headroom.js";
import { bruteForce } from "../studies/plan-brute-force.js";
import { smallPlanScenario } from "../studies/plan-small-cases.js";
import { runPlan } from "../../src/studies/plan/run-plan.js";
import { writeResults } from "./write-results.js";

const CASES = 40;
const SCENARIOS = ["mig-layouts", "team-purchase"];
const folder = mkdtempSync(join(tmpdir(), "headroom-plan-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the answer is that of the whole grid, the bound is never above it, a large plan takes minutes at most", async () => {
  const small = { cases: CASES, withAnswer: 0, sameOptimum: 0, contradictions: 0, gapMean: 0 };
  for (let seed = 101; seed <= 100 + CASES; seed++) {
    const path = join(folder, `small-${seed}.yaml`);
    writeFileSync(path, smallPlanScenario(seed));
    const all = await bruteForce(path);
    const { best, bound } = await runPlan({
      ...{ path, sets: [], allowedFolders: [], inProcess: true },
      sensitivity: false,
    });
    if ((best?.cost ?? undefined) === all.optimum) small.sameOptimum += 1;
    small.contradictions += all.contradictions.length;
    if (all.optimum === undefined) continue;
    small.withAnswer += 1;
    small.gapMean += all.optimum / Math.max(bound!.value!, 1) - 1;
    expect(bound!.value).toBeLessThanOrEqual(all.optimum * (1 + 1e-9));
  }
  small.gapMean /= small.withAnswer;
  const committed = [];
  for (const name of SCENARIOS) {
    const path = join(REPOSITORY, "scenarios", "plans", `${name}.yaml`);
    const all = await bruteForce(path);
    const { best, bound, space } = await runPlan({ path, sets: [], allowedFolders: [] });
    committed.push({
      name,
      candidates: all.candidates,
      simulated: space.simulated,
      optimum: all.optimum,
      answer: best?.cost,
      bound: bound?.value,
    });
    expect(best?.cost).toBe(all.optimum);
    expect(all.contradictions).toEqual([]);
  }
  const startMs = performance.now();
  const { stdout } = headroom(["plan", "scenarios/plans/own-and-rent.yaml", "--json"]);
  const wallS = Math.round((performance.now() - startMs) / 1000);
  const { space, answer } = JSON.parse(stdout);
  const large = {
    name: "own-and-rent",
    candidates: space.candidates,
    simulated: space.simulated,
    runs: space.runs,
    wallS,
    cores: availableParallelism(),
    answer,
  };
  writeResults("plan", { small, committed, large });
  expect(small).toMatchObject({ sameOptimum: CASES, contradictions: 0 });
  expect(space.candidates).toBeGreaterThanOrEqual(200);
  expect(wallS).toBeLessThanOrEqual(180);
});
