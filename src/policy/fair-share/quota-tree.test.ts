import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvariantError } from "../../base/assert.js";
import { createPendingWorkloads } from "./pending-workloads.js";
import type { QuotaSpec } from "./quota-spec.js";
import type { QuotaTree } from "./quota-tree.js";
import { createQuotaTree } from "./quota-tree.js";
import type { SmallCohort, SmallQueue } from "./testing/small-tree.js";
import { smallSpec } from "./testing/small-tree.js";

const AT_START = { priority: 0, queuedS: 0, admittedS: 0 };

describe("a quota tree", () => {
  const spec = smallSpec({ a: { cohort: "all", cores: 2 }, b: { cohort: "all", cores: 3 } });

  it("finds queues and resources by name, and not cohorts", () => {
    const tree = createQuotaTree(spec);
    expect(["a", "b", "all", "c"].map(tree.queueIndex)).toEqual([0, 1, -1, -1]);
    expect(["cpu", "gpu"].map(tree.resourceIndex)).toEqual([0, -1]);
    expect(tree.layout.nodeNames).toEqual(["a", "b", "all"]);
  });

  it("counts what is admitted until it is released", () => {
    const tree = createQuotaTree(spec);
    const first = tree.admit(0, { cells: [0], amounts: [5000] }, AT_START);
    expect([tree.admittedCount, tree.usageOf(0, 0), tree.usageOf(2, 0)]).toEqual([1, 5000, 5000]);
    expect([tree.availableTo(0, 0), tree.availableTo(1, 0)]).toEqual([0, 0]);
    expect(() => tree.admit(1, { cells: [0], amounts: [1] }, AT_START)).toThrow(InvariantError);
    const forced = tree.adopt(1, { cells: [0], amounts: [1] }, AT_START);
    expect(tree.availableTo(1, 0)).toBe(-1);
    tree.checkInvariants();
    tree.release(first);
    tree.release(forced);
    expect(() => tree.release(first)).toThrow(/handle/);
    expect([tree.admittedCount, tree.usageOf(2, 0)]).toEqual([0, 0]);
  });
});

interface World {
  readonly spec: QuotaSpec;
  readonly jobs: readonly {
    readonly queue: number;
    readonly priority: number;
    readonly cores: number;
    readonly arrivesAt: number;
    readonly lasts: number;
  }[];
}

const worlds: fc.Arbitrary<World> = fc
  .record({
    fair: fc.boolean(),
    cohorts: fc.array(fc.record({ link: fc.nat(3), cores: fc.nat(4), weight: fc.nat(2) }), {
      maxLength: 3,
    }),
    queues: fc.array(
      fc.record({
        cohort: fc.nat(3),
        cores: fc.nat(5),
        weight: fc.nat(2),
        within: fc.constantFrom(undefined, "lower-priority", "lower-or-newer-equal-priority"),
        reclaim: fc.constantFrom(undefined, "lower-priority", "any"),
        borrows: fc.boolean(),
        strategy: fc.constantFrom("strict-fifo", "best-effort-fifo"),
      }),
      { minLength: 2, maxLength: 4 },
    ),
    jobs: fc.array(
      fc.record({
        queue: fc.nat(3),
        priority: fc.nat(2),
        cores: fc.integer({ min: 1, max: 6 }),
        arrivesAt: fc.nat(12),
        lasts: fc.integer({ min: 1, max: 6 }),
      }),
      { minLength: 6, maxLength: 16 },
    ),
  })
  .map(({ fair, cohorts, queues, jobs }) => {
    const named: [string, SmallCohort][] = [["root", {}]];
    cohorts.forEach(({ link, cores, weight }) => {
      named.push([
        `cohort${named.length}`,
        { parent: named[link % named.length]![0], cores, weight },
      ]);
    });
    const small = queues.map(({ cohort, within, reclaim, borrows, cores, weight }, index) => [
      `q${index}`,
      {
        cohort: named[cohort % named.length]![0],
        cores,
        weight,
        ...(within === undefined ? {} : { within }),
        ...(reclaim === undefined ? {} : { reclaim }),
        ...(borrows && reclaim !== undefined ? { borrowUpTo: 1 } : {}),
      },
    ]);
    const spec = smallSpec(
      Object.fromEntries(small) as Record<string, SmallQueue>,
      Object.fromEntries(named),
      fair ? "all" : undefined,
    );
    return {
      spec: {
        ...spec,
        queues: spec.queues.map((queue, index) => ({
          ...queue,
          strategy: queues[index]!.strategy,
        })),
      } as QuotaSpec,
      jobs: jobs.map((job) => ({ ...job, queue: job.queue % queues.length })),
    };
  });

interface Outcome {
  readonly log: readonly string[];
  readonly finished: number;
  readonly refused: number;
  readonly preemptions: number;
}

/** A small batch system over a tree: preempted work goes back to its queue with all of its time to run. */
function live({ spec, jobs }: World, tree: QuotaTree): Outcome {
  const pending = createPendingWorkloads(tree.layout);
  const running = new Map<number, { readonly job: number; readonly endsAt: number }>();
  const log: string[] = [];
  let finished = 0;
  let refused = 0;
  let preemptions = 0;
  // Preempted work queues anew: with its old time it could start again before the preemptor does.
  const queuedS = jobs.map(({ arrivesAt }) => arrivesAt);
  const requestOf = (job: number) => ({
    priority: jobs[job]!.priority,
    queuedS: queuedS[job]!,
    amounts: [jobs[job]!.cores * 1000],
  });
  const submit = (job: number): void => {
    pending.add({ workload: job, queue: jobs[job]!.queue, request: requestOf(job) });
  };
  const leave = (handle: number): number => {
    const { job } = running.get(handle)!;
    tree.release(handle);
    running.delete(handle);
    pending.wake(jobs[job]!.queue);
    return job;
  };
  for (let now = 0; now < 400 && finished + refused < jobs.length; now += 1) {
    for (const [handle, { endsAt }] of [...running]) {
      if (endsAt > now) continue;
      log.push(`${now} end ${leave(handle)}`);
      finished += 1;
    }
    jobs.forEach(({ arrivesAt }, job) => {
      if (arrivesAt !== now) return;
      const verdict = tree.canAdmit(jobs[job]!.queue, requestOf(job));
      if (verdict.mode === "no-fit" && verdict.permanent) refused += 1;
      else submit(job);
    });
    let hasMoved = true;
    for (let preempting = 0; hasMoved;) {
      hasMoved = false;
      const heads = pending.takeHeads();
      // Shares may push two parties out by turns for ever: bounded in one instant, and over time.
      const withoutPreemption = preempting > 5 || now > 50;
      for (const decision of tree.runCycle(heads, { withoutPreemption })) {
        const head = heads[decision.head]!;
        const { workload, queue } = head;
        if (decision.outcome === "wait") {
          // A head set aside makes place for the next one.
          const isOver = decision.why === "overtaken";
          pending.putBack(head, isOver ? "again" : "waits");
          hasMoved ||= !isOver && spec.queues[queue]!.strategy !== "strict-fifo";
          continue;
        }
        hasMoved = true;
        if (decision.outcome === "admit") {
          const { priority, lasts } = jobs[workload]!;
          const times = { priority, queuedS: queuedS[workload]!, admittedS: now };
          const handle = tree.admit(queue, decision.use, times);
          running.set(handle, { job: workload, endsAt: now + lasts });
          log.push(`${now} start ${workload}`);
          continue;
        }
        preempting += 1;
        for (const { handle } of decision.targets) {
          const victim = leave(handle);
          preemptions += 1;
          log.push(`${now} preempt ${victim} for ${workload}`);
          queuedS[victim] = now + 0.5;
          submit(victim);
        }
        pending.putBack(head, "preempts");
      }
      for (let queue = 0; queue < spec.queues.length; queue += 1) {
        expect(tree.availableTo(queue, 0)).toBeGreaterThanOrEqual(0);
      }
      tree.checkInvariants();
    }
  }
  return { log, finished, refused, preemptions };
}

describe("a batch system on a quota tree", () => {
  it("stays within the quotas, ends every job, and repeats itself exactly", () => {
    let preemptions = 0;
    fc.assert(
      fc.property(worlds, (world) => {
        const outcome = live(world, createQuotaTree(world.spec));
        expect(outcome.finished + outcome.refused).toBe(world.jobs.length);
        expect(live(world, createQuotaTree(world.spec))).toEqual(outcome);
        preemptions += outcome.preemptions;
      }),
      { numRuns: 150 },
    );
    expect(preemptions).toBeGreaterThan(10);
  });
});
