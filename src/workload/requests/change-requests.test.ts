import { expect, test } from "vitest";

import { meanRate, playFaster, repeatRequests, sampleRequests } from "./change-requests.js";
import { describeRequests } from "./describe-requests.js";
import { createRequestReader } from "./read-requests.js";
import type { RequestTable } from "./request-table.js";
import { writeRequestsCsv } from "./write-requests-csv.js";

const table: RequestTable = {
  count: 4,
  arrivalS: Float64Array.of(0, 1, 2, 6),
  promptTokens: Int32Array.of(100, 200, 300, 400),
  outputTokens: Int32Array.of(40, 30, 20, 10),
  classes: { names: ["chat", 'a "b", c'], index: Int32Array.of(0, 1, 0, -1) },
  prefixes: { group: Int32Array.of(0, -1, 0, 1), tokens: Int32Array.of(50, 0, 50, 100) },
  conversation: Int32Array.of(0, -1, 0, 1),
};

test("faster and slower change times only", () => {
  expect(meanRate(table)).toBe(0.5);
  const fast = playFaster(table, 4);
  expect(meanRate(fast)).toBe(2);
  expect([...fast.arrivalS]).toEqual([0, 0.25, 0.5, 1.5]);
  expect(fast.promptTokens).toBe(table.promptTokens);
});

test("again and again: the mean gap between, conversations of each time their own, prefixes shared", () => {
  const three = repeatRequests(table, 3);
  expect(three.count).toBe(12);
  expect([...three.arrivalS]).toEqual([0, 1, 2, 6, 8, 9, 10, 14, 16, 17, 18, 22]);
  expect(meanRate(three)).toBeCloseTo(0.5, 12);
  expect([...three.conversation!]).toEqual([0, -1, 0, 1, 2, -1, 2, 3, 4, -1, 4, 5]);
  expect([...three.prefixes!.group.slice(4, 8)]).toEqual([0, -1, 0, 1]);
  expect(three.classes!.names).toEqual(table.classes!.names);
});

test("a sample is spread over all rows", () => {
  expect([...sampleRequests(table, 2).promptTokens]).toEqual([100, 300]);
  expect(sampleRequests(table, 99)).toEqual(table);
});

test("what is written is read again", () => {
  const reader = createRequestReader("again.csv");
  for (const piece of writeRequestsCsv(table)) reader.push(piece);
  const { requests, format, problemCount } = reader.end();
  expect({ format, problemCount }).toEqual({ format: "headroom", problemCount: 0 });
  expect(requests).toEqual(table);
});

test("a description counts what is shared and how arrivals vary", () => {
  const found = describeRequests(table);
  expect(found).toMatchObject({
    requests: 4,
    spanS: 6,
    lengthCorrelation: -1,
    prefixes: { groups: 2, tokenShare: 0.2 },
    conversations: { count: 2, turnsMean: 1.5 },
  });
  expect(found.classes).toEqual([
    { name: "", requests: 1 },
    { name: "chat", requests: 2 },
    { name: 'a "b", c', requests: 1 },
  ]);
  expect(found.arrivals.gapVariation).toBeCloseTo(Math.sqrt(3) / 2, 12);
  const rates = found.arrivals.rateOverTime;
  expect(rates.reduce((sum, rate) => sum + rate, 0) / rates.length).toBeCloseTo(4 / 6, 12);
});

test("one request has no rate", () => {
  const one = sampleRequests(table, 1);
  const found = describeRequests(one);
  expect(found).toMatchObject({ requestsPerS: 0, spanS: 0, lengthCorrelation: null });
  expect(found.arrivals).toMatchObject({ gapVariation: null, rateOverTime: [] });
});
