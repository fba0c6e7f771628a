import fc from "fast-check";
import { expect, test } from "vitest";
import type { ClusterSpec } from "../../cluster/spec.js";
import { QUEUE_POLICIES } from "../../policy/queue/registry.js";
import type { QueueOptionValue, QueuePolicyOption } from "../../policy/queue/types.js";
import { clusterOf, outcomesOf, runJobs, type TestJob } from "./batch-fixture.js";
import type { BatchSpec } from "./batch-spec.js";
import type { PlacementSpec } from "./placement-spec.js";
import { digestRecords } from "./records.js";
import { summarizeBatch } from "./summary.js";
import { waitedS } from "./waited.js";

const jobOf: fc.Arbitrary<TestJob> = fc
  .record({
    submitS: fc.integer({ min: 0, max: 30 }),
    durationS: fc.integer({ min: 0, max: 25 }),
    size: fc.constantFrom(
      { gpuCount: 0 },
      { gpuCount: 1, gpuMilli: 300 },
      { gpuCount: 1, gpuMilli: 700 },
      { gpuCount: 1 },
      { gpuCount: 2 },
      { gpuCount: 4 },
      { gpuCount: 12 },
    ),
    workers: fc.integer({ min: 1, max: 3 }),
    cpuMilli: fc.constantFrom(0, 4000, 30_000),
    priority: fc.integer({ min: 0, max: 2 }),
    tenant: fc.constantFrom("", "a", "b"),
    preemptible: fc.boolean(),
    checkpointIntervalS: fc.constantFrom(3, 10, Number.NaN),
    padding: fc.integer({ min: -5, max: 20 }),
    topology: fc.constantFrom("", "required:rack", "preferred:host", "required:host"),
  })
  .map(({ size, padding, ...job }) => ({
    ...job,
    ...size,
    walltimeS: Math.max(0, job.durationS + padding),
  }));

function valueOf(option: QueuePolicyOption): fc.Arbitrary<QueueOptionValue> {
  if (option.type === "boolean") return fc.boolean();
  if (option.type === "choice") return fc.constantFrom(...(option.allowed ?? []));
  const [low, high] = option.range ?? [0, 1];
  return fc.constantFrom(Number(option.default), Math.min(high, Math.max(low, 5)));
}

const PLACEMENTS: readonly PlacementSpec[] = [
  { kind: "pool" },
  { kind: "nodes", policy: "pack" },
  { kind: "nodes", policy: "random" },
  { kind: "consolidate" },
  { kind: "consolidate-first" },
  { kind: "contiguous" },
  { kind: "contiguous", within: "rack" },
  { kind: "topology" },
  { kind: "topology", profile: "best-fit" },
];

/** Nodes of four GPUs in two racks. */
function racks(): ClusterSpec {
  const { nodes } = clusterOf([4, 4, 4]);
  return {
    topology: { levels: ["rack"] },
    nodes: nodes.map((node, index) => ({ ...node, domains: [index === 1 ? "b" : "a"] })),
  };
}

const limitsOf = fc.constantFrom({ eventsMax: 200_000 }, { eventsMax: 200_000, untilS: 40 });

test.each(QUEUE_POLICIES.map((entry) => [entry.name, entry] as const))(
  "%s: whatever the jobs and options, all is accounted for, and twice the same",
  (name, entry) => {
    const optionsOf = fc.record(
      Object.fromEntries(entry.options.map((option) => [option.name, valueOf(option)])),
    );
    fc.assert(
      fc.property(
        fc.array(jobOf, { maxLength: 25 }),
        optionsOf,
        fc.constantFrom(...PLACEMENTS),
        limitsOf,
        (rows, options, placement, limits) => {
          const spec: Partial<BatchSpec> = {
            cluster: racks(),
            queue: { name, options },
            placement,
            limits,
            observe: { checkInvariants: true, idleClasses: true },
          };
          const run = runJobs(rows, spec);
          const { jobs, gpu } = summarizeBatch(run);
          expect(limits.untilS === undefined ? ["drained"] : ["drained", "time-limit"]).toContain(
            run.stopReason,
          );
          expect(jobs.completed + jobs.running + jobs.waiting + jobs.neverPlaceable).toBe(
            jobs.count,
          );
          if (limits.untilS === undefined)
            expect(jobs.completed + jobs.neverPlaceable).toBe(rows.length);
          const waits = waitedS(run);
          outcomesOf(run).forEach((outcome, job) => {
            if (outcome === "never-placeable" || outcome === "not-submitted")
              expect(waits[job]).toBeNaN();
            else expect(waits[job]).toBeGreaterThanOrEqual(0);
            if (outcome !== "completed" || (run.preemption?.stops[job] ?? 0) > 0) return;
            expect(run.endS[job]! - run.startS[job]!).toBeCloseTo(run.jobs.durationS[job]!, 9);
          });
          const idle = Object.values(gpu.idleByClass).reduce((sum, share) => sum + share, 0);
          if (run.utilization.spanS > 0) expect(idle + gpu.allocatedShare).toBeCloseTo(1, 9);
          const again = runJobs(rows, spec);
          expect(digestRecords(again.records, again.reasons)).toBe(
            digestRecords(run.records, run.reasons),
          );
        },
      ),
      { numRuns: 80 },
    );
  },
);
