import { describe, expect, test } from "vitest";

import { createNumberHash } from "../../base/hash.js";
import { createRandomStreams, type RandomStream } from "../../engine/streams.js";
import { distanceTo } from "../../stats/kolmogorov-smirnov.js";
import { generateRequests } from "./generate-requests.js";
import { dailyWave, hourlyShape } from "./rate-shapes.js";
import type { RequestTable } from "./request-table.js";
import type { TrafficClass, TrafficDescription, ValueDistribution } from "./traffic-description.js";
import { WORKLOAD_FAMILIES } from "./workload-families.js";

const stream = (seed = 1): RandomStream => createRandomStreams(seed).stream("traffic");
const fixed = (value: number): ValueDistribution => ({ kind: "fixed", value });
const chat: TrafficClass = {
  name: "chat",
  weight: 1,
  lengths: { kind: "independent", promptTokens: fixed(100), outputTokens: fixed(10) },
};
const plain: TrafficDescription = {
  arrivals: { requestsPerS: 10 },
  durationS: 2000,
  classes: [chat],
};
const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
const gapsOf = ({ arrivalS }: RequestTable): number[] =>
  Array.from(arrivalS.subarray(1), (timeS, row) => timeS - arrivalS[row]!);
function hashOf(table: RequestTable): string {
  const hash = createNumberHash();
  for (const column of [table.arrivalS, table.promptTokens, table.outputTokens])
    for (const value of column) hash.addNumber(value);
  return hash
    .words()
    .map((word) => (word >>> 0).toString(16))
    .join(" ");
}

describe("arrivals", () => {
  test.each([0, 0.5, 1, 2, 5])("gaps vary by %d around the mean rate", (gapVariation) => {
    const table = generateRequests(
      { ...plain, arrivals: { requestsPerS: 10, gapVariation } },
      stream(),
    );
    const gaps = gapsOf(table);
    const average = mean(gaps);
    const deviation = Math.sqrt(mean(gaps.map((gap) => (gap - average) ** 2)));
    // 20 000 gaps: the mean is known to variation / √20 000 of itself; four of those.
    expect(Math.abs(average * 10 - 1)).toBeLessThan((4 * gapVariation) / 141 + 1e-9);
    expect(Math.abs(deviation / average - gapVariation)).toBeLessThan(0.1 * gapVariation + 1e-9);
  });

  test("Poisson gaps are exponential", () => {
    const gaps = gapsOf(generateRequests(plain, stream()));
    const distance = distanceTo(gaps, (gap) => 1 - Math.exp(-10 * gap));
    expect(distance).toBeLessThan(1.63 / Math.sqrt(gaps.length));
  });

  test("a daily wave has its peak and its trough where it says, and the mean rate over a day", () => {
    const shape = dailyWave({ peakToTrough: 4, peakHour: 14, startHour: 8 });
    const { arrivalS, count } = generateRequests(
      { ...plain, arrivals: { requestsPerS: 1, shape }, durationS: 86_400 },
      stream(),
    );
    const perHour = new Array<number>(24).fill(0);
    for (const timeS of arrivalS) perHour[(8 + Math.floor(timeS / 3600)) % 24]! += 1;
    expect(Math.abs(count / 86_400 - 1)).toBeLessThan(4 / Math.sqrt(86_400));
    // 1 + 0.6 cos: at the peak 1.6 and at the trough 0.4 of 3600 per hour.
    expect(Math.abs((perHour[13]! + perHour[14]!) / 7200 - 1.59)).toBeLessThan(0.06);
    expect(Math.abs((perHour[1]! + perHour[2]!) / 7200 - 0.41)).toBeLessThan(0.04);
  });

  test("hours of weight 0 have no requests, wherever the window begins", () => {
    const weights = Array.from({ length: 24 }, (_, hour) => (hour >= 9 && hour < 17 ? 1 : 0));
    for (const startHour of [0, 3, 12, 20]) {
      const shape = hourlyShape(weights, startHour);
      const { arrivalS } = generateRequests(
        { ...plain, arrivals: { requestsPerS: 0.02, shape }, durationS: 3 * 86_400 },
        stream(),
      );
      const hours = Array.from(arrivalS, (timeS) => (startHour + timeS / 3600) % 24);
      expect(hours.length).toBeGreaterThan(4500);
      expect(hours.every((hour) => hour >= 9 && hour < 17)).toBe(true);
    }
  });

  test("no more than wanted, and the first of the same", () => {
    const all = generateRequests(plain, stream());
    const some = generateRequests({ ...plain, requestsMax: 100 }, stream());
    expect(some.count).toBe(100);
    expect([...some.arrivalS]).toEqual([...all.arrivalS.subarray(0, 100)]);
  });
});

describe("classes and conversations", () => {
  const talk: TrafficClass = {
    name: "talk",
    weight: 3,
    lengths: { kind: "independent", promptTokens: fixed(100), outputTokens: fixed(50) },
    prefix: { groups: 4, tokens: 1000 },
    adapters: [
      { name: "law", weight: 1 },
      { name: "", weight: 3 },
    ],
    conversation: {
      turns: { kind: "uniform", min: 1, max: 5 },
      addedTokens: fixed(20),
      thinkS: fixed(30),
      contextTokensMax: 1350,
    },
  };
  const both = { ...plain, durationS: 5000, classes: [chat, talk] };
  const table = generateRequests(both, stream());
  const rowsOf = (wanted: (row: number) => boolean): number[] =>
    Array.from({ length: table.count }, (_, row) => row).filter(wanted);

  test("requests follow the rate and the weights, though a conversation has several", () => {
    expect(table.count / 50_000).toBeCloseTo(1, 1);
    const talks = rowsOf((row) => table.classes!.index[row] === 1).length;
    expect(talks / table.count).toBeCloseTo(0.75, 1);
    const first = rowsOf((row) => table.arrivalS[row]! < 1000).length;
    // 10 000 expected; conversations that began before are there from the first second.
    expect(Math.abs(first - 10_000)).toBeLessThan(500);
  });

  test("a turn begins with all that was said, after answer and pause, and ends before the context is full", () => {
    const lastOf = new Map<number, number>();
    let turns = 0;
    const wrong: number[] = [];
    for (let row = 0; row < table.count; row++) {
      const conversation = table.conversation![row]!;
      if (conversation === -1) continue;
      const before = lastOf.get(conversation);
      lastOf.set(conversation, row);
      if (before === undefined) continue;
      turns++;
      const gapS = table.arrivalS[row]! - table.arrivalS[before]!;
      const isRight =
        table.promptTokens[row] === table.promptTokens[before]! + 50 + 20 &&
        Math.abs(gapS - (50 * 0.02 + 30)) < 1e-6 &&
        table.prefixes!.group[row] === table.prefixes!.group[before] &&
        table.adapters!.index[row] === table.adapters!.index[before];
      if (!isRight) wrong.push(row);
    }
    expect(wrong).toEqual([]);
    expect(turns).toBeGreaterThan(10_000);
    // 1 100 + 50, then 70 more each turn: a fourth turn would need 1 360.
    expect(
      Math.max(
        ...rowsOf((row) => table.conversation![row]! >= 0).map((row) => table.promptTokens[row]!),
      ),
    ).toBe(1240);
  });

  test("prefixes, adapters and single questions are told apart", () => {
    const singles = rowsOf((row) => table.classes!.index[row] === 0);
    expect(singles.every((row) => table.conversation![row] === -1)).toBe(true);
    expect(singles.every((row) => table.prefixes!.group[row] === -1)).toBe(true);
    expect(singles.every((row) => table.prefixes!.tokens[row] === 0)).toBe(true);
    expect(new Set(table.prefixes!.group)).toEqual(new Set([-1, 0, 1, 2, 3]));
    expect(table.adapters!.names).toEqual(["law"]);
    const lawful = rowsOf((row) => table.adapters!.index[row] === 0).length;
    expect(lawful / (table.count - singles.length)).toBeCloseTo(0.25, 1);
  });

  test("changing the lengths of one class leaves arrivals and the other class where they were", () => {
    const changed = generateRequests(
      {
        ...both,
        classes: [
          {
            ...chat,
            lengths: {
              ...chat.lengths,
              promptTokens: { kind: "uniform", min: 5, max: 9 },
            } as TrafficClass["lengths"],
          },
          talk,
        ],
      },
      stream(),
    );
    expect([...changed.arrivalS.subarray(0, 1000)]).toEqual([...table.arrivalS.subarray(0, 1000)]);
    const talks = (from: RequestTable): number[] =>
      [...from.promptTokens].filter((_, row) => from.classes!.index[row] === 1).slice(0, 1000);
    expect(talks(changed)).toEqual(talks(table));
  });

  test("lengths seen together stay together", () => {
    const pairs: TrafficClass = {
      ...chat,
      lengths: { kind: "pairs", promptTokens: [10, 20, 30], outputTokens: [1, 2, 3] },
    };
    const { promptTokens, outputTokens } = generateRequests(
      { ...plain, classes: [pairs] },
      stream(),
    );
    expect(promptTokens.every((tokens, row) => tokens === 10 * outputTokens[row]!)).toBe(true);
    expect(new Set(promptTokens).size).toBe(3);
  });
});

test("the same seed gives the same bytes, another gives others", () => {
  const family = WORKLOAD_FAMILIES.find(({ name }) => name === "interactive-chat")!;
  const description = {
    arrivals: { requestsPerS: 3, gapVariation: 2 },
    durationS: 600,
    classes: [family.classOf(131_072)],
  };
  const hash = hashOf(generateRequests(description, stream()));
  expect(hashOf(generateRequests(description, stream()))).toBe(hash);
  expect(hashOf(generateRequests(description, stream(2)))).not.toBe(hash);
  expect(hash).toBe("6f2e10bf 7875ac01 f832e7a8 c219543");
});

test.each<[Partial<TrafficDescription>, string]>([
  [{ durationS: 0 }, "traffic: durationS must be a number above 0, got 0"],
  [{ classes: [] }, "traffic: classes must have at least one class"],
  [{ classes: [chat, chat] }, 'traffic: classes.1.name "chat" is there twice'],
  [
    { arrivals: { requestsPerS: Number.NaN } },
    "traffic: arrivals.requestsPerS must be a number above 0, got NaN",
  ],
  [
    { arrivals: { requestsPerS: 1, gapVariation: -1 } },
    "traffic: arrivals.gapVariation must be from 0 to 100, got -1",
  ],
  [
    { arrivals: { requestsPerS: 1e6 } },
    "traffic: durationS gives about 2000000000 requests; at most 50000000 are drawn",
  ],
  [
    { arrivals: { requestsPerS: 1, shape: { segments: [{ durationS: 5, weight: 0 }] } } },
    "traffic: arrivals.shape.segments must have at least one segment with a weight above 0",
  ],
  [
    {
      classes: [
        {
          ...chat,
          lengths: {
            kind: "independent",
            promptTokens: { kind: "normal", mean: 5, standardDeviation: 1, min: 10, max: 20 },
            outputTokens: fixed(0),
          },
        },
      ],
    },
    "traffic: classes.0.lengths.promptTokens.mean must lie within its bounds 10 to 20, got 5",
  ],
])("%j is refused", (change, message) => {
  expect(() => generateRequests({ ...plain, ...change }, stream())).toThrow(message);
});
