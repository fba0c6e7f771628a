import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { createEnergyMeter, nodePowerMaxW, type NodePower } from "./energy-meter.js";
import { knownGpuPower } from "./gpu-power.js";
import { knownNodeOverhead } from "./node-power.js";

const KIND: NodePower = { gpusPerNode: 8, gpuIdleW: 100, gpuBusyW: 700, overheadW: 4000 };

describe("energy", () => {
  test("one node, half an hour idle and half an hour with two and a half GPUs held", () => {
    const meter = createEnergyMeter({ kinds: [KIND], startS: 100 });
    meter.switchOn(100, 0, 1);
    meter.hold(1900, 0, 2000);
    meter.hold(1900, 0, 500);
    const reading = meter.finish(3700);
    const [energy] = reading.kinds;
    expect(energy).toEqual({
      busyJ: 2.5 * 1800 * 700,
      idleJ: (8 * 3600 - 2.5 * 1800) * 100,
      overheadJ: 4000 * 3600,
      busyGpuS: 4500,
      nodeS: 3600,
    });
    expect(reading.powerMaxW).toBe(4000 + 800 + 2.5 * 600);
    expect(reading.spanS).toBe(3600);
  });

  test("a change that lasts no time uses nothing and is no maximum", () => {
    const meter = createEnergyMeter({ kinds: [KIND], startS: 0 });
    meter.switchOn(0, 0, 1);
    meter.hold(50, 0, 8000);
    meter.hold(50, 0, -8000);
    const reading = meter.finish(100);
    expect(reading.powerMaxW).toBe(4800);
    expect(reading.kinds[0]!.busyJ).toBe(0);
  });

  test("the parts sum to power times time, whatever the changes", () => {
    const change = fc.record({
      waitS: fc.integer({ min: 0, max: 1000 }),
      kind: fc.integer({ min: 0, max: 1 }),
      gpuMilli: fc.integer({ min: 0, max: 8000 }),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
        const kinds = [KIND, { gpusPerNode: 8, gpuIdleW: 12, gpuBusyW: 70, overheadW: 0 }];
        const meter = createEnergyMeter({ kinds, startS: 0 });
        meter.switchOn(0, 0, 1);
        meter.switchOn(0, 1, 1);
        const held = [0, 0];
        let nowS = 0;
        let expectedJ = 0;
        const powerW = (): number =>
          kinds.reduce(
            (sum, kind, index) =>
              sum +
              kind.overheadW +
              kind.gpusPerNode * kind.gpuIdleW +
              (held[index]! / 1000) * (kind.gpuBusyW - kind.gpuIdleW),
            0,
          );
        for (const { waitS, kind, gpuMilli } of changes) {
          expectedJ += powerW() * waitS;
          nowS += waitS;
          meter.hold(nowS, kind, gpuMilli - held[kind]!);
          held[kind] = gpuMilli;
        }
        const reading = meter.finish(nowS);
        const sumJ = reading.kinds.reduce(
          (sum, energy) => sum + energy.busyJ + energy.idleJ + energy.overheadJ,
          0,
        );
        expect(Math.abs(sumJ - expectedJ)).toBeLessThanOrEqual(1e-9 * Math.max(1, expectedJ));
        expect(reading.powerMaxW).toBeLessThanOrEqual(nodePowerMaxW(kinds[0]!) + 560);
      }),
      { numRuns: 100 },
    );
  });

  test("impossible states and figures are refused", () => {
    const meter = createEnergyMeter({ kinds: [KIND], startS: 0 });
    meter.hold(0, 0, 1);
    expect(() => meter.finish(1)).toThrow(/more GPUs than are switched on/);
    const other = createEnergyMeter({ kinds: [KIND], startS: 5 });
    expect(() => other.finish(4)).toThrow(/time fell/);
    const bad = { ...KIND, gpuBusyW: 50 };
    expect(() => createEnergyMeter({ kinds: [bad], startS: 0 })).toThrow(
      /50 W busy and 100 W idle/,
    );
    expect(() => createEnergyMeter({ kinds: [{ ...KIND, overheadW: -1 }], startS: 0 })).toThrow(
      /overheadW/,
    );
  });
});

describe("what is known", () => {
  test("an H100 has its design power, and an idle power that says it is assumed", () => {
    const { idle, busy } = knownGpuPower("H100");
    expect(busy).toMatchObject({ powerW: 700, provenance: "published" });
    expect(idle).toMatchObject({ powerW: 95, provenance: "assumed" });
  });

  test("nothing is invented", () => {
    expect(knownGpuPower("H200 SXM-141GB").idle).toBeUndefined();
    expect(knownGpuPower("A16").busy).toBeUndefined();
    expect(knownGpuPower("no such GPU")).toEqual({ idle: undefined, busy: undefined });
    expect(knownNodeOverhead("Standard_ND96isr_H100_v5", "")).toBeUndefined();
    expect(knownNodeOverhead("no such machine", "H100")).toBeUndefined();
  });

  test.each([
    ["DGX H100", "", 10_200 - 8 * 700],
    ["DGX B200", "", 14_300 - 8 * 1000],
    ["DGX A100", "A100 SXM4-80GB", 6_500 - 8 * 400],
  ])("%s besides its GPUs", (sku, gpuModel, powerW) => {
    expect(knownNodeOverhead(sku, gpuModel)?.powerW).toBe(powerW);
  });
});
