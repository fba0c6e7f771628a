// Jobs on one network slow each other down, and stop doing so when one of them ends.
import { describe, expect, test } from "vitest";

import type { NodeTopology } from "../../../hardware/topology.js";
import type { CollectiveTimer } from "../../../performance/collectives/types.js";
import { createCommunicationSlowdown } from "../../../performance/placement-slowdown/communication-slowdown.js";
import { clusterOf, runJobs } from "../batch-fixture.js";
import { createNeighbours } from "./neighbours.js";
import { createPlacementRate, type JobStep, type NodeLinks } from "./placement-rate.js";

/** Four nodes on two leaves, half of whose bandwidth reaches the spine. */
const NETWORK = {
  oversubscription: 2,
  nodes: [0, 0, 1, 1].map((leaf) => ({ leaf, bytesPerS: 100 })),
};
const whole = (...nodes: number[]) => nodes.map((node) => ({ node, gpuShare: 1 }));

function changes(neighbours: ReturnType<typeof createNeighbours>): Record<number, number> {
  const seen: Record<number, number> = {};
  neighbours.forEachChanged((job, share) => {
    seen[job] = share;
  });
  return seen;
}

describe("createNeighbours", () => {
  test("two gangs that cross the same leaves have half of the uplink each while both send", () => {
    const neighbours = createNeighbours(NETWORK);
    neighbours.add(7, whole(0, 2), 0.5);
    expect(changes(neighbours)).toEqual({});
    neighbours.add(8, whole(1, 3), 1);
    // 7 shares with a gang that always sends: half. 8 shares half of the time: 1 / 1.5.
    const seen = changes(neighbours);
    expect(seen[7]).toBeCloseTo(1 / 2, 3);
    expect(seen[8]).toBeCloseTo(1 / 1.5, 3);
    neighbours.remove(8);
    expect(changes(neighbours)).toEqual({ 7: 1 });
    expect(changes(neighbours)).toEqual({});
  });

  test("gangs inside one leaf meet nobody", () => {
    const neighbours = createNeighbours(NETWORK);
    neighbours.add(1, whole(0, 1), 1);
    neighbours.add(2, whole(2, 3), 1);
    expect(changes(neighbours)).toEqual({});
  });
});

test("in a run, a gang slows down while a neighbour sends and speeds up when it has gone", () => {
  const topology: NodeTopology = { gpuCount: 8, provenance: "given", sources: [] };
  const links: NodeLinks = { gpu: { name: "H100" }, topology };
  const timer: CollectiveTimer = ({ networkShare = 1 }) => ({
    seconds: 1 / networkShare,
    method: "nccl-model",
    extrapolated: false,
    source: "test",
  });
  const slowdown = createCommunicationSlowdown(timer);
  const step: JobStep = {
    hostShare: 0,
    communicationShare: () => 0.5,
    communicationSlowdown: (place, best) => slowdown.of(place, best, 1000),
  };
  const run = runJobs(
    [
      { submitS: 0, durationS: 1000, gpuCount: 8, workers: 2 },
      { submitS: 0, durationS: 200, gpuCount: 8, workers: 2 },
    ],
    {
      cluster: clusterOf([8, 8, 8, 8]),
      placement: { kind: "nodes", policy: "first-fit" },
      rates: [
        createPlacementRate({
          profiles: [undefined, undefined, undefined, undefined],
          communication: {
            links: [links, links, links, links],
            kinds: [links],
            // Neighbouring nodes are on different leaves, so both gangs cross.
            shared: { ...NETWORK, nodes: [0, 1, 0, 1].map((leaf) => ({ leaf, bytesPerS: 100 })) },
            stepOf: () => step,
          },
        }),
      ],
    },
  );
  // Together: communication takes 1.5 times as long, the step 1.25 times: 200 s of work in 250 s.
  expect(run.endS[1]).toBeCloseTo(250, 0);
  // The other has done 200 of 1000 by then, and the rest at full speed.
  expect(run.endS[0]).toBeCloseTo(250 + 800, 0);
});
