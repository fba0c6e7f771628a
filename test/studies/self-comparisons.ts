import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createRandomStreams } from "../../src/engine/streams.js";
import { loadCompare } from "../../src/studies/compare/load-compare.js";
import { runCompare } from "../../src/studies/compare/run-compare.js";
import { createScenarioPool } from "../../src/studies/pool/scenario-pool.js";

const JOBS = 120;

/** The first is far from the mean wait, so that its verdict ends no study. */
const GOALS = [
  "  - { metric: jobs.waitS.mean, atMost: 12h }",
  "  - { metric: jobs.jctS.mean, atMost: 6h }",
  "  - { metric: gpu.allocatedShare, atMost: 90% }",
];

/** A day of jobs on two nodes that are nearly full; which of them run, and which run twice, is drawn in every run. */
function scenarioText(goals: number): string {
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
${GOALS.slice(0, goals).join("\n")}
`;
}

/** The long experiment. `claimedMax` is 5 % and three standard errors of so many studies. */
export const SELF_COMPARED = { studies: 400, replicationsMax: 40, claimedMax: 0.083 } as const;

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
 *
 * @param goals metrics that decide. With one the study stops at the first look that claims something; with three it goes on
 *   until all are decided, which two equal configurations hardly ever are
 */
export async function selfComparisons(
  studies: number,
  replicationsMax: number,
  goals: 1 | 3 = 3,
): Promise<SelfComparisons> {
  const folder = mkdtempSync(join(tmpdir(), "headroom-self-"));
  try {
    const path = join(folder, "self.yaml");
    writeFileSync(path, scenarioText(goals));
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
