import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createRandomStreams } from "../../src/engine/streams.js";
import { loadCompare } from "../../src/studies/compare/load-compare.js";
import { runCompare } from "../../src/studies/compare/run-compare.js";
import { createScenarioPool } from "../../src/studies/pool/scenario-pool.js";

const JOBS = 120;

/** A day of jobs on two nodes that are nearly full; which of them run, and which run twice, is drawn in every run. */
function scenarioText(): string {
  const stream = createRandomStreams(5).stream("jobs");
  let submitM = 0;
  const jobs = Array.from({ length: JOBS }, (_, job) => {
    submitM += Math.ceil(stream.exponential(9));
    const durationM = Math.ceil(stream.exponential(60));
    const gpus = [1, 1, 1, 2, 4, 8][stream.integerBelow(6)]!;
    return `    - { id: j${job}, submit: ${submitM}m, duration: ${durationM}m, gpus: ${gpus} }`;
  });
  return `
schema: headroom/scenario/v1
name: self
cluster: { nodes: [{ name: n, count: 2, gpu: H100 SXM, gpus: 8, cpu: 192, memory: 2TiB }] }
workload:
  load: 0.7
  jobs:
${jobs.join("\n")}
policy: { queue: fifo-skip, placement: pack }
goals:
  - { metric: jobs.waitS.mean, atMost: 1h }
  - { metric: jobs.jctS.mean, atMost: 6h }
  - { metric: gpu.allocatedShare, atMost: 90% }
`;
}

/** What comparing a scenario with itself claimed. */
export interface SelfComparisons {
  readonly studies: number;
  /** Studies that claimed a direction for any metric that decides. */
  readonly claims: number;
  readonly claimedShare: number;
  /** Metrics that decide. */
  readonly metrics: readonly string[];
  readonly replicationsMax: number;
  /** Studies by the replications after which they stopped. */
  readonly stoppedAt: Readonly<Record<string, number>>;
}

/**
 * Compares a scenario with itself on independent random numbers, as `headroom compare --independent` does, with
 * sequential stopping; study number s has seed s. What it claims is wrong.
 */
export async function selfComparisons(
  studies: number,
  replicationsMax: number,
): Promise<SelfComparisons> {
  const folder = mkdtempSync(join(tmpdir(), "headroom-self-"));
  try {
    const path = join(folder, "self.yaml");
    writeFileSync(path, scenarioText());
    const configurations = await loadCompare({
      ...{ paths: [path, path], sets: [], variants: [], setAll: [] },
      allowedFolders: [],
    });
    const pool = createScenarioPool({ inProcess: true });
    let claims = 0;
    let metrics: readonly string[] = [];
    const stoppedAt: Record<string, number> = {};
    for (let seed = 1; seed <= studies; seed++) {
      const { comparisons, design } = await runCompare(
        {
          ...{ configurations, seed, confidence: 0.95, replicationsMax, isFixed: false },
          ...{ isIndependent: true, indifferenceShare: 0.02, pairs: "base" },
        },
        pool,
      );
      const deciding = comparisons[0]!.metrics.filter(({ role }) => role === "decides");
      metrics = deciding.map(({ metric }) => metric);
      if (deciding.some(({ verdict }) => verdict === "higher" || verdict === "lower")) claims += 1;
      stoppedAt[design.replications] = (stoppedAt[design.replications] ?? 0) + 1;
    }
    const claimedShare = claims / studies;
    return { studies, claims, claimedShare, metrics, replicationsMax, stoppedAt };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
