import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { HeadReturn, PendingWorkloads } from "./pending-workloads.js";
import { createPendingWorkloads } from "./pending-workloads.js";
import { createQuotaLayout } from "./quota-layout.js";
import type { QuotaSpec } from "./quota-spec.js";

const queue = (name: string, cohort: string, strategy: "strict-fifo" | "best-effort-fifo") => ({
  name,
  cohort,
  strategy,
  groups: [],
});
const spec: QuotaSpec = {
  resources: [],
  flavors: [],
  queues: [
    queue("strict", "all", "strict-fifo"),
    queue("relaxed", "all", "best-effort-fifo"),
    queue("elsewhere", "other", "best-effort-fifo"),
  ],
};
const [STRICT, RELAXED, ELSEWHERE] = [0, 1, 2] as const;

function pendingOf(
  rows: readonly (readonly [workload: number, queue: number, priority: number, queuedS: number])[],
): PendingWorkloads {
  const pending = createPendingWorkloads(createQuotaLayout(spec));
  for (const [workload, at, priority, queuedS] of rows)
    pending.add({ workload, queue: at, request: { priority, queuedS, amounts: [] } });
  return pending;
}

/** Takes the heads, puts them back as told, by number. */
function cycle(
  pending: PendingWorkloads,
  returns: Readonly<Record<number, HeadReturn>> = {},
  between: () => void = () => undefined,
): readonly number[] {
  const heads = pending.takeHeads();
  between();
  for (const head of heads) {
    const why = returns[head.workload];
    if (why !== undefined) pending.putBack(head, why);
  }
  return heads.map(({ workload }) => workload);
}

describe("waiting workloads", () => {
  it("stand in order of priority, time of queueing, arrival", () => {
    const pending = pendingOf([
      [1, STRICT, 0, 5],
      [2, STRICT, 0, 3],
      [3, STRICT, 1, 9],
      [4, STRICT, 0, 3],
    ]);
    expect(pending.waiting).toBe(4);
    expect([1, 2, 3, 4].flatMap(() => cycle(pending))).toEqual([3, 2, 4, 1]);
    expect([pending.waiting, cycle(pending)]).toEqual([0, []]);
  });

  it("stop a strict queue, and are set aside in a relaxed one until room is freed in the tree", () => {
    const pending = pendingOf([
      [1, STRICT, 0, 1],
      [2, STRICT, 0, 2],
      [3, RELAXED, 0, 1],
      [4, RELAXED, 0, 2],
      [5, ELSEWHERE, 0, 1],
      [6, ELSEWHERE, 0, 2],
    ]);
    const wait = { 1: "waits", 3: "waits", 4: "again", 5: "waits", 6: "again" } as const;
    expect(cycle(pending, wait)).toEqual([1, 3, 5]);
    expect(cycle(pending, wait)).toEqual([1, 4, 6]);
    expect(pending.waiting).toBe(6);
    pending.wake(STRICT);
    expect(cycle(pending, wait)).toEqual([1, 3, 6]);
    pending.wake(ELSEWHERE);
    expect(cycle(pending, wait)).toEqual([1, 4, 5]);
    const seen: number[] = [];
    pending.forEach(({ workload }) => seen.push(workload));
    expect(seen.sort()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("come back at once when room was freed while they were decided on", () => {
    const pending = pendingOf([
      [1, RELAXED, 0, 1],
      [2, RELAXED, 0, 2],
    ]);
    expect(cycle(pending, { 1: "waits" }, () => pending.wake(ELSEWHERE))).toEqual([1]);
    expect(cycle(pending, { 2: "waits" }, () => pending.wake(STRICT))).toEqual([2]);
    expect(cycle(pending)).toEqual([1]);
    expect(cycle(pending)).toEqual([2]);
  });

  it("stay first while they wait for those they pushed out, in a relaxed queue", () => {
    const rows = (queue: number): PendingWorkloads =>
      pendingOf([
        [1, queue, 0, 1],
        [2, queue, 5, 0],
      ]);
    const relaxed = rows(RELAXED);
    cycle(relaxed, { 2: "waits" });
    cycle(relaxed, { 1: "preempts" });
    relaxed.wake(RELAXED);
    const [head] = relaxed.takeHeads();
    expect(head).toMatchObject({ workload: 1, preempting: true });
    relaxed.putBack(head!, "again");
    expect(relaxed.takeHeads()).toMatchObject([{ workload: 2, preempting: false }]);
    const strict = pendingOf([[1, STRICT, 0, 1]]);
    cycle(strict, { 1: "preempts" });
    strict.add({ workload: 2, queue: STRICT, request: { priority: 5, queuedS: 0, amounts: [] } });
    expect(cycle(strict)).toEqual([2]);
    expect(strict.takeHeads()).toMatchObject([{ workload: 1, preempting: true }]);
  });

  it("come out sorted whatever was set aside and woken between", () => {
    const rows = fc.array(fc.tuple(fc.nat(3), fc.nat(5), fc.constantFrom("add", "aside")), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(rows, (steps) => {
        const pending = createPendingWorkloads(createQuotaLayout(spec));
        const expected: { readonly workload: number; readonly key: readonly number[] }[] = [];
        steps.forEach(([priority, queuedS, step], workload) => {
          if (step === "aside") {
            for (const head of pending.takeHeads()) pending.putBack(head, "waits");
            return;
          }
          pending.add({ workload, queue: RELAXED, request: { priority, queuedS, amounts: [] } });
          expected.push({ workload, key: [-priority, queuedS, workload] });
        });
        expect(pending.waiting).toBe(expected.length);
        pending.wake(STRICT);
        expected.sort(({ key: a }, { key: b }) => a[0]! - b[0]! || a[1]! - b[1]! || a[2]! - b[2]!);
        for (const { workload } of expected) expect(cycle(pending)).toEqual([workload]);
      }),
    );
  });
});
