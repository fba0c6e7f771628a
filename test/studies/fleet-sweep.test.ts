import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

import { finishFiles } from "../../src/report/finish-files.js";
import { sweepFiles } from "../../src/report/sweep-report.js";
import { createScenarioPool } from "../../src/studies/pool/scenario-pool.js";
import { replicationSeed } from "../../src/studies/replicate/replication-seed.js";
import { loadSweep } from "../../src/studies/sweep/load-sweep.js";
import { gatherSweep, runUnits, shardUnits } from "../../src/studies/sweep/run-sweep.js";
import { sweepUnits } from "../../src/studies/sweep/sweep-units.js";
import { openUnitStore } from "../../src/studies/sweep/unit-store.js";

const FLEET = `schema: headroom/fleet/v1
name: zqfleet
question: What waits?
run: { duration: 1d }
fleet:
  regions: [{ name: zqhome }]
  clusters:
    - { name: zqa, region: zqhome, nodes: [{ name: own, gpu: H100, count: 1 }] }
    - { name: zq_b, region: zqhome, nodes: [{ name: own, gpu: H100, count: 1 }] }
workload:
  jobs:
    - { name: ZqTrain, gpusPerWorker: 8, count: 9, every: 2h, arrivals: poisson, duration: 3h, placement: { race: { clusters: [zqa] } } }
goals: [{ id: soon, metric: jobs.waitP95S, of: ZqTrain, atMost: 4h }]
`;

const HEAD = "schema: headroom/sweep/v1\nname: zqsweep\nscenario: fleet.yaml\n";

function sweepIn(folder: string, rest: string): string {
  writeFileSync(join(folder, "fleet.yaml"), FLEET);
  const path = join(folder, "sweep.yaml");
  writeFileSync(path, HEAD + rest);
  return path;
}

const GRID = `replications: 3
axes:
  - { name: nodes, path: "fleet.clusters[zqa].nodes[own].count", values: [1, 2, 0.5] }
  - { name: where, path: "workload.jobs[ZqTrain].placement.race.clusters", values: [[zqa], [zqa, zq_b]] }
metrics: ["jobs[ZqTrain].waitP95S", "clusters[zq_b].gpuUseShare"]
`;

async function run(path: string, shards: number, folder: string, afterRuns = Infinity) {
  const sweep = await loadSweep(path);
  const units = await sweepUnits(sweep);
  const store = openUnitStore(folder);
  for (let k = 1; k <= shards; k += 1) {
    const stop = new AbortController();
    const pool = createScenarioPool({ inProcess: true, signal: stop.signal });
    await runUnits(shardUnits(units, { k, n: shards }), store, pool, {
      onStart: () => undefined,
      onRun: (done) => {
        if (done >= afterRuns) stop.abort(new Error("stopped"));
      },
    }).catch((error: unknown) => {
      if (!stop.signal.aborted) throw error;
    });
  }
  return { sweep, units, gather: () => gatherSweep(sweep, units, store) };
}

/** Every file of the report with pseudonyms. */
async function redacted(result: ReturnType<typeof gatherSweep>): Promise<string> {
  const { files } = await sweepFiles(result, ["headroom sweep zqsweep.yaml"]);
  const finished = await finishFiles(files, { redact: { files: ["zqsweep.yaml"] } });
  return finished.map(({ name, chunks }) => `${name}\n${[...chunks].join("")}`).join("\n");
}

test("a fleet at every point of a grid: figures, goals, failed points; stopped, in shards: the same bytes", async () => {
  const folder = mkdtempSync(join(tmpdir(), "headroom-fleet-sweep-"));
  const path = sweepIn(folder, GRID);
  const { units, sweep, gather } = await run(path, 1, join(folder, "whole"));
  expect(units).toHaveLength(18);
  expect(units[1]!.unit).toMatchObject({ kind: "fleet", seed: replicationSeed(sweep.seed, 2) });
  const result = gather();
  const { points, failedPoints, metrics, assumptions } = result.document;
  expect(metrics).toEqual([
    { path: "jobs[ZqTrain].waitP95S", unit: "s" },
    { path: "clusters[zq_b].gpuUseShare", unit: "share" },
  ]);
  expect(failedPoints).toBe(2);
  expect(points[4]!.failure!.message).toContain("count");
  const waits = points.slice(0, 4).map(({ figures }) => figures!["jobs[ZqTrain].waitP95S"]!.mean!);
  // More nodes and another cluster: less wait on the same random numbers.
  for (const [more, less] of [
    [0, 1],
    [0, 2],
    [1, 3],
    [2, 3],
  ] as const)
    expect(waits[less]!).toBeLessThanOrEqual(waits[more]!);
  expect(waits[3]!).toBeLessThan(waits[0]!);
  expect(points[0]!.figures!["clusters[zq_b].gpuUseShare"]!.mean).toBe(0);
  expect(points[1]!.figures!["clusters[zq_b].gpuUseShare"]!.mean).toBeGreaterThan(0);
  for (const { figures } of points.slice(0, 4))
    for (const { mean, interval } of Object.values(figures!)) {
      expect(interval![0]).toBeGreaterThanOrEqual(0);
      expect(interval![0] <= mean! && mean! <= interval![1]).toBe(true);
    }
  expect(points[3]!.goalsMet).toBe(1);
  expect(assumptions.length).toBeGreaterThan(3);
  const columns = result.table.map(({ name }) => name);
  expect(columns).toContain("clusters[zqa].gpuUseShare");
  expect(columns).not.toContain("stopReason");

  await run(path, 1, join(folder, "stopped"), 4);
  const resumed = (await run(path, 3, join(folder, "stopped"))).gather();
  expect(JSON.stringify(resumed)).toBe(JSON.stringify(result));

  expect(JSON.stringify(result)).toContain("ZqTrain");
  const files = await redacted(result);
  expect(files).toContain("report.html");
  expect(/.{0,40}zq.{0,40}/iu.exec(files)?.[0]).toBeUndefined();
});

test("a list and a Latin hypercube of a fleet; metrics that it has not are refused", async () => {
  const folder = mkdtempSync(join(tmpdir(), "headroom-fleet-sweep-"));
  const cube = sweepIn(
    folder,
    'design: latin-hypercube\nsamples: 4\naxes: [{ path: "fleet.clusters[zqa].nodes[own].count", from: 1, to: 4, whole: true }]\n',
  );
  const drawn = (await run(cube, 1, folder)).gather().document;
  expect(drawn.points.map(({ values }) => values[0]).sort()).toEqual([1, 2, 3, 4]);
  expect(drawn.metrics.map(({ path }) => path)).toEqual(["jobs[ZqTrain].waitP95S"]);
  const list = sweepIn(
    folder,
    "points: [{ run.duration: 12h }, { run.duration: 2d }]\nset: { goals: null }\n",
  );
  const listed = (await run(list, 1, folder)).gather().document;
  expect(listed.metrics.map(({ path }) => path)).toContain("jobs.waitP95S");
  expect(listed.answer).toMatch(/^The /);
  for (const [metric, message] of [
    ["jobs.waitS.p95", "fleets have no metric"],
    ["clusters[zqc].gpuUseShare", 'there is no cluster "zqc"'],
    ["jobs.wait", 'there is no metric "jobs.wait"'],
  ])
    await expect(
      loadSweep(sweepIn(folder, `metrics: ["${metric}"]\naxes: [{ path: seed, values: [1] }]\n`)),
    ).rejects.toThrow(message);
  await expect(
    loadSweep(sweepIn(folder, 'axes: [{ path: "fleet.clusters[zqa].nodez", values: [1] }]\n')),
  ).rejects.toThrow('unknown field "nodez"');
});
