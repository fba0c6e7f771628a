import { describe, expect, test } from "vitest";

import { indifferenceOf } from "../compare/compare-metrics.js";
import { negligibleOf } from "./negligible.js";

describe("what nobody notices", () => {
  test.each([
    ["jobs.waitS.p95", 1],
    ["jobs.waiting", 0.5],
    ["gpu.allocatedShare", 0.001],
    ["serving.ttftS.p95", 0.001],
    ["serving.e2eS.mean", 0.001],
    ["serving.tpotS.p50", 0.0001],
    ["serving.services[chat].ttftS.p95", 0.001],
    ["serving.services[chat].tpotS.p50", 0.0001],
    ["serving.coldStartTtftS.mean", 0.1],
    ["cost.total", 0],
    ["no.such.metric", 0],
  ])("%s: %d", (path, expected) => {
    expect(negligibleOf(path)).toBe(expected);
  });

  test("a time to first token that doubles from 0.2 s to 0.4 s is no small difference", () => {
    expect(indifferenceOf("serving.ttftS.p95", 0.2, 0.02)).toBeCloseTo(0.004, 12);
    expect(indifferenceOf("serving.tpotS.mean", 0.03, 0.02)).toBeCloseTo(0.0006, 12);
    // Nearly nothing: a share of it means nothing.
    expect(indifferenceOf("serving.ttftS.p95", 0.000_01, 0.02)).toBe(0.001);
    expect(indifferenceOf("jobs.waitS.mean", 10, 0.02)).toBe(1);
    // Asked for no indifference at all.
    expect(indifferenceOf("jobs.waitS.mean", 10, 0)).toBe(0);
  });
});
