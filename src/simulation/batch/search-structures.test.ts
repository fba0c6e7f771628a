import fc from "fast-check";
import { expect, test } from "vitest";
import { createRankHeap } from "../../policy/queue/rank-heap.js";
import { rankByKeys } from "../../policy/queue/rank.js";
import { createCapacityProfile } from "./capacity-profile.js";
import { createEstimateTree } from "./estimate-tree.js";
import { createJobHeap, createJobList } from "./job-order.js";

test("ranks: primary key, then secondary, then row; NaN has no place", () => {
  const { jobAt, rankOf } = rankByKeys(Float64Array.of(2, 1, 2, 1), Float64Array.of(0, 5, -1, 5));
  expect(Array.from(jobAt)).toEqual([1, 3, 2, 0]);
  expect(Array.from(rankOf)).toEqual([3, 0, 2, 1]);
  expect(() => rankByKeys(Float64Array.of(0, Number.NaN))).toThrow(
    "row 1 must be a number, got NaN",
  );
});

const operations = fc.array(
  fc.record({ adds: fc.boolean(), key: fc.integer({ min: 0, max: 20 }) }),
  { maxLength: 200 },
);

test("a rank heap gives ranks back in order", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 1000 })), (ranks) => {
      const heap = createRankHeap(1);
      ranks.forEach((rank) => {
        heap.push(rank);
      });
      const popped = ranks.map(() => heap.pop());
      expect(popped).toEqual([...ranks].sort((left, right) => left - right));
      expect([heap.pop(), heap.peek(), heap.size]).toEqual([-1, -1, 0]);
    }),
  );
});

test("a job heap and a job list agree with a sorted array, also when jobs leave from the middle", () => {
  fc.assert(
    fc.property(operations, (steps) => {
      const keys = {
        key: Float64Array.from(steps, ({ key }) => key),
        rank: Int32Array.from(steps.keys()),
      };
      const heap = createJobHeap(keys, new Int32Array(steps.length));
      const list = createJobList(keys);
      let sorted: number[] = [];
      steps.forEach(({ adds, key }, job) => {
        if (adds || sorted.length === 0) {
          heap.push(job);
          list.insert(job);
          sorted = [...sorted, job].sort(
            (left, right) => keys.key[left]! - keys.key[right]! || left - right,
          );
        } else {
          const leaves = sorted[key % sorted.length]!;
          heap.remove(leaves);
          list.remove(leaves);
          sorted = sorted.filter((other) => other !== leaves);
        }
        expect(heap.peek()).toBe(sorted[0] ?? -1);
        expect(Array.from({ length: list.size }, (_, place) => list.at(place))).toEqual(sorted);
      });
      expect(sorted.map(() => heap.pop())).toEqual(sorted);
    }),
  );
});

test("an estimate tree finds the first place with an estimate within the limit", () => {
  fc.assert(
    fc.property(operations, fc.integer({ min: -1, max: 21 }), (steps, limit) => {
      const tree = createEstimateTree(Math.max(1, steps.length));
      const estimates = steps.map(() => Infinity);
      steps.forEach(({ adds, key }, place) => {
        tree.add(place, key);
        estimates[place] = key;
        if (!adds) {
          tree.remove(place >> 1);
          estimates[place >> 1] = Infinity;
        }
        expect(tree.firstAtMost(limit)).toBe(estimates.findIndex((estimate) => estimate <= limit));
      });
    }),
  );
});

test("a capacity profile agrees with a table of seconds", () => {
  const bookings = fc.array(
    fc.record({
      waitS: fc.integer({ min: 0, max: 5 }),
      amount: fc.integer({ min: 1, max: 4 }),
      lengthS: fc.integer({ min: 0, max: 9 }),
      isReturned: fc.boolean(),
    }),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(bookings, (steps) => {
      const profile = createCapacityProfile(4);
      const free = Array.from({ length: 1000 }, () => 4);
      let nowS = 0;
      for (const { waitS, amount, lengthS, isReturned } of steps) {
        nowS += waitS;
        profile.advance(nowS);
        let startS = nowS;
        const fits = (): boolean => {
          for (let second = startS; second < startS + Math.max(1, lengthS); second++)
            if (free[second]! < amount) return false;
          return true;
        };
        while (!fits()) startS++;
        if (lengthS > 0) expect(profile.earliest(nowS, amount, lengthS)).toBe(startS);
        profile.take(startS, startS + lengthS, amount);
        if (isReturned) profile.give(startS, startS + lengthS, amount);
        else for (let second = startS; second < startS + lengthS; second++) free[second]! -= amount;
      }
    }),
  );
  expect(() => createCapacityProfile(4).earliest(0, 5, 1)).toThrow("5 of 4 is never free");
  expect(() => {
    createCapacityProfile(4).give(0, 1, 1);
  }).toThrow("5 of 4 free");
});
