import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadCompare } from "../../dist/studies/compare/load-compare.js";
import { runCompare } from "../../dist/studies/compare/run-compare.js";
import { studentTQuantile } from "../../dist/stats/student-t.js";
import { createScenarioPool } from "../../dist/studies/pool/scenario-pool.js";

const RUNS = 1000;

/** A run of some milliseconds: which of 300 jobs run is drawn. */
function shortScenario() {
  const jobs = Array.from(
    { length: 300 },
    (_, job) =>
      `    - { id: j${job}, submit: ${job * 5}m, duration: 55m, gpus: ${job % 4 === 0 ? 8 : 2} }`,
  );
  const path = join(mkdtempSync(join(tmpdir(), "headroom-bench-")), "short.yaml");
  writeFileSync(
    path,
    `schema: headroom/scenario/v1
name: short
cluster: { nodes: [{ name: n, count: 2, gpu: H100 SXM, gpus: 8, cpu: 96, memory: 1TiB }] }
workload:
  load: 0.9
  jobs:
${jobs.join("\n")}
policy: { queue: fifo-skip, placement: pack }
`,
  );
  return path;
}

/** Short runs per second on 1 and on 2 worker threads; n is the number of threads. */
export const sweepThreads = {
  id: "studies/pool-threads",
  unit: "runs/s",
  parameters: [{ n: 1 }, { n: 2 }],
  samples: 3,
  async prepare({ n }, { quick }) {
    const path = shortScenario();
    const units = Array.from({ length: quick ? RUNS / 5 : RUNS }, (_, index) => ({
      scenario: { path, overlays: [] },
      seed: index + 1,
    }));
    const pool = createScenarioPool({ threads: n });
    // Threads start, and compile what they run, before the clock does.
    await pool.run(units.slice(0, 60));
    return { pool, units };
  },
  async run({ pool, units }) {
    const startMs = performance.now();
    const outcomes = await pool.run(units);
    const seconds = (performance.now() - startMs) / 1000;
    if (outcomes.some(({ ok }) => !ok)) throw new Error("bench: a run failed");
    return units.length / seconds;
  },
};

/** The quickstart's team in weeks drawn anew: 8 nodes today against 10 nodes with a quarter more load. */
async function weeks() {
  const all = await loadCompare({
    ...{ paths: ["scenarios/team-weeks.yaml"], sets: [], variants: [], setAll: [] },
    allowedFolders: [],
  });
  return all.slice(0, 2);
}

/** Metrics of the quickstart's goals and beside them, with what the suite is called. */
const COMPARED = [
  { id: "studies/common-random-numbers", metric: "jobs.waitS.mean", name: "mean wait" },
  { id: "studies/common-random-numbers-p95-wait", metric: "jobs.waitS.p95", name: "p95 wait" },
  { id: "studies/common-random-numbers-jct", metric: "jobs.jctS.mean", name: "mean JCT" },
  {
    id: "studies/common-random-numbers-use",
    metric: "gpu.allocatedShare",
    name: "share of GPUs in use",
  },
];

/**
 * Width of the interval of a difference with independent random numbers over that with common ones; n replications.
 * At the same level, as a 95 % interval of each metric alone.
 */
export const commonNumbers = COMPARED.map(({ id, metric, name }) => ({
  id,
  unit: `ratio of half-widths, ${name}`,
  parameters: [{ n: 40 }],
  samples: 1,
  processes: 1,
  async prepare({ n }, { quick }) {
    return {
      configurations: await weeks(),
      replicationsMax: quick ? 12 : n,
      pool: createScenarioPool(),
    };
  },
  async run({ configurations, replicationsMax, pool }) {
    const widths = [];
    for (const isIndependent of [false, true]) {
      const { comparisons } = await runCompare(
        {
          ...{ configurations, seed: 1, confidence: 0.95, replicationsMax, isFixed: true },
          ...{ isIndependent, indifferenceShare: 0.02, pairs: "base" },
        },
        pool,
      );
      const { interval, confidence } = comparisons[0].metrics.find((one) => one.metric === metric);
      // Holm judges figures at levels of their own; widths are comparable at one level only.
      const quantile = studentTQuantile(
        (1 + confidence) / 2,
        degreesOf(isIndependent, replicationsMax),
      );
      widths.push((interval[1] - interval[0]) / quantile);
    }
    return widths[1] / widths[0];
  },
}));

/** Of the paired interval; about those of Welch's, which weighs both sides. */
function degreesOf(isIndependent, replications) {
  return isIndependent ? 2 * (replications - 1) : replications - 1;
}
