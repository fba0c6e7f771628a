import fc from "fast-check";
import { expect, test } from "vitest";
import { QUEUE_POLICIES } from "../../policy/queue/registry.js";
import { clusterOf, outcomesOf, runJobs } from "./batch-fixture.js";
import type { BatchRun, BatchSpec } from "./batch-spec.js";
import type { PlacementSpec } from "./placement-spec.js";
import type { ClusterControl, ClusterProcessEntry, StopTerms } from "./cluster-process.js";
import { digestRecords } from "./records.js";
import { scriptedProcess } from "./scripted-process.js";

const FAILED: StopTerms = {
  reason: "stopped: node failed",
  savesProgress: "at-checkpoints",
  restartCostS: 0,
};
const NODES: PlacementSpec = { kind: "nodes", policy: "pack" };

const jobsOf = fc.array(
  fc.record({
    submitS: fc.integer({ min: 0, max: 60 }),
    durationS: fc.integer({ min: 0, max: 40 }),
    walltimeS: fc.integer({ min: 0, max: 60 }),
    gpuCount: fc.integer({ min: 1, max: 4 }),
    workers: fc.integer({ min: 1, max: 3 }),
    priority: fc.integer({ min: 0, max: 2 }),
    tenant: fc.constantFrom("a", "b"),
    preemptible: fc.boolean(),
    checkpointIntervalS: fc.constantFrom(3, Number.NaN),
  }),
  { maxLength: 20 },
);

/** Outages of nodes and GPUs, each ended again; some stop the jobs, some drain. */
const outagesOf = fc.array(
  fc.record({
    node: fc.integer({ min: 0, max: 2 }),
    gpus: fc.option(fc.uniqueArray(fc.integer({ min: 0, max: 3 }), { minLength: 1 })),
    fromS: fc.integer({ min: 0, max: 80 }),
    lengthS: fc.integer({ min: 0, max: 40 }),
    stops: fc.boolean(),
    restartCostS: fc.constantFrom(0, 4),
  }),
  { maxLength: 8 },
);

type Outage = ReturnType<typeof outagesOf.generate>["value"][number];

function processOf(outage: Outage, index: number): ClusterProcessEntry {
  const { node, fromS, lengthS, stops, restartCostS } = outage;
  const gpus = outage.gpus ?? undefined;
  const begin = (control: ClusterControl): void => {
    if (stops) control.stopJobsOn(node, { ...FAILED, restartCostS }, gpus);
    if (gpus === undefined) control.take(node, stops ? "failed" : "drained");
    else control.takeGpus(node, gpus);
  };
  const end = (control: ClusterControl): void => {
    if (gpus === undefined) control.restore(node);
    else control.restoreGpus(node, gpus);
  };
  return scriptedProcess(
    [
      { timeS: fromS, act: begin },
      { timeS: fromS + lengthS, act: end },
    ],
    { name: `outage ${index}` },
  );
}

/** Allocated, idle by class (failed and drained among them): together everything, at every instant. */
function expectAllCapacityAccounted(run: BatchRun): void {
  const { timeS, gpuMilliAllocated, idleMilliByClass } = run.series;
  timeS.forEach((_, row) => {
    let sum = gpuMilliAllocated[row]!;
    for (const column of Object.values(idleMilliByClass)) sum += column[row]!;
    expect(sum).toBeCloseTo(run.gpuMilliTotal, 6);
  });
}

const placementsOf = (policy: string): readonly PlacementSpec[] =>
  policy.endsWith("backfill")
    ? [{ kind: "pool" }, ...(policy.startsWith("easy") ? [NODES] : [])]
    : [{ kind: "pool" }, NODES, { kind: "consolidate" }];

test.each(QUEUE_POLICIES.map(({ name }) => name))(
  "%s: whatever fails and is drained, all work is done in the end, and twice the same",
  (name) => {
    fc.assert(
      fc.property(
        jobsOf,
        outagesOf,
        fc.constantFrom(...placementsOf(name)),
        (rows, outages, placement) => {
          const spec: Partial<BatchSpec> = {
            cluster: clusterOf([4, 4, 4]),
            queue: { name },
            placement,
            processes: outages.map(processOf),
            observe: { checkInvariants: true, idleClasses: true },
            limits: { eventsMax: 200_000 },
          };
          const run = runJobs(rows, spec);
          expect(run.stopReason).toBe("drained");
          expect(outcomesOf(run).every((outcome) => outcome === "completed")).toBe(true);
          expectAllCapacityAccounted(run);
          run.jobs.durationS.forEach((durationS, job) => {
            const occupiedS = run.preemption?.occupiedS[job] ?? run.endS[job]! - run.startS[job]!;
            const lostS = run.preemption?.lostS[job] ?? 0;
            expect(occupiedS).toBeGreaterThanOrEqual(durationS + lostS - 1e-9);
          });
          const again = runJobs(rows, spec);
          expect(digestRecords(again.records, again.reasons)).toBe(
            digestRecords(run.records, run.reasons),
          );
        },
      ),
      { numRuns: 60 },
    );
  },
);
