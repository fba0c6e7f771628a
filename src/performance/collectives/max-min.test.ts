// Jobs that share links are promised a fair rate: no link over its capacity, nobody held back without reason.
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { maxMinRates, type MaxMinFlow } from "./max-min.js";

const flow = (links: Readonly<Record<string, number>>, rateMax?: number): MaxMinFlow => ({
  loads: new Map(Object.entries(links)),
  ...(rateMax === undefined ? {} : { rateMax }),
});

describe("max-min fair rates", () => {
  test.each<[string, MaxMinFlow[], Record<string, number>, number[]]>([
    ["nothing", [], { a: 1 }, []],
    ["one flow takes all", [flow({ a: 1 })], { a: 10 }, [10]],
    ["two share equally", [flow({ a: 1 }), flow({ a: 1 })], { a: 10 }, [5, 5]],
    [
      "the long flow is held by the narrow link, the short one takes the rest",
      [flow({ a: 1, b: 1 }), flow({ a: 1 }), flow({ b: 1 }), flow({ b: 1 })],
      { a: 10, b: 6 },
      [2, 8, 2, 2],
    ],
    ["a limit of its own frees the rest", [flow({ a: 1 }, 1), flow({ a: 1 })], { a: 10 }, [1, 9]],
    ["passing twice costs twice", [flow({ a: 2 }), flow({ a: 1 })], { a: 9 }, [3, 3]],
    ["a closed link stops its flow", [flow({ a: 1 }), flow({ b: 1 })], { a: 0, b: 3 }, [0, 3]],
    ["no link, only a limit", [flow({}, 4)], {}, [4]],
  ])("%s", (_name, flows, capacities, want) => {
    expect(maxMinRates(flows, new Map(Object.entries(capacities)))).toEqual(want);
  });

  test.each([
    [[flow({ b: 1 })], "there is no link b"],
    [[flow({ a: 0 })], "load on a must be > 0"],
    [[flow({})], "needs a link or a limit"],
    [[flow({ a: 1 }, -1)], "rateMax must be at least 0"],
  ])("refuses %j", (flows, message) => {
    expect(() => maxMinRates(flows, new Map([["a", 1]]))).toThrow(message);
  });

  const LINKS = ["a", "b", "c", "d", "e"];
  const networks = fc.record({
    capacities: fc.array(fc.double({ min: 0.1, max: 100, noNaN: true }), {
      minLength: LINKS.length,
      maxLength: LINKS.length,
    }),
    flows: fc.array(
      fc.record({
        links: fc.subarray(LINKS, { minLength: 1 }),
        load: fc.constantFrom(0.5, 1, 2),
        rateMax: fc.option(fc.double({ min: 0, max: 50, noNaN: true }), { nil: undefined }),
      }),
      { minLength: 1, maxLength: 12 },
    ),
  });
  const build = (drawn: {
    capacities: number[];
    flows: { links: string[]; load: number; rateMax: number | undefined }[];
  }) => ({
    capacities: new Map(LINKS.map((link, at) => [link, drawn.capacities[at]!])),
    flows: drawn.flows.map(({ links, load, rateMax }) =>
      flow(Object.fromEntries(links.map((link) => [link, load])), rateMax),
    ),
  });
  const CRUMB = 1e-9;

  test("property: no link carries more than its capacity, no flow more than its limit", () => {
    fc.assert(
      fc.property(networks, (drawn) => {
        const { capacities, flows } = build(drawn);
        const rates = maxMinRates(flows, capacities);
        for (const [link, capacity] of capacities) {
          const carried = flows.reduce(
            (sum, { loads }, at) => sum + (loads.get(link) ?? 0) * rates[at]!,
            0,
          );
          expect(carried).toBeLessThanOrEqual(capacity * (1 + CRUMB));
        }
        flows.forEach(({ rateMax }, at) =>
          expect(rates[at]).toBeLessThanOrEqual(rateMax ?? Infinity),
        );
      }),
    );
  });

  test("property: every flow below its limit crosses a full link on which nobody is faster", () => {
    fc.assert(
      fc.property(networks, (drawn) => {
        const { capacities, flows } = build(drawn);
        const rates = maxMinRates(flows, capacities);
        flows.forEach(({ loads, rateMax }, at) => {
          if (rateMax !== undefined && rates[at]! >= rateMax * (1 - CRUMB)) return;
          const hasBottleneck = [...loads.keys()].some((link) => {
            const users = flows.flatMap((other, position) =>
              other.loads.has(link) ? [position] : [],
            );
            const carried = users.reduce(
              (sum, user) => sum + flows[user]!.loads.get(link)! * rates[user]!,
              0,
            );
            const isFull = carried >= capacities.get(link)! * (1 - CRUMB);
            return isFull && users.every((user) => rates[user]! <= rates[at]! * (1 + CRUMB));
          });
          expect(hasBottleneck).toBe(true);
        });
      }),
    );
  });

  test("property: the order of flows does not matter", () => {
    fc.assert(
      fc.property(networks, (drawn) => {
        const { capacities, flows } = build(drawn);
        const backwards = maxMinRates([...flows].reverse(), capacities);
        const rates = maxMinRates(flows, capacities);
        [...backwards].reverse().forEach((rate, at) => expect(rate).toBeCloseTo(rates[at]!, 9));
      }),
    );
  });
});
