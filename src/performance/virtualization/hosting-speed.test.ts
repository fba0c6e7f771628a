import fc from "fast-check";
import { describe, expect, test } from "vitest";

import {
  BARE_METAL,
  HOSTING_PROFILES,
  VIRTUAL_MACHINE,
  type HostingProfile,
} from "./hosting-profile.js";
import { relativeStepTime } from "./hosting-speed.js";
import { checkStepJitter } from "./step-jitter.js";

const given = <Value>(value: Value) => ({ value, provenance: "given" as const, source: "test" });
const SLOW: HostingProfile = {
  ...VIRTUAL_MACHINE,
  computeRatio: given(0.5),
  hostPathSlowdown: given(4),
  jitter: given({ kind: "none" }),
};

describe("relativeStepTime", () => {
  test("bare metal alone at its best placement is the reference, whatever the shares", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        fc.integer({ min: 1, max: 5000 }),
        (share, nodes) => {
          const time = relativeStepTime([{ profile: BARE_METAL, nodes }], {
            communicationShare: share,
            hostShare: share / 2,
          });
          expect(time).toBe(1);
        },
      ),
    );
    expect(relativeStepTime([{ profile: BARE_METAL, nodes: 8 }])).toBe(1);
    expect(relativeStepTime([])).toBe(1);
  });

  test("each part is slowed by what concerns it", () => {
    const shares = { communicationShare: 0.2, hostShare: 0.1 };
    // 0.7 / 0.5 + 0.2 · 3 + 0.1 · 4
    expect(relativeStepTime([{ profile: SLOW, nodes: 2 }], shares, 3)).toBeCloseTo(2.4, 12);
  });

  test("the slower profile of a mixed gang sets the pace", () => {
    const mixed = [
      { profile: BARE_METAL, nodes: 7 },
      { profile: SLOW, nodes: 1 },
    ];
    expect(relativeStepTime(mixed)).toBe(2);
  });

  test("a gang of 64 virtual machines waits 64 machines' worth of jitter", () => {
    // 1 / 0.97 + 0.002 · H(64), H(64) = 4.743890903705
    expect(relativeStepTime([{ profile: VIRTUAL_MACHINE, nodes: 64 }])).toBeCloseTo(
      1 / 0.97 + 0.002 * 4.743890903705,
      12,
    );
  });

  test("the larger the gang, the slower the step of virtual machines", () => {
    const time = (nodes: number): number => relativeStepTime([{ profile: VIRTUAL_MACHINE, nodes }]);
    for (let nodes = 1; nodes < 1024; nodes *= 2)
      expect(time(nodes * 2)).toBeGreaterThan(time(nodes));
  });
});

describe("the presets", () => {
  test.each(Object.values(HOSTING_PROFILES))(
    "$name says of every number where it comes from",
    (profile) => {
      const { name, description, ...numbers } = profile;
      expect(name.length * description.length).toBeGreaterThan(0);
      for (const entry of Object.values(numbers)) {
        expect(entry.source.length).toBeGreaterThan(10);
        expect(["published", "assumed"]).toContain(entry.provenance);
      }
      expect(() => checkStepJitter(profile.jitter.value)).not.toThrow();
    },
  );

  test("a virtual machine of the preset is within what was published: 94 to 105 %", () => {
    expect(VIRTUAL_MACHINE.computeRatio.value).toBeGreaterThanOrEqual(0.94);
    expect(VIRTUAL_MACHINE.computeRatio.value).toBeLessThanOrEqual(1.05);
  });

  test("it is ready after 521 s, 410 of them for the node", () => {
    const total = VIRTUAL_MACHINE.provisioning.value.reduce((sum, { medianS }) => sum + medianS, 0);
    expect(total).toBe(284 + 126 + 111);
  });
});
