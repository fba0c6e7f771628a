import { describe, expect, test } from "vitest";

import { InputError } from "../../diagnostics/problem.js";
import { createRandomStreams } from "../../engine/streams.js";
import type { RunStatistics } from "../../scenario/resolved.js";
import { clusterOf, tableOf } from "../../simulation/batch/batch-fixture.js";
import type { JobTable } from "../../workload/job-table.js";
import type { GoalTarget } from "../run/evaluate-goals.js";
import { runConfiguration, type ConfigurationRun } from "../run/run-configuration.js";
import { replicationSeed } from "./replication-seed.js";
import {
  asksForStatistics,
  runReplications,
  type ReplicatedConfiguration,
} from "./run-replications.js";

const PLAIN: RunStatistics = {
  replications: 1,
  confidence: 0.95,
  warmUpS: undefined,
  precision: undefined,
  interval: "replications",
};

/** 200 jobs of one GPU at a load of 0.8 on four GPUs, drawn from the seed. */
function jobsWith(seed: number): JobTable {
  const stream = createRandomStreams(seed).stream("jobs");
  let submitS = 0;
  return tableOf(
    Array.from({ length: 200 }, () => {
      submitS += stream.exponential(10);
      return { submitS, durationS: stream.exponential(32) };
    }),
  );
}

function configuration(over: Partial<ReplicatedConfiguration> = {}): ReplicatedConfiguration {
  return {
    name: "base",
    cluster: clusterOf([4]),
    jobs: jobsWith(1),
    jobsWith,
    queue: { name: "fifo-strict" },
    placement: { kind: "pool" },
    goals: [],
    limits: { eventsMax: 1e6 },
    ...over,
  };
}

function replicate(
  statistics: Partial<RunStatistics>,
  configurations = [configuration()],
  started: string[] = [],
): readonly ConfigurationRun[] {
  return runReplications({
    configurations,
    statistics: { ...PLAIN, ...statistics },
    seed: 1,
    file: "s.yaml",
    onStart: (name) => started.push(name),
  });
}

const goal = (target: number, metric = "jobs.waitS.mean"): GoalTarget => ({
  id: `at most ${target}`,
  metric,
  comparison: "atMost",
  target,
  unit: "s",
});

describe("means over replications", () => {
  const [base] = replicate({ replications: 6 }) as [ConfigurationRun];
  const single = Array.from(
    { length: 6 },
    (_, index) =>
      runConfiguration(
        configuration({ jobs: jobsWith(replicationSeed(1, index + 1)) }),
        replicationSeed(1, index + 1),
      ).result,
  );

  test("are the means of the single runs with the seeds of the replications", () => {
    const waits = single.map(({ jobs }) => jobs.waitS.p95!);
    const mean = waits.reduce((sum, wait) => sum + wait, 0) / 6;
    expect(base.result.jobs.waitS.p95).toBeCloseTo(mean, 9);
    const interval = base.result.replications!.intervals["jobs.waitS.p95"]!;
    const variance = waits.reduce((sum, wait) => sum + (wait - mean) ** 2, 0) / 5;
    // t.975 with 5 degrees of freedom.
    expect(interval.high - interval.mean).toBeCloseTo(2.570582 * Math.sqrt(variance / 6), 4);
  });

  test("the run that is shown is the first replication, with figures of its own", () => {
    expect(base.firstResult!.jobs.waitS).toEqual(single[0]!.jobs.waitS);
    expect(base.run.jobs.submitS).toEqual(jobsWith(replicationSeed(1, 1)).submitS);
    expect(base.configuration.jobs).toBe(base.run.jobs);
  });

  test("more replications begin with the same ones", () => {
    const [longer] = replicate({ replications: 7 }) as [ConfigurationRun];
    const seven = longer.result.jobs.waitS.mean! * 7;
    const last = runConfiguration(configuration({ jobs: jobsWith(replicationSeed(1, 7)) }), 1);
    expect(seven - last.result.jobs.waitS.mean!).toBeCloseTo(base.result.jobs.waitS.mean! * 6, 6);
  });

  test("base and variants see the same jobs: an equal variant differs by exactly nothing", () => {
    const [, same, larger] = replicate({ replications: 6 }, [
      configuration(),
      configuration({ name: "same" }),
      configuration({ name: "larger", cluster: clusterOf([5]) }),
    ]) as [ConfigurationRun, ConfigurationRun, ConfigurationRun];
    const none = same.result.replications!.differences!["jobs.waitS.mean"]!;
    expect(none).toMatchObject({ mean: 0, low: 0, high: 0 });
    expect(none.correlation).toBeCloseTo(1, 12);
    const less = larger.result.replications!.differences!["jobs.waitS.mean"]!;
    expect(less.high).toBeLessThan(0);
    expect(base.result.replications!.differences).toBeUndefined();
    // Paired, the difference is known better than either mean.
    const own = larger.result.replications!.intervals["jobs.waitS.mean"]!;
    expect(less.high - less.low).toBeLessThan(
      own.high - own.low + (base.result.replications!.intervals["jobs.waitS.mean"]!.high - 0),
    );
  });
});

describe("goals", () => {
  test("are met or missed with the whole interval, else not shown; single runs are counted", () => {
    const [measured] = replicate({ replications: 10 }) as [ConfigurationRun];
    const { low, high, mean } = measured.result.replications!.intervals["jobs.waitS.mean"]!;
    const goals = [
      goal(high),
      goal(mean),
      goal(low * 0.99),
      { ...goal(low), comparison: "atLeast" as const },
    ];
    const [base] = replicate({ replications: 10 }, [configuration({ goals })]) as [
      ConfigurationRun,
    ];
    expect(base.result.goals.map(({ verdict, met }) => [verdict, met])).toEqual([
      ["met", true],
      ["not shown", false],
      ["missed", false],
      ["met", true],
    ]);
    expect(base.result.goals[0]!.interval).toEqual([low, high]);
    expect(base.result.goals[0]!.replicationsMet).toBeGreaterThan(0);
    expect(base.result.goals[2]!.replicationsMet).toBeLessThan(10);
  });

  test("a goal whose metric has no value in one replication is not shown", () => {
    const empty = configuration({
      goals: [goal(1e9)],
      jobsWith: (seed) =>
        seed === replicationSeed(1, 2)
          ? tableOf([{ submitS: 0, durationS: 1, gpuCount: 9 }])
          : jobsWith(seed),
    });
    const [base] = replicate({ replications: 3 }, [empty]) as [ConfigurationRun];
    expect(base.result.goals[0]).toMatchObject({ verdict: "not shown", interval: null });
  });
});

describe("stopping by precision", () => {
  test("stops at the first look that is precise enough, and all configurations stop together", () => {
    const started: string[] = [];
    const runs = replicate({ replications: 400, precision: 0.2 }, undefined, started);
    const { count, precision, intervals } = runs[0]!.result.replications!;
    expect(precision).toMatchObject({ asked: 0.2, reached: true, metric: "jobs.waitS.mean" });
    expect(count).toBeGreaterThan(10);
    expect(count).toBeLessThan(400);
    expect(started).toHaveLength(count);
    const { mean, high } = intervals["jobs.waitS.mean"]!;
    expect((high - mean) / mean).toBeLessThanOrEqual(0.2 / 1.2);
  });

  test("says when the most replications were not enough", () => {
    const { result } = replicate({ replications: 12, precision: 0.001 })[0]!;
    expect(result.replications).toMatchObject({ count: 12, precision: { reached: false } });
    expect(result.warnings).toEqual([
      expect.stringMatching(
        /^Precision not reached: after 12 replications .* 0\.1 % was asked for/,
      ),
    ]);
  });
});

describe("warm-up", () => {
  test("given: jobs that arrive before it are in no figure of any replication", () => {
    const { result } = replicate({ replications: 4, warmUpS: 500 })[0]!;
    const later = Array.from(
      { length: 4 },
      (_, index) =>
        jobsWith(replicationSeed(1, index + 1)).submitS.filter((submitS) => submitS >= 500).length,
    );
    expect(result.jobs.count).toBe(later.reduce((sum, count) => sum + count, 0) / 4);
    expect(result.replications!.warmUp).toEqual({ asked: 500, detected: true, endS: 500 });
  });

  test("one run with a warm-up keeps the seed of the scenario and gives no interval", () => {
    const { result } = replicate({ warmUpS: 100 }, [configuration({ goals: [goal(1e6)] })])[0]!;
    expect(result.jobs.count).toBe(jobsWith(1).submitS.filter((submitS) => submitS >= 100).length);
    expect(result.goals[0]).toMatchObject({ verdict: "met", interval: null });
  });

  test("by rule: the longest of base and variants holds for all", () => {
    const runs = replicate({ replications: 10, warmUpS: "auto" }, [
      configuration(),
      configuration({ name: "larger", cluster: clusterOf([6]) }),
    ]);
    const [base, larger] = runs.map(({ result }) => result.replications!.warmUp!);
    expect(base!.asked).toBe("auto");
    expect(larger!.endS).toBe(base!.endS);
  });

  test("a run too short to find its end says so, and shows no goal", () => {
    const growing = configuration({
      goals: [goal(1e9)],
      jobsWith: () =>
        tableOf(Array.from({ length: 300 }, (_, index) => ({ submitS: index, durationS: 8 }))),
    });
    const { result } = replicate({ replications: 2, warmUpS: "auto" }, [growing])[0]!;
    expect(result.replications!.warmUp).toEqual({ asked: "auto", detected: false, endS: 0 });
    expect(result.goals[0]!.verdict).toBe("not shown");
    expect(result.warnings.join("\n")).toMatch(/The run is too short/);
    expect(result.jobs.overloaded).toBe(true);
  });

  test("longer than the run is an error that names the field", () => {
    const run = (): unknown => replicate({ replications: 2, warmUpS: 1e7 });
    expect(run).toThrow(InputError);
    expect(run).toThrow(/run\.warmup leaves nothing: no job arrives after 10000000 s/);
  });
});

describe("batch means", () => {
  const long = configuration({
    goals: [goal(1e6), goal(1e6, "jobs.waitS.max"), goal(1e6, "jobs.waitS.p99")],
    jobsWith: (seed) => {
      const stream = createRandomStreams(seed).stream("jobs");
      let submitS = 0;
      return tableOf(
        Array.from({ length: 9000 }, () => {
          submitS += stream.exponential(10);
          return { submitS, durationS: stream.exponential(24) };
        }),
      );
    },
  });
  const { result } = replicate({ interval: "batch-means" }, [long])[0]!;

  test("give intervals for means of one run; extremes are judged by their value alone", () => {
    expect(result.replications).toMatchObject({ method: "batch-means", count: 1 });
    expect(result.goals[0]).toMatchObject({
      verdict: "met",
      interval: [expect.any(Number), expect.any(Number)],
    });
    expect(result.goals[1]).toMatchObject({ verdict: "met", interval: null });
  });

  test("a percentile of too few jobs per batch is not shown, in words", () => {
    expect(result.goals[2]).toMatchObject({ verdict: "not shown", interval: null });
    expect(result.warnings).toEqual([expect.stringMatching(/^No interval for p99 wait/)]);
  });
});

test("a plain run asks for nothing of this", () => {
  expect(asksForStatistics(PLAIN)).toBe(false);
  expect(asksForStatistics({ ...PLAIN, replications: 2 })).toBe(true);
  expect(asksForStatistics({ ...PLAIN, warmUpS: 0 })).toBe(true);
  expect(asksForStatistics({ ...PLAIN, interval: "batch-means" })).toBe(true);
});
