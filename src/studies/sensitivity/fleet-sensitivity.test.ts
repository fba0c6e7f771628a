import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

import { createScenarioPool } from "../pool/scenario-pool.js";
import type { Factor } from "./factor.js";
import { loadFleetSensitivity } from "./load-fleet-sensitivity.js";
import { runSensitivity } from "./run-sensitivity.js";

/** One job after the other on one cluster: each waits until the one before it is done. */
const FLEET = `schema: headroom/fleet/v1
name: one-after-the-other
question: What if jobs come faster?
run: { duration: 4d }
fleet:
  regions: [{ name: home }]
  clusters:
    - name: own
      region: home
      nodes:
        - { name: base, gpu: H100, count: 1 }
        - { name: more, gpu: L4, elastic: { max: 1 } }
        - { name: other, gpu: A10, elastic: { max: 1 } }
workload:
  jobs:
    - { name: train, gpusPerWorker: 8, gpu: [H100], count: 10, every: 2h, duration: 2h, placement: { race: { clusters: [own] } } }
goals: [{ id: soon, metric: jobs.waitP95S, of: train, atMost: 30m }]
`;

async function study(
  vary: readonly Factor[],
  sets: readonly [string, string][] = [],
  metric?: string,
) {
  const path = join(mkdtempSync(join(tmpdir(), "headroom-fleet-sensitivity-")), "fleet.yaml");
  writeFileSync(path, FLEET);
  const overlays = sets.map(([field, value]) => ({ path: field, value, source: "test" }));
  const pool = createScenarioPool({ inProcess: true });
  const { request } = await loadFleetSensitivity(
    {
      unit: { path, overlays },
      trajectories: 0,
      ...(metric === undefined ? {} : { metric }),
      factorsOf: (own) => Promise.resolve([...vary, ...own]),
      onProgress: () => undefined,
    },
    pool,
  );
  return { request, document: await runSensitivity(request) };
}

test("demand and assumed numbers of a fleet are varied by their fields; the place of the change is exact", async () => {
  const { request, document } = await study([]);
  const nodes = (pool: string): string => `fleet.clusters[own].nodes[${pool}].elastic`;
  expect(
    request.factors.map(({ label, path, low, high, unit }) => [label, path, low, high, unit]),
  ).toEqual([
    ["Time between two jobs of train", "workload.jobs[train].every", 1.8, 2.2, "h"],
    ["Time until a new node takes jobs (own, more)", `${nodes("more")}.provision`, 2.5, 10, "m"],
    ["Time a node may be idle (own, more)", `${nodes("more")}.idleTimeout`, 5, 20, "m"],
    ["Time until a new node takes jobs (own, other)", `${nodes("other")}.provision`, 2.5, 10, "m"],
    ["Time a node may be idle (own, other)", `${nodes("other")}.idleTimeout`, 5, 20, "m"],
  ]);
  // Nothing is drawn: one run a point.
  expect(document.replications).toBe(1);
  expect(document.metric).toBe("jobs[train].waitP95S");
  expect([document.base, document.goalsMet]).toEqual([0, true]);
  const [every, ...others] = document.factors;
  expect(every!.path).toBe("workload.jobs[train].every");
  // Job k waits k times what two hours are more: the 95th percentile of ten lies at k = 8.55.
  expect(every!.low.metric! / 3600).toBeCloseTo(0.2 * 8.55, 6);
  expect(every!.low.missed).toEqual(["soon"]);
  expect(every!.high.metric).toBe(0);
  // It reaches the goal of half an hour there; the place is found to a hundredth of the range.
  expect(every!.flip!.side).toBe("below");
  expect(Math.abs(every!.flip!.value - (2 - 0.5 / 8.55))).toBeLessThanOrEqual(0.004);
  for (const { swing, flip } of others) expect([swing, flip]).toEqual([0, null]);
  expect(document.decision).toContain(
    "The decision changes when Time between two jobs of train is below",
  );
  expect(document.notVaried.join()).toContain("What a job needs of a cluster");
});

test("what is drawn has replications and intervals; another figure, and one that is not there", async () => {
  const drawn = await study(
    [],
    [["workload.jobs[train].arrivals", "poisson"]],
    "clusters.gpuUseShare",
  );
  expect(drawn.document).toMatchObject({
    replications: 5,
    metric: "clusters.gpuUseShare",
    unit: "share",
  });
  for (const { low } of drawn.document.factors)
    expect(low.interval![0]).toBeLessThanOrEqual(low.difference!);
  await expect(study([], [], "clusters.gpuUse")).rejects.toThrow('no figure "clusters.gpuUse"');
});
