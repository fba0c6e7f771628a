import { describe, expect, test } from "vitest";

import type { NodeTopology } from "../../../hardware/topology.js";
import type { CollectiveTimer } from "../../../performance/collectives/types.js";
import { createCommunicationSlowdown } from "../../../performance/placement-slowdown/communication-slowdown.js";
import {
  BARE_METAL,
  VIRTUAL_MACHINE,
  type HostingProfile,
} from "../../../performance/virtualization/hosting-profile.js";
import { clusterOf, runJobs, type TestJob } from "../batch-fixture.js";
import { createPlacementRate, type JobStep, type NodeLinks } from "./placement-rate.js";

const TOPOLOGY: NodeTopology = { gpuCount: 8, provenance: "given", sources: [] };
const LINKS: NodeLinks = { gpu: { name: "H100" }, topology: TOPOLOGY };
const given = <Value>(value: Value) => ({ value, provenance: "given" as const, source: "test" });
const HALF: HostingProfile = {
  ...VIRTUAL_MACHINE,
  computeRatio: given(0.5),
  jitter: given({ kind: "none" }),
};

/** One second per node; TCP takes three times as long. */
const timer: CollectiveTimer = ({ nodes, fabric }) => ({
  seconds: nodes.length * (fabric?.transport === "tcp" ? 3 : 1),
  method: "nccl-model",
  extrapolated: false,
  source: "test",
});

function communicating(share: number, hostShare = 0): JobStep {
  const slowdown = createCommunicationSlowdown(timer);
  return {
    hostShare,
    communicationShare: () => share,
    communicationSlowdown: (place, best) => slowdown.of(place, best, 1000),
  };
}

/** Seconds each job ran. */
function runTimes(
  rows: readonly TestJob[],
  options: {
    readonly nodes?: number;
    readonly profiles?: readonly (HostingProfile | undefined)[];
    readonly step?: JobStep;
    readonly policy?: string;
  },
): number[] {
  const { nodes = 2, profiles = [], step, policy = "pack" } = options;
  const run = runJobs(rows, {
    cluster: clusterOf(Array.from({ length: nodes }, () => 8)),
    placement: { kind: "nodes", policy },
    rates: [
      createPlacementRate({
        profiles: Array.from({ length: nodes }, (_, node) => profiles[node]),
        ...(step === undefined
          ? {}
          : {
              communication: {
                links: Array.from({ length: nodes }, () => LINKS),
                kinds: [LINKS],
                stepOf: () => step,
              },
            }),
      }),
    ],
  });
  return [...run.endS].map((endS, job) => endS - run.startS[job]!);
}

const GANG = { submitS: 0, durationS: 1000, gpuCount: 8, workers: 2 };

describe("placement and hosting", () => {
  test("alone at its best placement on bare metal a gang takes exactly its duration", () => {
    expect(
      runTimes([GANG], { profiles: [BARE_METAL, BARE_METAL], step: communicating(0.3, 0.1) }),
    ).toEqual([1000]);
    expect(runTimes([GANG], {})).toEqual([1000]);
  });

  test("the slower host of a gang sets its pace", () => {
    expect(runTimes([GANG], { profiles: [undefined, HALF] })).toEqual([2000]);
  });

  test("jitter costs a gang of two machines more than each of them alone", () => {
    const jittery = { ...HALF, computeRatio: given(1), jitter: VIRTUAL_MACHINE.jitter };
    const profiles = [jittery, jittery];
    const [alone] = runTimes([{ ...GANG, workers: 1 }], { profiles });
    const [both] = runTimes([GANG], { profiles });
    expect(alone).toBeCloseTo(1002, 9);
    expect(both).toBeCloseTo(1003, 9);
  });

  test("a gang spread over two nodes where one would do communicates twice as long", () => {
    // Two workers of four GPUs; spreading puts them on two nodes: 1 + 0.3 (2 − 1).
    const spread = { ...GANG, gpuCount: 4 };
    expect(runTimes([spread], { step: communicating(0.3), policy: "spread" })[0]).toBeCloseTo(
      1300,
      9,
    );
    expect(runTimes([spread], { step: communicating(0.3), policy: "pack" })).toEqual([1000]);
  });

  test("TCP slows what crosses nodes, hidden NUMA what goes through the host", () => {
    const tcp = { ...HALF, computeRatio: given(1), network: given("tcp" as const) };
    const [slow] = runTimes([GANG], { profiles: [tcp, tcp], step: communicating(0.1) });
    expect(slow).toBeCloseTo(1000 * (1 + 0.1 * 2), 9);
    const numa = { ...HALF, computeRatio: given(1), hostPathSlowdown: given(4) };
    const [host] = runTimes([GANG], { profiles: [numa, numa], step: communicating(0, 0.05) });
    expect(host).toBeCloseTo(1000 * (1 + 0.05 * 3), 9);
  });

  test("jobs without GPUs run at their recorded speed", () => {
    expect(
      runTimes([{ submitS: 0, durationS: 10, gpuCount: 0 }], { profiles: [HALF, HALF] }),
    ).toEqual([10]);
  });

  test("links of other GPU models are no reference, and no place counts as better than the best", () => {
    const fast: NodeLinks = { ...LINKS, gpu: { name: "B200" } };
    const halves: CollectiveTimer = (question) => ({
      ...timer(question),
      seconds: question.nodes[0]!.gpu.name === "B200" ? 0.5 : question.nodes.length,
    });
    const slowdown = createCommunicationSlowdown(halves);
    const run = runJobs([GANG], {
      cluster: clusterOf([8, 8]),
      placement: { kind: "nodes", policy: "pack" },
      rates: [
        createPlacementRate({
          profiles: [undefined, undefined],
          communication: {
            links: [LINKS, LINKS],
            kinds: [fast, LINKS],
            stepOf: () => ({
              hostShare: 0,
              communicationShare: () => 0.5,
              communicationSlowdown: (place, best) => slowdown.of(place, best, 1000) / 2,
            }),
          },
        }),
      ],
    });
    expect(run.endS[0]).toBe(1000);
  });

  test("a pool, which has no places, is refused", () => {
    expect(() =>
      runJobs([GANG], {
        cluster: clusterOf([8, 8]),
        rates: [createPlacementRate({ profiles: [HALF, HALF] })],
      }),
    ).toThrow(/a pool has no places/);
  });

  test("rates stay in (0, 1.05] for every profile, size and share that a scenario may write", () => {
    const fast = { ...HALF, computeRatio: given(1.05) };
    for (const profile of [BARE_METAL, VIRTUAL_MACHINE, HALF, fast]) {
      for (const share of [0, 0.2, 0.8]) {
        for (const workers of [1, 4]) {
          const [ran] = runTimes([{ ...GANG, workers }], {
            nodes: 4,
            profiles: [profile, profile, profile, profile],
            step: communicating(share),
          });
          const rate = 1000 / ran!;
          expect(rate).toBeGreaterThan(0);
          expect(rate).toBeLessThanOrEqual(1.05 + 1e-12);
        }
      }
    }
  });
});
