import { expect, test } from "vitest";

import { InputError } from "../../diagnostics/problem.js";
import { createScenarioPool } from "../pool/scenario-pool.js";
import { areFleets, loadFleetCompare } from "./compare/load-fleet-compare.js";
import { runFleetCompare } from "./compare/run-fleet-compare.js";
import { runFleetPlan } from "./plan/run-fleet-plan.js";

const PATH = "scenarios/kubernetes-upgrade.yaml";
const NOTHING = { sets: [], variants: [], setAll: [], allowedFolders: [] };

test("a plan finds the spare nodes of each region, and says what one less misses", async () => {
  const pool = createScenarioPool({ inProcess: true });
  const document = await runFleetPlan(
    {
      path: PATH,
      sets: ["plan.replications=4", "plan.decide[1].range.to=1", "plan.decide[0].range.to=2"],
      allowedFolders: [],
    },
    pool,
  );
  expect(document.plans).toHaveLength(6);
  expect(document.plans[document.best!]).toMatchObject({ values: ["1", "1"], objective: 2 });
  const below = document.plans[document.belowBest!]!;
  expect(below.objective).toBeLessThan(2);
  expect(below.verdict).not.toBe("meets");
  expect(document.answer).toContain("meets both goals");
});

test("fleets are compared by figures, on the same random numbers", async () => {
  const pool = createScenarioPool({ inProcess: true });
  const configurations = await loadFleetCompare({
    ...NOTHING,
    paths: [PATH],
    variants: ["spares: fleet.pools[eu].spares=2, fleet.pools[us].spares=1"],
  });
  const document = await runFleetCompare(
    {
      configurations,
      seed: 7,
      confidence: 0.9,
      replicationsMax: 10,
      isFixed: true,
      indifferenceShare: 0.02,
      pairs: "base",
    },
    pool,
  );
  expect(document.configurations.map(({ cluster }) => cluster)).toEqual([
    "2 node pools of 12 nodes",
    "2 node pools of 15 nodes",
  ]);
  const [comparison] = document.comparisons;
  expect(comparison!.changes.map(({ path }) => path)).toEqual([
    "fleet.pools[eu].spares",
    "fleet.pools[us].spares",
  ]);
  const done = comparison!.metrics.find(({ metric }) => metric === "upgrades.doneShare");
  expect(done).toMatchObject({ role: "decides", verdict: "higher", after: 1, better: "higher" });
  const [base, spares] = document.configurations;
  expect(base!.goals.map(({ verdict }) => verdict)).toEqual(["missed", "met"]);
  expect(spares!.goals.map(({ verdict }) => verdict)).toEqual(["met", "met"]);
});

test("what is no comparison says so", async () => {
  await expect(loadFleetCompare({ ...NOTHING, paths: [PATH] })).rejects.toThrow(InputError);
  await expect(areFleets([PATH, "scenarios/quickstart.yaml"], [])).rejects.toThrow("is a fleet");
});
