import { describe, expect, it } from "vitest";

import { clustersSpec, jobs, member, raceOf, runClusters, timesOf } from "./clusters-fixture.js";
import type { JobGroupSpec } from "./clusters-spec.js";

const PICK: JobGroupSpec["placement"] & { kind: "pick" } = {
  kind: "pick",
  type: "n",
  count: 1,
  members: [],
  required: [],
  preferred: [],
  spread: [],
  tolerations: [],
};

/** Where each job ran, by name. */
function clustersOf(outcome: ReturnType<typeof runClusters>): Record<string, string> {
  return Object.fromEntries(
    outcome.run.jobs.map(({ name, entries }) => [
      name,
      entries
        .map(({ winner }) => outcome.run.members[winner?.member ?? -1]?.spec.name ?? "-")
        .join(" "),
    ]),
  );
}

describe("one cluster", () => {
  it("packs gangs onto the fullest nodes, admits by priority and lets others pass, or not", () => {
    const groups = [
      jobs("big", { workers: 2, gpusPerWorker: 4 }),
      jobs("small", { gpusPerWorker: 2, firstS: 1 }),
      jobs("wide", { workers: 2, gpusPerWorker: 4, firstS: 2 }),
      jobs("late", { gpusPerWorker: 2, firstS: 3 }),
      jobs("urgent", { workers: 2, gpusPerWorker: 4, firstS: 4, priority: 1 }),
    ];
    const skipping = timesOf(runClusters(clustersSpec([member("a", 3, 4)], groups)));
    expect(skipping).toEqual({
      big: [0, 100],
      small: [1, 101],
      late: [3, 103],
      urgent: [100, 200],
      wide: [200, 300],
    });
    const strict = member("a", 3, 4, {
      queue: { order: "strict", preemption: "never", graceS: 0, quotaGpus: {} },
    });
    expect(timesOf(runClusters(clustersSpec([strict], groups)))["late"]).toEqual([200, 300]);
  });

  it("stops the latest of the lowest priority, and no more than needed", () => {
    const queue = {
      order: "skip",
      preemption: "lower-priority",
      graceS: 30,
      quotaGpus: {},
    } as const;
    const outcome = runClusters(
      clustersSpec(
        [member("a", 1, 4, { queue })],
        [
          jobs("one", { durationS: 1_000, checkpoint: { intervalS: 60, bytes: 0 } }),
          jobs("two", { durationS: 1_000, firstS: 10, gpusPerWorker: 2, restartS: 5 }),
          jobs("high", { firstS: 100, gpusPerWorker: 2, priority: 5 }),
        ],
      ),
    );
    // One GPU is free; "two" is the latest and gives enough; its work so far is done again.
    expect(timesOf(outcome)).toMatchObject({ one: [0, 1_000], high: [130, 230], two: [10, 1_235] });
    expect(outcome.figures.get("jobs[two].gpuHoursLost")).toBeCloseTo((90 * 2) / 3600, 12);
    expect(outcome.figures.get("clusters.preemptions")).toBe(1);
    expect(outcome.figures.get("clusters.wastedPreemptions")).toBe(0);
  });

  it("a quota is a limit for its tenant, and what does not fit it waits", () => {
    const queue = {
      order: "skip",
      preemption: "never",
      graceS: 0,
      quotaGpus: { team: 2 },
    } as const;
    const outcome = runClusters(
      clustersSpec(
        [member("a", 1, 8, { queue })],
        [jobs("mine", { count: 3 }), jobs("theirs", { tenant: "others", count: 3 })],
      ),
    );
    expect(timesOf(outcome)).toMatchObject({
      "mine-1": [0, 100],
      "mine-2": [0, 100],
      "mine-3": [100, 200],
      "theirs-3": [0, 100],
    });
  });

  it("a pool grows for what waits, is paid for while it is there, and shrinks again", () => {
    const pool = {
      hosting: "vm" as const,
      pricePerNodeHour: 36,
      elastic: { min: 0, max: 2, provisionS: 300, idleTimeoutS: 600 },
    };
    const outcome = runClusters(
      clustersSpec([member("a", 0, 4, { pool })], [jobs("job", { count: 3, gpusPerWorker: 4 })]),
    );
    expect(timesOf(outcome)).toEqual({
      "job-1": [300, 400],
      "job-2": [300, 400],
      "job-3": [400, 500],
    });
    // Paid from 0 until 600 s after their last work: 1 000 and 1 100 s.
    expect(outcome.figures.get("clusters.cost")).toBeCloseTo(36 * ((1_000 + 1_100) / 3600), 9);
  });

  it("spot nodes end jobs, which go on from their checkpoints on new nodes", () => {
    const pool = {
      hosting: "vm" as const,
      elastic: { min: 0, max: 4, provisionS: 60, idleTimeoutS: 60 },
      loss: { meanLifeS: 3_600 },
    };
    const spec = clustersSpec(
      [member("a", 0, 8, { pool })],
      [
        jobs("job", {
          count: 4,
          gpusPerWorker: 8,
          durationS: 20_000,
          checkpoint: { intervalS: 600, bytes: 0 },
        }),
      ],
    );
    const outcome = runClusters(spec, 400_000);
    expect(outcome.figures.get("jobs.finished")).toBe(4);
    const stops = outcome.figures.get("clusters.lossStops")!;
    expect(stops).toBeGreaterThan(5);
    expect(outcome.figures.get("jobs.stops")).toBe(stops);
    // A stop loses between nothing and one interval of 8 GPUs.
    const lost = outcome.figures.get("clusters.lossGpuHours")!;
    expect(lost).toBeGreaterThan(0);
    expect(lost).toBeLessThanOrEqual((stops * 600 * 8) / 3600);
  });
});

describe("several clusters", () => {
  it("the first that admits a job runs it; the others hear of it and give it back", () => {
    const busy = jobs("busy", { gpusPerWorker: 4, placement: raceOf(0), durationS: 500 });
    const raced = jobs("raced", { gpusPerWorker: 4, placement: raceOf(0, 1), firstS: 10 });
    const outcome = runClusters(
      clustersSpec([member("a", 1, 4), member("b", 1, 4)], [busy, raced]),
    );
    expect(clustersOf(outcome)).toEqual({ busy: "a", raced: "b" });
    const tie = runClusters(clustersSpec([member("a", 1, 4), member("b", 1, 4)], [raced]));
    expect(clustersOf(tie)).toEqual({ raced: "a" });
    // Both had admitted it; b held four GPUs until it heard, a second later.
    expect(tie.figures.get("clusters.duplicateGpuHours")).toBeCloseTo(4 / 3600, 12);
  });

  it("offers jobs in rounds: one cluster at once, five minutes later two, then three", () => {
    const blockers = [0, 1].map((index) =>
      jobs(`blocker-${index}`, { gpusPerWorker: 4, durationS: 5_000, placement: raceOf(index) }),
    );
    const raced = jobs("raced", {
      firstS: 10,
      placement: {
        kind: "race",
        members: [0, 1, 2],
        dispatcher: "incremental",
        stepSize: 1,
        roundS: 300,
      },
    });
    const members = ["onprem", "aws", "gcp"].map((name) => member(name, 1, 4));
    const outcome = runClusters(clustersSpec(members, [...blockers, raced]));
    expect(timesOf(outcome)["raced"]).toEqual([610, 710]);
    expect(clustersOf(outcome)["raced"]).toBe("gcp");
  });

  const queue = { order: "skip", preemption: "lower-priority", graceS: 30, quotaGpus: {} } as const;
  const preemptible = [0, 1, 2].map((index) =>
    jobs(`low-${index}`, { gpusPerWorker: 4, durationS: 2_000, placement: raceOf(index) }),
  );
  const high = jobs("high", {
    gpusPerWorker: 4,
    priority: 9,
    firstS: 1_000,
    placement: raceOf(0, 1, 2),
  });
  const three = ["a", "b", "c"].map((name) => member(name, 1, 4, { queue }));

  it("three clusters preempt for one job, and two of them for nothing", () => {
    const outcome = runClusters(clustersSpec(three, [...preemptible, high]));
    expect(outcome.figures.get("clusters.preemptions")).toBe(3);
    expect(outcome.figures.get("clusters.wastedPreemptions")).toBe(2);
    // Each had worked for 1 000 s on 4 GPUs.
    expect(outcome.figures.get("clusters.wastedGpuHours")).toBeCloseTo((2 * 4_000) / 3600, 9);
    expect(timesOf(outcome)["high"]).toEqual([1_030, 1_130]);
  });

  it("with gates one cluster preempts", () => {
    const outcome = runClusters(
      clustersSpec(three, [...preemptible, high], { hub: { orchestratedPreemption: true } }),
    );
    expect(outcome.figures.get("clusters.preemptions")).toBe(1);
    expect(outcome.figures.get("clusters.wastedPreemptions")).toBe(0);
    expect(timesOf(outcome)["high"]).toEqual([1_030, 1_130]);
  });

  it("a lost worker keeps its jobs for 15 minutes; then they begin elsewhere", () => {
    const long = jobs("long", { gpusPerWorker: 4, durationS: 3_000, placement: raceOf(0, 1) });
    const lostFor = (seconds: number) =>
      runClusters(
        clustersSpec(
          [
            member("a", 1, 4, { disconnected: [{ fromS: 500, toS: 500 + seconds }] }),
            member("b", 1, 4),
          ],
          [long],
        ),
      );
    expect(timesOf(lostFor(800))["long"]).toEqual([0, 3_000]);
    const moved = lostFor(1_000);
    expect(clustersOf(moved)["long"]).toBe("b");
    expect(timesOf(moved)["long"]).toEqual([0, 1_400 + 3_000]);
    // a went on until its link was back: 1 500 s of 4 GPUs, and b's second at the start.
    expect(moved.figures.get("clusters.duplicateGpuHours")).toBeCloseTo((1_500 * 4 + 4) / 3600, 9);
  });

  it("picks as KubeFleet does: filters, then score, then the larger name; old heartbeats are out", () => {
    const members = [
      member("a", 1, 4, { labels: { country: "nl" }, properties: { cost: 3 } }),
      member("b", 1, 4, { labels: { country: "de" }, properties: { cost: 2 } }),
      member("c", 1, 4, {
        labels: { country: "de" },
        properties: { cost: 1 },
        taints: [{ key: "edge" }],
      }),
    ];
    const placed = (placement: JobGroupSpec["placement"], firstS = 0) =>
      clustersOf(runClusters(clustersSpec(members, [jobs("job", { placement, firstS })])))["job"];
    expect(placed(PICK)).toBe("b");
    expect(placed({ ...PICK, tolerations: [{ operator: "exists" }] })).toBe("c");
    const cheapest = [{ weight: 10, sorter: { property: "cost", order: "descending" as const } }];
    expect(placed({ ...PICK, preferred: cheapest })).toBe("a");
    expect(placed({ ...PICK, required: [{ labels: { country: "de" } }] })).toBe("b");
    expect(placed({ ...PICK, type: "all" })).toBe("a b");
    expect(placed({ ...PICK, type: "fixed", members: [2] })).toBe("c");
    const spread = [
      { topologyKey: "country", maxSkew: 1, whenUnsatisfiable: "do-not-schedule" as const },
    ];
    expect(placed({ ...PICK, count: 2, spread })).toBe("b a");
    const away = [members[0]!, { ...members[1]!, disconnected: [{ fromS: 100, toS: 5_000 }] }];
    const at = (firstS: number) =>
      clustersOf(runClusters(clustersSpec(away, [jobs("job", { placement: PICK, firstS })])))[
        "job"
      ];
    expect(at(399)).toBe("b");
    expect(at(401)).toBe("a");
  });

  it("bursts never, after a wait, when cheaper, or when the deadline needs it", () => {
    const cloud = member("cloud", 0, 4, {
      pool: {
        hosting: "vm",
        pricePerNodeHour: 10,
        elastic: { min: 0, max: 9, provisionS: 100, idleTimeoutS: 100 },
      },
    });
    const home = member("home", 1, 4, { pool: { pricePerNodeHour: 20 } });
    const placed = (when: Extract<JobGroupSpec["placement"], { kind: "burst" }>["when"]) => {
      const placement = { kind: "burst" as const, home: [0], to: [1], when };
      const group = { gpusPerWorker: 4, durationS: 1_000, deadlineS: 1_600, placement, count: 2 };
      return timesOf(runClusters(clustersSpec([home, cloud], [jobs("job", group)])));
    };
    expect(placed({ rule: "never" })["job-2"]).toEqual([1_000, 2_000]);
    expect(placed({ rule: "wait-exceeds", waitS: 50 })["job-2"]).toEqual([150, 1_150]);
    expect(placed({ rule: "cheapest" })["job-1"]).toEqual([100, 1_100]);
    // The cloud needs 100 s to come and 1 000 s of work; 20 s are to spare.
    expect(placed({ rule: "deadline", spareS: 20 })["job-2"]).toEqual([580, 1_580]);
  });
});
