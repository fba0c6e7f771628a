import { describe, expect, test } from "vitest";

import type { NodeTopology } from "../../hardware/topology.js";
import type { CollectiveQuestion, CollectiveTimer } from "../collectives/types.js";
import { COMMUNICATION_CLASSES, findCommunicationClass } from "./communication-class.js";
import { createCommunicationSlowdown, tightestPlace } from "./communication-slowdown.js";

const TOPOLOGY: NodeTopology = { gpuCount: 8, provenance: "given", sources: [] };
const NODE = { gpu: { name: "test" }, topology: TOPOLOGY };

/** One second per node, divided by the share of the network; every question is counted. */
function countingTimer(): { timer: CollectiveTimer; asked: CollectiveQuestion[] } {
  const asked: CollectiveQuestion[] = [];
  return {
    asked,
    timer: (question) => {
      asked.push(question);
      const seconds = question.nodes.length / (question.networkShare ?? 1);
      return { seconds, method: "nccl-model", extrapolated: false, source: "test" };
    },
  };
}

describe("createCommunicationSlowdown", () => {
  const place = (gpusPerNode: readonly number[]) => ({
    nodes: gpusPerNode.map((count) => ({
      ...NODE,
      gpus: Array.from({ length: count }, (_, gpu) => gpu),
    })),
  });

  test("compares with the best of the places given", () => {
    const slowdown = createCommunicationSlowdown(countingTimer().timer);
    const best = [place([8]), place([4, 4])];
    expect(slowdown.of(place([8]), best, 1000)).toBe(1);
    expect(slowdown.of(place([2, 2, 4]), best, 1000)).toBe(3);
    expect(slowdown.of({ ...place([4, 4]), networkShare: 0.5 }, best, 1000)).toBe(4);
  });

  test("one GPU sends nothing, wherever it is", () => {
    const { timer, asked } = countingTimer();
    expect(createCommunicationSlowdown(timer).of(place([1]), [place([1])], 1000)).toBe(1);
    expect(asked).toHaveLength(0);
  });

  test("asks once about places that look alike", () => {
    const { timer, asked } = countingTimer();
    const slowdown = createCommunicationSlowdown(timer);
    for (let again = 0; again < 5; again++) slowdown.of(place([4, 4]), [place([8])], 1000);
    expect(asked).toHaveLength(2);
    slowdown.of(place([4, 4]), [place([8])], 2000);
    expect(asked).toHaveLength(4);
  });
});

describe("tightestPlace", () => {
  test.each([
    [1, 8, [8]],
    [4, 8, [8, 8, 8, 8]],
    [3, 4, [8, 4]],
    [2, 5, [5, 5]],
    [7, 1, [7]],
  ])("%d workers of %d GPUs", (workers, gpusPerWorker, expected) => {
    const nodes = tightestPlace(NODE, workers, gpusPerWorker);
    expect(nodes?.map(({ gpus }) => gpus.length)).toEqual(expected);
  });

  test("a worker larger than a node has no place", () => {
    expect(tightestPlace(NODE, 1, 9)).toBeUndefined();
  });
});

describe("the classes", () => {
  test("rise in share and say that they are assumed", () => {
    const shares = COMMUNICATION_CLASSES.map(({ share }) => share.value);
    expect(shares).toEqual([...shares].sort((left, right) => left - right));
    for (const { share, messageBytes } of COMMUNICATION_CLASSES) {
      expect([share.provenance, messageBytes.provenance]).toEqual(["assumed", "assumed"]);
      expect(share.value).toBeLessThan(1);
    }
    expect(findCommunicationClass("heavy")?.share.value).toBe(0.3);
    expect(findCommunicationClass("huge")).toBeUndefined();
  });
});
