import { describe, expect, test } from "vitest";

import type { StepTimeModel } from "../../performance/llm/step-time.js";
import type { KedaKaitoSpec } from "../../policy/autoscaling/autoscaler.js";
import type { RequestTable } from "../../workload/requests/request-table.js";
import { clusterOf, tableOf, type TestJob } from "../batch/batch-fixture.js";
import type { BatchRun, BatchSpec } from "../batch/batch-spec.js";
import { scriptedProcess, type ScriptedMoment } from "../batch/scripted-process.js";
import { simulateBatch } from "../batch/simulate-batch.js";
import { REQUEST_OUTCOMES } from "../serving/request-ledger.js";
import { appendRows } from "./append-rows.js";
import type { ColdStart } from "./cold-start.js";
import type { DeployedService, ReplicaLife, ServiceOutcome } from "./deployed-service.js";
import { createServiceProcess, type ServiceProcess } from "./service-process.js";

/** One second per step and a tenth more per token of a prompt. */
const byHand: StepTimeModel = {
  name: "by hand",
  source: "test",
  stepS: ({ prefills }) => 1 + prefills.reduce((sum, { tokens }) => sum + tokens, 0) / 10,
  beforeS: 0,
  afterS: 0,
  perTokenS: 0,
};
const ENGINE = { stepTime: byHand, cacheBlocks: 1000, batchTokensMax: 100, requestsMax: 8 };
const INSTANT: ColdStart = { phases: [], keepsImage: false, keepsWeights: false, keptBytesPerS: 1 };
const PHASES: ColdStart = {
  phases: [
    { name: "pull", medianS: 100, sigma: 0, kind: "image" },
    { name: "weights", medianS: 60, sigma: 0, kind: "weights", bytesMeasured: 10 },
    { name: "warm-up", medianS: 40, sigma: 0, kind: "fixed" },
  ],
  keepsImage: true,
  keepsWeights: true,
  keptBytesPerS: 1,
};

/** Requests of 10 prompt tokens: 2 s for the first of `output` tokens, 1 s for each further one. */
function requestsAt(arrivals: readonly number[], output = 2): RequestTable {
  return {
    count: arrivals.length,
    arrivalS: Float64Array.from(arrivals),
    promptTokens: new Int32Array(arrivals.length).fill(10),
    outputTokens: new Int32Array(arrivals.length).fill(output),
  };
}

function everyS(gapS: number, fromS: number, untilS: number): number[] {
  return Array.from({ length: Math.floor((untilS - fromS) / gapS) }, (_, at) => fromS + gapS * at);
}

interface Setting extends Partial<DeployedService> {
  readonly jobs?: readonly TestJob[];
  readonly batch?: Partial<BatchSpec>;
  readonly moments?: readonly ScriptedMoment[];
  readonly gpus?: number;
}

/** A service of replicas of four GPUs on three nodes of four, one replica and no autoscaler unless told otherwise. */
function serve(requests: RequestTable, setting: Setting = {}) {
  const { jobs = [], batch, moments = [], gpus = 4, ...more } = setting;
  const replicas = more.replicas ?? { min: 1, max: 1, initial: 1 };
  const shape = { cpuMilli: 0, memoryBytes: 0, gpuCount: gpus, gpuMilli: 1000, gpuModels: [] };
  const rows = Array.from({ length: 2 * replicas.max }, (_, row) => ({
    ...{ id: `r${row}`, shape, workers: 1, tenant: "chat", priority: 0, partition: "" },
    isPreemptible: true,
  }));
  const table = appendRows(tableOf(jobs), rows);
  let process: ServiceProcess | undefined;
  const run = simulateBatch({
    cluster: clusterOf([4, 4, 4]),
    ...table,
    queue: { name: "fifo-skip" },
    placement: { kind: "nodes", policy: "pack" },
    processes: [
      () => {
        process = createServiceProcess({
          name: "chat",
          requests,
          serving: { router: "least-outstanding" },
          replicas,
          rows: { first: table.managedFrom, count: rows.length },
          replicaOn: () => ENGINE,
          weightBytes: 10,
          coldStart: INSTANT,
          startsWarm: true,
          scrapeDelayS: 0,
          graceS: 30,
          patienceS: 600,
          ...more,
        });
        return process;
      },
      scriptedProcess(moments),
    ],
    seed: 1,
    limits: { eventsMax: 1_000_000 },
    observe: { checkInvariants: true },
    ...batch,
  });
  const outcome = process!.outcome(run.endOfRunS);
  const lives = outcome.lives.map(({ placedS, readyS, endS }: ReplicaLife): readonly number[] => [
    placedS,
    readyS,
    endS,
  ]);
  return { run, outcome, lives };
}

function ttftS({ ledger }: ServiceOutcome): number[] {
  return Array.from(
    { length: ledger.count },
    (_, row) => ledger.firstTokenS[row]! - ledger.arrivalS[row]!,
  );
}

function answered({ ledger }: ServiceOutcome): number {
  const code = REQUEST_OUTCOMES.indexOf("answered");
  return ledger.outcome.subarray(0, ledger.count).filter((one) => one === code).length;
}

const busyShare = ({ utilization }: BatchRun): number => utilization.integrals[0]! / 1000;

describe("a service in a cluster", () => {
  test("warm replicas answer at once, and the run ends at the look after the last answer", () => {
    const { run, outcome, lives } = serve(requestsAt([0, 100]));
    expect(ttftS(outcome)).toEqual([2, 2]);
    expect(lives[0]).toEqual([0, 0, Number.NaN]);
    expect(run.endOfRunS).toBe(105);
    expect(run.stopReason).toBe("drained");
    expect(busyShare(run)).toBe(4 * 105);
    expect([...outcome.metColdStart]).toEqual([0, 0]);
  });

  test("latencies count from when users came, and who is still on the way at the end is open", () => {
    const { outcome } = serve(requestsAt([10, 20]), { cameS: Float64Array.of(3, 4) });
    expect(ttftS(outcome)).toEqual([7 + 2, 16 + 2]);
    expect([...outcome.run.ttftS]).toEqual([7 + 2, 16 + 2]);
    const cut = serve(requestsAt([10, 20, 90]), {
      cameS: Float64Array.of(3, 4, 60),
      batch: { limits: { eventsMax: 1_000_000, untilS: 15 } },
    });
    expect(cut.outcome.ledger.count).toBe(2);
    expect(answered(cut.outcome)).toBe(1);
    expect(cut.outcome.notArrived).toBe(1);
  });

  test("a cold start holds the first requests for all of its phases", () => {
    const { outcome } = serve(requestsAt([0, 50, 300]), { coldStart: PHASES, startsWarm: false });
    expect(ttftS(outcome)).toEqual([200 + 3, 150 + 3, 2]);
    expect([...outcome.metColdStart]).toEqual([1, 1, 0]);
    expect(outcome.lives[0]!.phases.map(({ seconds }) => seconds)).toEqual([100, 60, 40]);
  });

  test("the second replica on a node skips the pull and reads kept weights", () => {
    const two = { min: 2, max: 2, initial: 2 };
    const late: ScriptedMoment[] = [
      {
        timeS: 500,
        act: (control) =>
          void control.stopJobsOn(0, {
            ...{ reason: "stopped: kicked", savesProgress: "at-checkpoints", restartCostS: 0 },
          }),
      },
    ];
    const { outcome } = serve(requestsAt([0, 1000]), {
      ...{ coldStart: PHASES, startsWarm: false, replicas: two, gpus: 2, moments: late },
    });
    const first = outcome.lives.slice(0, 2).map(({ readyS }) => readyS);
    // Both pull to the same node at a time: neither is later for it.
    expect(first).toEqual([200, 200]);
    const again = outcome.lives.slice(2);
    expect(again.map(({ phases }) => phases.map(({ seconds }) => seconds))).toEqual([
      [0, 10, 40],
      [0, 10, 40],
    ]);
  });

  test("a failed node loses its replica: its requests begin again, and it starts elsewhere", () => {
    const fail: ScriptedMoment = {
      timeS: 10.5,
      act(control) {
        control.stopJobsOn(0, {
          ...{ reason: "stopped: node failed", savesProgress: "at-checkpoints", restartCostS: 0 },
        });
        control.take(0, "failed");
      },
    };
    const { outcome } = serve(requestsAt([10], 5), { moments: [fail], coldStart: PHASES });
    expect(outcome.restarts).toBe(1);
    expect(outcome.lives.map(({ nodes, ended }) => [nodes, ended])).toEqual([
      [[0], "stopped: node failed"],
      [[1], ""],
    ]);
    expect(ttftS(outcome)[0]).toBeCloseTo(0.5 + 200 + 2, 9);
    expect(answered(outcome)).toBe(1);
  });

  test("jobs and replicas compete for the same GPUs", () => {
    const jobs: TestJob[] = [{ submitS: 0, durationS: 100, gpuCount: 4, workers: 3 }];
    const { run, outcome, lives } = serve(requestsAt([0]), { jobs, startsWarm: false });
    // The job needs all three nodes; the service counts as submitted at second 0 too and stands behind it.
    expect(run.startS[0]).toBe(0);
    expect(lives[0]!.slice(0, 2)).toEqual([100, 100]);
    expect(ttftS(outcome)).toEqual([102]);
    expect(run.outcome).toHaveLength(3);
  });

  test("a higher priority takes the place of a replica, which comes back", () => {
    const jobs: TestJob[] = [{ submitS: 50, durationS: 60, gpuCount: 4, workers: 3, priority: 5 }];
    const { run, outcome, lives } = serve(requestsAt([0, 60, 200]), {
      ...{ jobs, batch: { queue: { name: "priority-preemption" } } },
    });
    expect(run.startS[0]).toBe(50);
    expect(lives).toEqual([
      [0, 0, 50],
      [110, 110, Number.NaN],
    ]);
    expect(ttftS(outcome)).toEqual([2, 52, 2]);
  });

  test("requests that nobody will ever answer end the run after its patience", () => {
    const { run, outcome } = serve(requestsAt([0, 5]), { gpus: 8 });
    expect(outcome.refusal).toContain("GPU");
    expect(outcome.gaveUp).toBe(true);
    expect(run.endOfRunS).toBeGreaterThanOrEqual(600);
    expect(run.endOfRunS).toBeLessThan(700);
    expect(answered(outcome)).toBe(0);
  });
});

const kaito: KedaKaitoSpec = {
  kind: "keda-kaito",
  metrics: [{ metric: "vllm:num_requests_waiting", up: 4, down: 1, windowS: 300 }],
  evaluationS: 60,
  scaleUpCooldownS: 300,
  scaleDownCooldownS: 300,
  periodS: 15,
};

describe("autoscaled", () => {
  test("replicas come with the load and go after it, ending their requests first", () => {
    const requests = requestsAt([...everyS(0.5, 0, 1800), ...everyS(60, 1800, 4200)], 6);
    const { outcome } = serve(requests, {
      ...{ replicas: { min: 1, max: 3, initial: 1 }, autoscaler: kaito, coldStart: PHASES },
    });
    expect(answered(outcome)).toBe(requests.count);
    const { timeS, wanted, ready } = outcome.series;
    const steps = [...wanted.keys()]
      .filter((row) => row > 0 && wanted[row] !== wanted[row - 1])
      .map((row) => wanted[row]!);
    expect(steps.slice(0, 2)).toEqual([2, 3]);
    expect(steps.at(-1)).toBe(1);
    const firstUpS = timeS[wanted.findIndex((value) => value === 2)]!;
    const readyS = timeS[ready.findIndex((value) => value === 2)]!;
    expect(readyS - firstUpS).toBeGreaterThanOrEqual(180);
    expect(Math.max(...ready)).toBe(3);
    const gone = outcome.lives.filter(({ ended }) => ended === "no longer wanted");
    expect(gone.length).toBeGreaterThanOrEqual(2);
    expect(gone.every(({ endS, drainedS }) => endS >= drainedS && endS <= drainedS + 30)).toBe(
      true,
    );
    expect(outcome.restarts).toBe(0);
  });

  test("from zero and back: the first request waits for the look, the cold start and its step", () => {
    const zero: KedaKaitoSpec = {
      ...kaito,
      zero: {
        activation: [{ metric: "gateway:requests_held", above: 0 }],
        deactivation: [{ metric: "vllm:num_requests_running", atMost: 0 }],
        pollingS: 15,
        cooldownS: 300,
      },
    };
    const { outcome, lives } = serve(requestsAt([100, 400, 2000]), {
      ...{ replicas: { min: 0, max: 2, initial: 0 }, autoscaler: zero, coldStart: PHASES },
    });
    // Looks at 105 and 2010; the second start finds image and weights on the node.
    expect(lives).toEqual([
      [105, 305, expect.any(Number)],
      [2010, 2060, Number.NaN],
    ]);
    expect(ttftS(outcome)).toEqual([207, 2, 62]);
    expect([...outcome.metColdStart]).toEqual([1, 0, 1]);
  });
});

test("same spec, same bytes", () => {
  const requests = requestsAt(everyS(1.3, 0, 600), 4);
  const setting: Setting = {
    ...{ replicas: { min: 1, max: 3, initial: 1 }, autoscaler: kaito, coldStart: PHASES },
  };
  expect(serve(requests, setting).outcome).toEqual(serve(requests, setting).outcome);
});
