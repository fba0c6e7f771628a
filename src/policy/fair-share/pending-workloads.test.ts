import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { HeadReturn, PendingWorkload, PendingWorkloads } from "./pending-workloads.js";
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

  it("are set aside with all others of their kind, and those that come later", () => {
    const pending = createPendingWorkloads(createQuotaLayout(spec));
    const add = (workload: number, kind: number, queuedS: number): void => {
      pending.add({
        workload,
        queue: RELAXED,
        kind,
        request: { priority: 0, queuedS, amounts: [] },
      });
    };
    add(1, 7, 1);
    add(2, 7, 2);
    add(3, 8, 3);
    expect(cycle(pending, { 1: "waits" })).toEqual([1]);
    add(4, 7, 0);
    expect(cycle(pending, { 3: "waits" })).toEqual([3]);
    expect([cycle(pending), pending.waiting]).toEqual([[], 4]);
    pending.wake(RELAXED);
    expect([1, 2, 3, 4].flatMap(() => cycle(pending))).toEqual([4, 1, 2, 3]);
    add(5, 7, 0);
    expect(() => {
      pending.add({
        workload: 6,
        queue: RELAXED,
        kind: 7,
        request: { priority: 1, queuedS: 0, amounts: [] },
      });
    }).toThrow(/kind 7 have priorities 0 and 1/);
  });

  it("come out as from a list that is searched every time", () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 60 }), (script) => {
        const pending = createPendingWorkloads(createQuotaLayout(spec));
        const list: Listed[] = [];
        script.forEach((step, arrival) => {
          if (step.what === "add") {
            const { queue, kind, queuedS } = step;
            const request = { priority: kind % 2, queuedS, amounts: [] };
            const row = { workload: arrival, queue, request, kind };
            pending.add(row);
            const isAside = list.some(
              (other) => other.isAside && other.queue === queue && other.kind === kind,
            );
            list.push({ ...row, isAside, isFirst: false });
          } else if (step.what === "wake") {
            pending.wake(step.queue);
            for (const row of list) if (sharesTree(row.queue, step.queue)) row.isAside = false;
          } else {
            const heads = pending.takeHeads();
            const expected = [STRICT, RELAXED, ELSEWHERE].flatMap((queue) => firstOf(list, queue));
            expect(heads.map(({ workload }) => workload)).toEqual(
              expected.map(({ workload }) => workload),
            );
            for (const head of heads) {
              const why = step.returns[head.queue]!;
              pending.putBack(head, why);
              putBackListed(list, head.workload, why);
            }
          }
          expect(pending.waiting).toBe(list.length);
        });
        const seen: number[] = [];
        pending.forEach(({ workload }) => seen.push(workload));
        expect(new Set(seen)).toEqual(new Set(list.map(({ workload }) => workload)));
        expect(seen.length).toBe(list.length);
      }),
      { numRuns: 300 },
    );
  });
});

const steps = fc.oneof(
  fc.record({
    what: fc.constant("add" as const),
    queue: fc.nat(2),
    kind: fc.nat(3),
    queuedS: fc.nat(5),
  }),
  fc.record({ what: fc.constant("wake" as const), queue: fc.nat(2) }),
  fc.record({
    what: fc.constant("cycle" as const),
    returns: fc.tuple(
      ...[0, 1, 2].map(() => fc.constantFrom<HeadReturn>("waits", "again", "preempts")),
    ),
  }),
);

/** A waiting workload of the model. */
interface Listed extends PendingWorkload {
  isAside: boolean;
  isFirst: boolean;
}

const sharesTree = (left: number, right: number): boolean =>
  (left === ELSEWHERE) === (right === ELSEWHERE);

function firstOf(list: readonly Listed[], queue: number): readonly Listed[] {
  const key = ({ isFirst, request, workload }: Listed): readonly number[] => [
    isFirst ? 0 : 1,
    -request.priority,
    request.queuedS,
    workload,
  ];
  const inOrder = list
    .filter((row) => row.queue === queue && !row.isAside)
    .map((row) => ({ row, key: key(row) }))
    .sort(
      ({ key: a }, { key: b }) => a[0]! - b[0]! || a[1]! - b[1]! || a[2]! - b[2]! || a[3]! - b[3]!,
    );
  return inOrder.slice(0, 1).map(({ row }) => row);
}

function putBackListed(list: readonly Listed[], workload: number, why: HeadReturn): void {
  const row = list.find((other) => other.workload === workload)!;
  const isStrict = row.queue === STRICT;
  row.isFirst = why === "preempts" && !isStrict;
  if (why !== "waits" || isStrict) return;
  for (const other of list)
    if (other.queue === row.queue && other.kind === row.kind) other.isAside = true;
}
