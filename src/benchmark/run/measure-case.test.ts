import { describe, expect, test, vi } from "vitest";

import { createPlainSession, type PlainDevice } from "../testing/plain-session.js";
import type { HostTensor, KernelSpec } from "../kernels/kernel-spec.js";
import { measureCase } from "./measure-case.js";
import type { CaseJob, MeasuredCase } from "./process-protocol.js";
import { createGateMemory, createTenantGate } from "./tenant-gate.js";

const SPEC: KernelSpec = { kernel: "matmul", dtype: "fp32", shape: { m: 5, n: 7, k: 11 } };
const SAMPLING = { samples: 8, warmUpSamples: 2, sampleS: 0.01, caseS: 10 };

async function measure(device: PlainDevice, job: Partial<CaseJob> = {}) {
  const { session, counts } = createPlainSession(device);
  const full: CaseJob = { id: "test/case", spec: SPEC, tenants: 1, ...job };
  const outcome = await measureCase(session, full, { seed: 3, sampling: SAMPLING });
  return { outcome, counts };
}

/** The same on a clock that only waiting moves: what a busy machine does to real waits cannot change the outcome. */
async function measureOnMadeUpClock(device: PlainDevice) {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  try {
    const measuring = measure(device);
    await vi.runAllTimersAsync();
    return await measuring;
  } finally {
    vi.useRealTimers();
  }
}

const spoil =
  (change: (values: Float32Array) => void) =>
  (output: HostTensor): HostTensor => {
    const values = Float32Array.from(output.values);
    change(values);
    return { ...output, values };
  };

describe("measureCase", () => {
  test("a correct kernel: launches are gathered into samples; times are per launch by the device's clock", async () => {
    const { outcome, counts } = await measure({});
    const measured = outcome as MeasuredCase;
    expect(measured).toMatchObject({ status: "measured", timer: "device", launchesPerSample: 10 });
    expect(measured.tenants).toHaveLength(1);
    expect(measured.tenants[0]!.samplesS).toHaveLength(8);
    for (const timeS of measured.tenants[0]!.samplesS) expect(timeS).toBeCloseTo(0.001, 9);
    for (const timeS of measured.tenants[0]!.hostSamplesS!) expect(timeS).toBeCloseTo(0.0011, 9);
    expect(measured.check).toMatchObject({ passed: true, outputs: 35, outputsCompared: 35 });
    expect(counts.disposed).toBe(1);
  });

  test("without a device clock the host's is used, and says so", async () => {
    const { outcome } = await measure({ hasDeviceClock: false });
    expect(outcome).toMatchObject({ status: "measured", timer: "host" });
    expect((outcome as MeasuredCase).tenants[0]!.hostSamplesS).toBeUndefined();
  });

  test.each([
    ["one output is off by a per cent", (v: Float32Array) => (v[17] = v[17]! * 1.01)],
    ["an output is NaN", (v: Float32Array) => (v[3] = Number.NaN)],
    ["an output is infinite", (v: Float32Array) => (v[34] = Infinity)],
    ["two outputs changed places", (v: Float32Array) => ([v[0], v[1]] = [v[1]!, v[0]!])],
    ["nothing was written", (v: Float32Array) => v.fill(0)],
  ])("a wrong kernel is never timed: %s", async (_, change) => {
    const { outcome, counts } = await measure({ spoil: spoil((values) => void change(values)) });
    expect(outcome).toMatchObject({
      status: "failed",
      fault: "wrong-result",
      reason: expect.stringMatching(/^wrong result, not timed: output \d+ is /) as string,
      check: { passed: false },
    });
    expect(counts).toMatchObject({ launches: 1, disposed: 1 });
  });

  test.each([
    ["device-lost", 30],
    ["out-of-memory", 1],
    ["launch-failed", 2],
  ] as const)(
    "%s is an outcome with its reason, and the kernel is freed",
    async (kind, atLaunch) => {
      const { outcome, counts } = await measure({ fault: { kind, atLaunch } });
      expect(outcome).toEqual({ status: "failed", reason: `planted: ${kind}`, fault: kind });
      expect(counts.disposed).toBe(1);
    },
  );

  test("what a device does not support is skipped with its words", async () => {
    const { outcome, counts } = await measure({ unsupported: "no fp8 here" });
    expect(outcome).toEqual({ status: "skipped", reason: "no fp8 here", fault: "unsupported" });
    expect(counts.launches).toBe(0);
  });

  test("an array that the host cannot hold is a failure with words, not a crash", async () => {
    const shape = { elements: 2 ** 40 };
    const { outcome } = await measure({}, { spec: { kernel: "copy", dtype: "fp32", shape } });
    expect(outcome).toMatchObject({ status: "failed", fault: "out-of-memory" });
  });

  test("a backend that comes back before the device is done is caught", async () => {
    const { outcome } = await measureOnMadeUpClock({ unfinishedMs: 40 });
    expect(outcome).toMatchObject({
      status: "failed",
      reason: expect.stringMatching(/came back before the device was done/) as string,
    });
  });

  test("a first reading that is always slow, as on a busy host, is not taken for that", async () => {
    const { outcome } = await measureOnMadeUpClock({ slowFirstReadMs: 15 });
    expect(outcome).toMatchObject({ status: "measured" });
  });

  test("a planted slowdown does a tenth more work than it counts", async () => {
    const { outcome } = await measure({}, { plantedWork: 1.1 });
    const measured = outcome as MeasuredCase;
    expect(measured.launchesPerSample).toBe(20);
    for (const timeS of measured.tenants[0]!.samplesS) expect(timeS).toBeCloseTo(0.0011, 9);
  });

  test.each([
    ["keeps at least five samples", 15, 5],
    ["long ago keeps at least three", 25, 3],
    ["has all that were taken until then", 2, 11],
  ])("a case whose time is up %s", async (_, runMs, count) => {
    vi.useFakeTimers({ toFake: ["Date"] });
    try {
      const { session } = createPlainSession({ onRun: () => vi.setSystemTime(Date.now() + runMs) });
      const job: CaseJob = { id: "late", spec: SPEC, tenants: 1 };
      const sampling = { ...SAMPLING, samples: 1_000_000, caseS: 0.02 };
      const outcome = await measureCase(session, job, { seed: 3, sampling });
      expect((outcome as MeasuredCase).tenants[0]!.samplesS).toHaveLength(count);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("the gate of tenants", () => {
  test("opens when all are ready and stays over only when all have finished", async () => {
    const memory = createGateMemory();
    const [first, second] = [createTenantGate(memory, 2), createTenantGate(memory, 2)];
    Atomics.store(new Int32Array(memory), 0, 1); // the other one is there already
    expect(await first.start()).toBe(true);
    first.finish();
    expect(await second.isOver()).toBe(false);
    second.finish();
    expect(await first.isOver()).toBe(true);
  });

  test("a tenant that fails lets nobody wait", async () => {
    const memory = createGateMemory();
    createTenantGate(memory, 3).fail();
    expect(await createTenantGate(memory, 3).start()).toBe(false);
    expect(await createTenantGate(memory, 3).isOver()).toBe(true);
  });
});
