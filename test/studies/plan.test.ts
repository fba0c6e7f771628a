// The answer of a plan is that of running every candidate, and the bound is never above it.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { runPlan } from "../../src/studies/plan/run-plan.js";
import { bruteForce } from "./plan-brute-force.js";
import { smallPlanScenario } from "./plan-small-cases.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "headroom-plan-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Small cases of every run; `npm run test:full` has more. */
const SEEDS = Array.from({ length: 5 }, (_, index) => index + 1);

describe("small cases", () => {
  test.each(SEEDS)("case %i: same optimum as the whole grid, bound below it", async (seed) => {
    const path = join(folder, `small-${seed}.yaml`);
    writeFileSync(path, smallPlanScenario(seed));
    const all = await bruteForce(path);
    const document = await runPlan({
      ...{ path, sets: [], allowedFolders: [], inProcess: true },
      // One case with it: assumptions do not change what the search finds.
      sensitivity: seed === 1,
    });
    expect(all.contradictions).toEqual([]);
    expect(document.best?.cost ?? undefined).toBe(all.optimum);
    if (all.optimum === undefined) expect(document.conflict).not.toBeNull();
    if (all.optimum !== undefined && seed === 1)
      expect(document.sensitivity).toMatchObject({ goalsMet: true, replications: 4 });
    if (all.optimum !== undefined)
      expect(document.bound?.value).toBeLessThanOrEqual(all.optimum * (1 + 1e-9));
  });
});
