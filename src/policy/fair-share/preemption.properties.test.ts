import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Running, SmallCohort, SmallQueue } from "./testing/small-tree.js";
import { smallSpec, smallTree } from "./testing/small-tree.js";

interface Situation {
  readonly cohorts: Readonly<Record<string, SmallCohort>>;
  readonly queues: Readonly<Record<string, SmallQueue>>;
  readonly running: Readonly<Record<string, Running>>;
  readonly incoming: Running;
}

const priority = fc.integer({ min: -2, max: 2 });
const queueArbitrary = fc.record({
  cohort: fc.nat(3),
  cores: fc.nat(5),
  within: fc.constantFrom(undefined, "lower-priority", "lower-or-newer-equal-priority"),
  reclaim: fc.constantFrom(undefined, "lower-priority", "any"),
  borrows: fc.boolean(),
});
const situations: fc.Arbitrary<Situation> = fc
  .record({
    cohorts: fc.array(fc.record({ link: fc.nat(3), cores: fc.nat(4) }), { maxLength: 3 }),
    queues: fc.array(queueArbitrary, { minLength: 1, maxLength: 4 }),
    running: fc.array(
      fc.record({
        queue: fc.nat(3),
        priority,
        cores: fc.integer({ min: 1, max: 3 }),
        admittedS: fc.nat(3),
      }),
      { maxLength: 8 },
    ),
    incoming: fc.record({
      queue: fc.nat(3),
      priority,
      cores: fc.integer({ min: 1, max: 6 }),
      queuedS: fc.nat(3),
    }),
  })
  .map(({ cohorts, queues, running, incoming }) => {
    const named: [string, SmallCohort][] = [["root", {}]];
    cohorts.forEach(({ link, cores }) => {
      named.push([`cohort${named.length}`, { parent: named[link % named.length]![0], cores }]);
    });
    const small = queues.map(({ cohort, cores, within, reclaim, borrows }, index) => [
      `q${index}`,
      {
        cohort: named[cohort % named.length]![0],
        cores,
        ...(within === undefined ? {} : { within }),
        ...(reclaim === undefined ? {} : { reclaim }),
        ...(borrows && reclaim !== undefined ? { borrowUpTo: 0 } : {}),
      },
    ]);
    const home = (queue: number): string => `q${queue % queues.length}`;
    const { queue, ...request } = incoming;
    return {
      cohorts: Object.fromEntries(named),
      queues: Object.fromEntries(small) as Record<string, SmallQueue>,
      running: Object.fromEntries(
        running.map(({ queue: at, ...row }, index) => [
          `w${index}`,
          { in: home(at), ...row, queuedS: row.admittedS },
        ]),
      ),
      incoming: { in: home(queue), ...request },
    };
  });

describe("properties of preemption", () => {
  it.each([
    ["classical", undefined],
    ["by share", "all"],
  ] as const)(
    "%s: makes room, pushes out nobody the policies protect, and nobody too many",
    (_, fair) => {
      let found = 0;
      fc.assert(
        fc.property(situations, ({ cohorts, queues, running, incoming }) => {
          const { tree, targets, handle, node } = smallTree(
            smallSpec(queues, cohorts, fair),
            running,
          );
          const queue = node(incoming.in);
          const asked = incoming.cores * 1000;
          const nominal = (queues[incoming.in]!.cores ?? 0) * 1000;
          const hasRoom = (): boolean => tree.availableTo(queue, 0) >= asked;
          const borrows = (): boolean => tree.usageOf(queue, 0) + asked > nominal;
          fc.pre(!hasRoom());
          const ownPriority = incoming.priority ?? 0;
          const victims = targets(incoming.in, ownPriority, incoming.cores, incoming.queuedS).map(
            (text) => text.split(": ") as [string, string],
          );
          if (victims.length === 0) return;
          found += 1;
          for (const [name, reason] of victims) {
            const { in: home, priority: its = 0 } = running[name]!;
            const { within, reclaim } = queues[incoming.in]!;
            expect(home === incoming.in).toBe(reason === "own");
            const policy = reason === "own" ? within : reclaim;
            expect(policy).toBeDefined();
            if (policy === "lower-priority" || reason === "borrow")
              expect(its).toBeLessThan(ownPriority);
            if (policy === "lower-or-newer-equal-priority")
              expect(its).toBeLessThanOrEqual(ownPriority);
            if (reason === "borrow") expect(its).toBeLessThanOrEqual(0);
          }
          for (const [name] of victims) tree.release(handle(name));
          expect(hasRoom()).toBe(true);
          // With any one of them back there is no room; or, where the set spares the preemptor from
          // borrowing, none without borrowing.
          const endsBorrowing = fair !== undefined || borrows();
          for (const [name] of victims) {
            const { in: home, cores, priority: its = 0 } = running[name]!;
            const use = { cells: [0], amounts: [cores * 1000] };
            const back = tree.adopt(node(home), use, { priority: its, queuedS: 0, admittedS: 0 });
            expect(hasRoom() && (endsBorrowing || !borrows())).toBe(false);
            tree.release(back);
          }
        }),
        { numRuns: 800 },
      );
      expect(found).toBeGreaterThan(20);
    },
  );
});
