import { describe, expect, test } from "vitest";

import { headroom } from "./headroom.js";

const PUBLISHED = ["reliability", "--nodes", "2048", "--preset", "llama3", "--duration", "54d"];

describe("headroom reliability", () => {
  test("the published training run: 419 interruptions, one every 3.09 h", () => {
    const args = [...PUBLISHED, "--checkpoint-cost", "5m", "--repair", "12h", "--json"];
    const { exitCode, stdout, stderr } = headroom(args);
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
    const forecast = JSON.parse(stdout);
    expect(forecast.gpus).toBe(16_384);
    expect(forecast.interruptions.expected).toBeCloseTo(419, 9);
    expect(forecast.interruptions.interval95).toEqual([379, 460]);
    expect(forecast.meanTimeToInterruptionS / 3600).toBeCloseTo(3.09, 2);
    const { checkpoint, spares, nodesAway } = forecast;
    expect(Math.abs(checkpoint.dalyIntervalS / checkpoint.exactIntervalS - 1)).toBeLessThan(1e-3);
    expect(checkpoint.efficiency).toBeCloseTo(0.765, 3);
    // 356 of 419 need a repair: 2048 nodes x 3.79 / 1000 days x 356 / 419 x half a day.
    expect(nodesAway).toBeCloseTo((356 / 54) * 0.5, 9);
    expect(spares.map((one: { spares: number }) => one.spares)).toEqual([7, 8]);
  });

  test("says in words what it knows, and what it would need to say more", () => {
    const { stdout } = headroom(PUBLISHED);
    expect(stdout).toContain("419 (95 %: 379 to 460)");
    expect(stdout).toContain("Add --checkpoint-cost");
    const small = headroom(["reliability", "--nodes", "128", "--preset", "rsc1"]);
    expect(small.stdout).toMatch(/measured\s7\.9\sh/);
  });

  test.each([
    [["--nodes", "0"], "It must be a whole number from 1 to 1000000."],
    [["--nodes", "4", "--preset", "lama3"], 'Did you mean "llama3"?'],
    [["--nodes", "4", "--duration", "54"], "needs a unit"],
    [["--nodes", "4", "--rate-factor", "-1"], "above 0"],
    [["--nodes", "16", "--repair", "1e9d"], "more than half of the nodes would be away"],
    [["--nodes", "1000000", "--duration", "1e6d"], "interruptions at this rate"],
    [[], "--nodes"],
  ])("refuses %j", (args, text) => {
    const { exitCode, stderr } = headroom(["reliability", ...args]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(text);
  });
});
