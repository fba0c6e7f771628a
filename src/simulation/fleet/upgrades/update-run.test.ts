import { expect, test } from "vitest";

import type { CountOrShare } from "../../../policy/fleet/budget.js";
import {
  simulateUpdateRun,
  updateConcurrency,
  type UpdateGroup,
  type UpdateMember,
  type UpdateRunStage,
} from "./update-run.js";

const HOUR_S = 3_600;
const OPTIONS = { startS: 0, pollS: HOUR_S, horizonS: 30 * 86_400 };

function groupOf(
  name: string,
  members: readonly UpdateMember[],
  atOnce: CountOrShare,
): UpdateGroup {
  return { name, members, maxConcurrency: atOnce };
}

function membersOf(prefix: string, count: number, part: Partial<UpdateMember> = {}) {
  return Array.from({ length: count }, (_, index) => ({
    name: `${prefix}${index}`,
    durationS: HOUR_S,
    fails: false,
    ...part,
  }));
}

function stageOf(
  groups: readonly UpdateGroup[],
  part: Partial<UpdateRunStage> = {},
): UpdateRunStage {
  return {
    name: "stage",
    groups,
    maxConcurrency: { count: 50 },
    maxAllowedFailures: { count: 0 },
    waitS: 0,
    ...part,
  };
}

test("the page's example: a stage of 20 at 25 % is 5 at once, A of 8 at 50 % 4, B of 12 at 25 % 3", () => {
  const stage = stageOf(
    [
      groupOf("A", membersOf("a", 8), { percent: 50 }),
      groupOf("B", membersOf("b", 12), { percent: 25 }),
    ],
    { maxConcurrency: { percent: 25 } },
  );
  expect(updateConcurrency(stage)).toEqual({ stage: 5, groups: [4, 3] });
  const run = simulateUpdateRun([stage], OPTIONS);
  // Two hours of 4 + 1, then the ten of B that are left, three at a time.
  expect(run).toMatchObject({ end: "done", endS: 6 * HOUR_S });
  const begun = [0, 1, 2, 3, 4, 5].map((hour) => {
    const now = run.members.filter(({ startS }) => startS === hour * HOUR_S);
    return [now.filter(({ group }) => group === "A").length, now.length];
  });
  expect(begun).toEqual([
    [4, 5],
    [4, 5],
    [0, 3],
    [0, 3],
    [0, 3],
    [0, 1],
  ]);
});

test("without limits written, one cluster of a group at a time", () => {
  const run = simulateUpdateRun(
    [stageOf([groupOf("A", membersOf("a", 3), { count: 1 })])],
    OPTIONS,
  );
  expect(run.members.map(({ name, startS }) => [name, startS / HOUR_S])).toEqual([
    ["a0", 0],
    ["a1", 1],
    ["a2", 2],
  ]);
});

test("a failed cluster ends the run; those on their way finish", () => {
  const members = [
    ...membersOf("bad", 1, { fails: true, durationS: HOUR_S / 2 }),
    ...membersOf("good", 3),
  ];
  const run = simulateUpdateRun([stageOf([groupOf("A", members, { count: 2 })])], OPTIONS);
  expect(run).toMatchObject({ end: "failed", endS: HOUR_S });
  expect(run.members.map(({ state }) => state)).toEqual([
    "failed",
    "updated",
    "not-begun",
    "not-begun",
  ]);
});

test("4 of 4 failing with a threshold of 4 is complete; 25 % of 5 bears 2", () => {
  const four = membersOf("a", 4, { fails: true });
  const borne = stageOf([groupOf("A", four, { count: 4 })], { maxAllowedFailures: { count: 4 } });
  expect(simulateUpdateRun([borne], OPTIONS).end).toBe("done");
  const run = (failing: number) => {
    const five = [...membersOf("a", failing, { fails: true }), ...membersOf("b", 5 - failing)];
    const stage = stageOf([groupOf("A", five, { count: 1 })], {
      maxAllowedFailures: { percent: 25 },
    });
    return simulateUpdateRun([stage], OPTIONS).end;
  };
  expect([run(2), run(3)]).toEqual(["done", "failed"]);
});

test("open windows go first, then those that open within four hours, then none; polled every hour", () => {
  const at = (fromHour: number) => ({
    window: { fromS: fromHour * HOUR_S, durationS: 1.5 * HOUR_S },
  });
  const members = [
    ...membersOf("later", 1, at(10)),
    ...membersOf("none", 1),
    ...membersOf("soon", 1, at(2.25)),
    ...membersOf("open", 1, at(23)),
  ];
  const run = simulateUpdateRun([stageOf([groupOf("A", members, { count: 1 })])], OPTIONS);
  // "soon" opens at 2:15 and is found by the poll of 3:00; "later" at 10:00.
  expect(run.members.map(({ name, startS }) => [name, startS / HOUR_S])).toEqual([
    ["open0", 0],
    ["none0", 1],
    ["soon0", 3],
    ["later0", 10],
  ]);
});

test("stages wait: approval before, and wait and approval after side by side", () => {
  const stages = [
    stageOf([groupOf("A", membersOf("a", 1), { count: 1 })], {
      waitS: 2 * HOUR_S,
      approvalAfterS: 5 * HOUR_S,
    }),
    stageOf([groupOf("B", membersOf("b", 1), { count: 1 })], { approvalBeforeS: HOUR_S }),
  ];
  const run = simulateUpdateRun(stages, { ...OPTIONS, startS: HOUR_S });
  expect(run.stages.map(({ startS }) => startS / HOUR_S)).toEqual([1, 1 + 1 + 5 + 1]);
  expect(run.endS).toBe(9 * HOUR_S);
});

test("an empty stage is passed, and a window that never opens leaves the run unfinished", () => {
  const stages = [
    stageOf([groupOf("nobody", [], { count: 1 })]),
    stageOf([
      groupOf("A", membersOf("a", 1, { window: { fromS: 1_800, durationS: 60 } }), { count: 1 }),
    ]),
  ];
  const run = simulateUpdateRun(stages, { ...OPTIONS, horizonS: 3 * 86_400 });
  expect(run.end).toBe("unfinished");
  expect(run.members[0]!.state).toBe("not-begun");
});
