import { describe, expect, test } from "vitest";

import { createRandomStreams } from "../../engine/streams.js";
import type { ProcessRun } from "../result-document.js";
import { summarizeCase, timeInterval } from "./case-summary.js";
import { caseWarnings, effectiveSamples } from "./case-warnings.js";
import { clockStepS } from "./clock-resolution.js";
import { rooflineOf } from "./roofline.js";

const stream = createRandomStreams(5).stream("noise");

/** Runs of 20 samples around a time per process. */
function runsOf(
  timesS: readonly number[],
  change: Partial<ProcessRun> = {},
): readonly ProcessRun[] {
  return timesS.map((timeS, position) => ({
    position,
    pair: position,
    startedS: 10 * position,
    launchesPerSample: 100,
    tenants: [{ samplesS: Array.from({ length: 20 }, () => timeS * (1 + 0.01 * stream.normal())) }],
    ...change,
  }));
}

const kinds = (runs: readonly ProcessRun[], timer: "device" | "host" = "host", stepS = 1e-9) =>
  caseWarnings(runs, timer, stepS).map(({ kind }) => kind);

const STEADY = [1, 1.004, 0.997, 1.002, 0.999, 1.001, 0.998, 1.003].map((x) => x * 1e-3);

describe("warnings", () => {
  test("quiet samples give none", () => {
    expect(kinds(runsOf(STEADY))).toEqual([]);
  });

  test("far samples, equal samples, a coarse clock", () => {
    const far = runsOf(STEADY).map((run) => ({
      ...run,
      tenants: [{ samplesS: run.tenants[0]!.samplesS.map((x, i) => (i % 10 === 0 ? 3 * x : x)) }],
    }));
    expect(kinds(far)).toContain("outliers");
    const same = runsOf(STEADY, { tenants: [{ samplesS: [1e-3, 1e-3, 1.1e-3, 1e-3] }] });
    expect(kinds(same)).toContain("timer-saturation");
    expect(kinds(runsOf(STEADY), "device", 1e-3)).toContain("timer-resolution");
  });

  test("a session that gets slower drifts; one that is restless does not", () => {
    const slower = STEADY.map((timeS, index) => timeS * (1 + 0.01 * index));
    expect(kinds(runsOf(slower))).toContain("clock-drift");
    const restless = STEADY.map((timeS, index) => timeS * (index % 2 === 0 ? 1.05 : 0.95));
    expect(kinds(runsOf(restless))).not.toContain("clock-drift");
  });

  test("clocks that were held down or moved", () => {
    const held = runsOf(STEADY, { stateAfter: { throttleReasons: ["power-cap"] } });
    expect(caseWarnings(held, "host", 1e-9)[0]!.message).toContain("power-cap");
    const moved = runsOf(STEADY, {
      stateBefore: { smClockHz: 1.98e9 },
      stateAfter: { smClockHz: 1.5e9 },
    });
    expect(kinds(moved)).toContain("clock-drift");
  });

  test("a device clock that runs faster than the host's cannot be right", () => {
    const runs = (factor: number) =>
      runsOf(STEADY).map((run) => {
        const { samplesS } = run.tenants[0]!;
        return { ...run, tenants: [{ samplesS, hostSamplesS: samplesS.map((x) => x * factor) }] };
      });
    expect(kinds(runs(0.9), "device")).toContain("timer-disagreement");
    expect(kinds(runs(1.5), "device")).toContain("timer-disagreement");
    expect(kinds(runs(1.05), "device")).toEqual([]);
  });

  test("samples that follow each other count for fewer", () => {
    let level = 0;
    const close = Array.from({ length: 400 }, () => (level = 0.6 * level + stream.normal()));
    const independent = Array.from({ length: 400 }, () => stream.normal());
    // n (1 - ρ) / (1 + ρ) for AR(1), here 100 of 400.
    expect(effectiveSamples(close)).toBeGreaterThan(50);
    expect(effectiveSamples(close)).toBeLessThan(180);
    expect(effectiveSamples(independent)).toBeGreaterThan(250);
  });
});

describe("figures", () => {
  test("the interval by hand: 10, 11, 12 ms", () => {
    // Logs: mean ln 10.969..., s = 0.09119, t(0.975, 2) = 4.302653.
    const [low, high] = timeInterval([0.01, 0.011, 0.012])!;
    const logs = [0.01, 0.011, 0.012].map(Math.log);
    const mean = (logs[0]! + logs[1]! + logs[2]!) / 3;
    const s = Math.sqrt(logs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 2);
    expect(low).toBeCloseTo(Math.exp(mean - (4.302653 * s) / Math.sqrt(3)), 7);
    expect(high).toBeCloseTo(Math.exp(mean + (4.302653 * s) / Math.sqrt(3)), 7);
    expect(timeInterval([0.01])).toBeUndefined();
  });

  test("rates and the share of the roofline of an H100", () => {
    const spec = { kernel: "matmul", dtype: "bf16", shape: { m: 4096, n: 4096, k: 4096 } } as const;
    const cost = { flops: 2 * 4096 ** 3, bytes: 3 * 2 * 4096 ** 2 };
    const roofline = rooflineOf("NVIDIA H100 80GB HBM3", spec, cost);
    expect(roofline).toMatchObject({ limit: "compute", gpu: "H100 SXM5-80GB" });
    const summary = summarizeCase(runsOf([2e-4, 2e-4]), cost, roofline)!;
    expect(summary.flopPerS! / 1e12).toBeGreaterThan(670);
    expect(summary.rooflineShare).toBeCloseTo(roofline!.leastTimeS / summary.timeS, 12);
    expect(rooflineOf("SwiftShader Device (Subzero)", spec, cost)).toBeUndefined();
  });

  test("the step of a clock is what all its times are multiples of", () => {
    expect(clockStepS([3.2e-6, 6.4e-6, 9.6e-6, 4.8e-6])).toBeCloseTo(1.6e-6, 15);
    expect(clockStepS([])).toBe(0);
  });
});
