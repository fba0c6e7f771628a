import { describe, expect, test } from "vitest";

import { replicationSeed } from "../replicate/replication-seed.js";
import { createScenarioPool } from "./scenario-pool.js";
import type { SimulationUnit, UnitOutcome } from "./unit.js";

const JOBS = Array.from({ length: 12 }, (_, job) =>
  job % 2 === 0
    ? `    - { id: a${job}, tenant: x, submit: ${job * 5}m, duration: 2h, gpus: 8 }`
    : `    - { id: b${job}, tenant: y, submit: ${job * 5}m, duration: 1h, gpus: 2 }`,
);

const TEXT = `
schema: headroom/scenario/v1
name: pool
cluster: { nodes: [{ name: n, count: 2, gpu: H100 SXM, gpus: 8, cpu: 96, memory: 1TiB }] }
workload:
  load: 1.5
  jobs:
${JOBS.join("\n")}
policy: { queue: fifo-strict, placement: pack }
goals: [{ id: wait, metric: jobs.waitS.mean, atMost: 1h }]
variants: [{ name: other, set: { "cluster.nodes[n].count": 1 } }]
`;

function unit(seed: number, nodes?: string): SimulationUnit {
  const overlays =
    nodes === undefined
      ? []
      : [{ path: "cluster.nodes[n].count", value: nodes, source: `--set nodes=${nodes}` }];
  return { scenario: { path: "pool.yaml", text: TEXT, overlays }, seed };
}

const UNITS = [1, 2, 3].flatMap((replication) => {
  const seed = replicationSeed(7, replication);
  return [unit(seed), unit(seed, "3")];
});

function meanWaits(outcomes: readonly UnitOutcome[]): readonly (number | null)[] {
  return outcomes.map((outcome) => (outcome.ok ? outcome.result.jobs.waitS.mean : null));
}

describe("scenario pool", () => {
  test("gives outcomes in the order of the units, each unit the same however often it is run", async () => {
    const pool = createScenarioPool({ inProcess: true });
    const done: number[] = [];
    const first = await pool.run(UNITS, (count) => done.push(count));
    const again = await pool.run([...UNITS].reverse());
    expect([...again].reverse()).toEqual(first);
    expect(done).toEqual([1, 2, 3, 4, 5, 6]);
    const waits = meanWaits(first);
    expect(waits.every((wait) => wait !== null && wait > 0)).toBe(true);
    // More nodes, the same jobs: less wait in every replication.
    for (const row of [0, 2, 4]) expect(waits[row + 1]!).toBeLessThan(waits[row]!);
    await pool.close();
  });

  test("parts of the hours waited sum to the whole", async () => {
    const pool = createScenarioPool({ inProcess: true });
    const [outcome] = await pool.run([UNITS[0]!]);
    if (outcome?.ok !== true) throw new Error(outcome?.message);
    const { hours, byReason, bySize, byTenant } = outcome.waits;
    expect(hours).toBeGreaterThan(0);
    for (const parts of [byReason, bySize, byTenant]) {
      const sum = parts.reduce((total, { waitHours }) => total + waitHours, 0);
      expect(sum).toBeCloseTo(hours, 9);
    }
    expect(byTenant.map(({ name }) => name).sort()).toEqual(["x", "y"]);
  });

  test("a unit that cannot be run is an outcome and stops no other", async () => {
    const pool = createScenarioPool({ inProcess: true });
    const outcomes = await pool.run([unit(1, "0"), unit(1), unit(1, "none")]);
    expect(outcomes.map(({ ok }) => ok)).toEqual([false, true, false]);
    const [bad] = outcomes;
    if (bad?.ok !== false) throw new Error("the first unit must fail");
    expect(bad.kind).toBe("input");
    expect(bad.problems[0]?.message).toContain("the cluster has no nodes");
  });

  test("an aborted study rejects and begins no further unit", async () => {
    const stop = new AbortController();
    const pool = createScenarioPool({ inProcess: true, signal: stop.signal });
    let begun = 0;
    const running = pool.each(UNITS, () => {
      begun += 1;
      if (begun === 2) stop.abort(new Error("stopped by test"));
    });
    await expect(running).rejects.toThrow("stopped by test");
    expect(begun).toBe(2);
  });

  test("a taker that fails ends the study", async () => {
    const pool = createScenarioPool({ inProcess: true });
    const running = pool.each(UNITS, () => {
      throw new Error("disk full");
    });
    await expect(running).rejects.toThrow("disk full");
  });

  test("refuses no threads", () => {
    expect(() => createScenarioPool({ threads: 0 })).toThrow(/whole number from 1, got 0/);
  });
});
